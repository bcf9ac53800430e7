"""`run --local` of tuning jobs: scripts that really run, the objective from their logs, the best passed on."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from source_helpers import write, write_spec

from helpers import Run

SCRIPT = """import argparse
given = argparse.ArgumentParser()
given.add_argument("--eta", type=float)
given.add_argument("--rounds", type=int)
eta = given.parse_args().eta
print(f"auc={1 - abs(eta - 0.3):.4f}")
"""
METRIC = 'metrics: {auc: "auc=([0-9.]+)"}'


def tuning(limits: str = "{jobs: 6, parallel: 2}", strategy: str = "Random", **more: str) -> str:
    ranges = "{eta: [0.1, 0.25, 0.5]}" if strategy == "Grid" else "{eta: {min: 0.1, max: 0.5}}"
    fields = {"strategy": strategy, "objective": "{metric: auc, goal: Maximize}", "ranges": ranges, "limits": limits}
    lines = "".join(f"  {name}: {value}\n" for name, value in {**fields, **more}.items())
    return f"hyperparameters: {{rounds: 3}}\n{METRIC}\ntuning:\n{lines}"


@pytest.fixture
def local(trainspec: Run, project: Path) -> Any:
    def run(fields: str, *more: str, script: str = SCRIPT, code: int = 0, then: str = "") -> tuple[list[Any], str]:
        write(project, {"src/train.py": script})
        spec = project / write_spec(project, more=fields)
        spec.write_text(spec.read_text().replace("churn-{{ ts_nodash | lower }}", "churn") + then)
        ran = trainspec("run", "specs/churn.yaml", "--local", *more)
        assert ran.returncode == code, ran.stdout + ran.stderr
        return [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr

    return run


@pytest.mark.slow
def test_the_best_of_a_search_is_handed_on(local: Any, project: Path) -> None:
    final = """  final:
    name: final
    framework: {name: sklearn, version: "1.2-1"}
    source: {dir: ../src, entry: train.py, upload: s3://my-bucket/code/}
    inputs: {model: "${jobs.train.model}"}
    metrics: {auc: "auc=([0-9.]+)"}
    hyperparameters: {eta: "${jobs.train.best.hyperparameters.eta}", rounds: 99}
"""
    (tuned, final_job), said = local(tuning(), "--trials", "3", "--keep", "kept", then=final)
    assert "At most 3 of the 6 training jobs of `train` are run (--trials)" in said
    tried = sorted(each.name for each in (project / "kept/jobs").iterdir() if each.name != "final")
    assert len(tried) == 3
    assert all(name.startswith("churn-00") for name in tried)
    best = tuned["best"]
    assert best["name"] in tried
    for trial in tried:
        kept = (project / "kept/jobs" / trial / "log.txt").read_text()
        assert re.search(rf"^train: {trial} \[algo-1\S*\] {kept.splitlines()[-1]}$", said, re.MULTILINE), said
    assert f"train: {best['name']} started with eta={best['hyperparameters']['eta']}\n" in said
    assert f"train: {best['name']}: Completed, auc {best['objective']:g}\n" in said
    eta = float(best["hyperparameters"]["eta"])
    assert best["objective"] == pytest.approx(1 - abs(eta - 0.3), abs=1e-4)
    assert final_job["metrics"] == {"auc": best["objective"]}
    again, _ = local(tuning(), "--trials", "3", then=final)
    assert again[0]["best"]["hyperparameters"] == best["hyperparameters"]


@pytest.mark.slow
def test_a_grid_takes_all_combinations(local: Any) -> None:
    (done,), said = local(tuning("{parallel: 3}", "Grid"))
    assert "at most" not in said
    assert (done["best"]["objective"], done["best"]["hyperparameters"]["eta"]) == (0.95, "0.25")


@pytest.mark.slow
def test_scripts_that_fail_say_why(local: Any) -> None:
    script = "import sys\nprint('no such column', file=sys.stderr)\nsys.exit(3)\n"
    (done,), said = local(tuning("{jobs: 2, parallel: 2}"), script=script, code=1)
    assert done["status"] == "Failed"
    assert "AlgorithmError" in done["reason"]
    assert len(re.findall(r"churn-00\d-\w+ \[algo-1\S*\] no such column\n", said)) == 2, said
    assert said.count("no such column, exit code: 3\n") == 2, said


@pytest.mark.slow
def test_a_metric_that_no_log_has(local: Any) -> None:
    (done,), said = local(tuning("{jobs: 2, parallel: 2}"), script="print('accuracy 0.5')\n", code=1)
    assert done["status"] == "Failed"
    assert "No training job reported the objective metric auc" in done["reason"]
    assert said.count(": Completed, without the objective metric in its log\n") == 2


@pytest.mark.slow
def test_a_target_ends_the_search(local: Any, project: Path) -> None:
    fields = tuning("{jobs: 9, parallel: 1}", completion="{target: 0.1}")
    (done,), _ = local(fields, "--keep", "kept")
    assert done["status"] == "Completed"
    assert len(list((project / "kept/jobs").iterdir())) < 9


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--trials", "3"], "--trials requires --local"),
        (["--local", "--trials", "0"], "--trials takes a number greater than 0"),
    ],
)
def test_options_that_do_not_go_together(trainspec: Run, project: Path, options: list[str], said: str) -> None:
    write(project, {"src/train.py": SCRIPT})
    ran = trainspec("run", write_spec(project, more=tuning()), *options)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
