"""Findings that involve several files, whichever of them the command was given; the texts of their codes."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from trainspec.compose import Read
from trainspec.crossfile.dag_id import glance
from trainspec.pipeline import Options, analyse
from trainspec.reference.codes import all_codes
from trainspec.text.source import Source, read_source

from helpers import ROOT, Run, sampled

JOBS = """\
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
SLASH = "    inputs: {train: s3://my-bucket//train/}\n"  # TS550
IGNORE = "# trainspec: ignore[TS550]"


def spec(head: str = "", more: str = "") -> str:
    return f"trainspec: 1\n{head}{JOBS}{more}"


def write(project: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)


def lint(trainspec: Run, *arguments: str) -> list[tuple[str, str, int]]:
    ran = trainspec("lint", "--format", "json", *arguments)
    return [(found["code"], found["path"], found["line"]) for found in json.loads(ran.stdout)]


# ---------------------------------------------------------------------- the same DAG twice

A = "specs/a.yaml"
SAME = [
    pytest.param({"specs/b.yaml": spec("dag: {id: x}\n")}, "dag: {id: x}\n", id="in so many words"),
    pytest.param({"specs/b.yaml": spec("dag: {id: X}\n")}, "dag: {id: x}\n", id="but for capitals"),
    pytest.param({"specs/b.yaml": spec("dag:\n  catchup: false\n  id: 'x'\n")}, "dag: {id: x}\n", id="in quotes"),
    pytest.param({"specs/below/a.yaml": spec()}, "", id="by the files' names"),
    pytest.param({"specs/b.yaml": spec("dag: {id: a}\n")}, "", id="by one file's name"),
    pytest.param(
        {"specs/b.yaml": spec("vars: {v: x}\ndag: {id: '${vars.v}'}\n")}, "dag: {id: x}\n", id="by a variable"
    ),
    pytest.param({"specs/b.yaml": "x: &x {id: x}\n" + spec("dag: *x\n")}, "dag: {id: x}\n", id="by an anchor"),
    pytest.param({"specs/b.yaml": "b: &b {id: x}\n" + spec("dag: {<<: *b}\n")}, "dag: {id: x}\n", id="by a merge key"),
    pytest.param(
        {"base.yaml": "dag: {id: x}\n", "specs/b.yaml": spec("extends: ../base.yaml\n")},
        "dag: {id: x}\n",
        id="by a base",
    ),
    pytest.param({"specs/b.yaml": JOBS + "dag: {id: x}\ntrainspec: 1\n"}, "dag: {id: x}\n", id="at the end"),
]


@pytest.mark.parametrize(("others", "head"), SAME)
@pytest.mark.parametrize("given", [[], [A], [A, A]])
def test_same_dag(others: dict[str, str], head: str, given: list[str], project: Path, trainspec: Run) -> None:
    write(project, {**others, "specs/a.yaml": spec(head)})
    found = [(code, path) for code, path, _ in lint(trainspec, *given) if code == "TS605"]
    assert len(found) == 1
    assert found[0][1] == A or not given, "it is reported for the file that was given"
    compiled = trainspec("compile", *given)
    assert compiled.returncode == 1
    assert "TS605" in compiled.stderr
    assert not (project / "generated_dags").exists()


def test_same_dag_in_an_environment(project: Path, trainspec: Run) -> None:
    patched = spec("dag: {id: x}\n") + "environments: {dev: {}, prod: {dag: {id: y}}}\n"
    write(project, {A: patched, "specs/b.yaml": spec("dag: {id: y}\n")})
    assert lint(trainspec, A) == [("TS605", A, 11)]
    assert lint(trainspec, A, "--env", "dev") == []
    assert lint(trainspec, A, "--env", "prod") == [("TS605", A, 11)]
    (reported,) = json.loads(trainspec("lint", A, "--format", "json").stdout)
    assert reported["message"] == "specs/b.yaml also defines the DAG `y` (in `prod`)"
    (label,) = reported["labels"]
    assert (label["path"], label["line"], label["column"], label["end_column"]) == ("specs/b.yaml", 2, 11, 12)


@pytest.mark.parametrize(
    "other",
    [
        "dag: {id: x}\n",
        "# trainspec: 1\ndag: {id: x}\n",
        "[",
        "trainspec: 1\ndag: [x]\n",
        "trainspec: 1\ndag: {id: [x]}\n",
    ],
    ids=["a fragment", "a comment", "no YAML", "no map", "no id"],
)
def test_what_is_no_other_dag(other: str, project: Path, trainspec: Run) -> None:
    write(project, {A: spec("dag: {id: x}\n"), "specs/b.yaml": other})
    assert lint(trainspec, A) == []


def test_files_beside_the_projects_own_may_have_any_id(project: Path, trainspec: Run) -> None:
    write(project, {"docs/example.yaml": spec("dag: {id: x}\n"), A: spec("dag: {id: x}\n")})
    assert lint(trainspec, "docs/example.yaml") == []
    assert [code for code, _, _ in lint(trainspec, "docs/example.yaml", A)] == ["TS605"]


# ---------------------------------------------------------------------- DAGs that nobody makes

SPEAKING = {
    "a trigger": "triggers: {go: {dag: NAME}}\n",
    "a sensor": "sensors: {wait: {dag: NAME}}\n",
    "a task that triggers": "tasks: {go: {operator: airflow.providers.standard.operators.trigger_dagrun."
    "TriggerDagRunOperator, arguments: {trigger_dag_id: NAME}}}\n",
    "a task that waits": "tasks: {go: {operator: airflow.providers.standard.sensors.external_task."
    "ExternalTaskSensor, arguments: {external_dag_id: NAME}}}\n",
}


@pytest.mark.parametrize("speaking", SPEAKING.values(), ids=SPEAKING)
def test_unknown_dag(speaking: str, project: Path, trainspec: Run) -> None:
    write(project, {A: spec("", speaking.replace("NAME", "deploy_churn")), "specs/b.yaml": spec("dag: {id: zebra}\n")})
    assert lint(trainspec) == lint(trainspec, A) == [("TS606", A, 10)]
    write(project, {"specs/c.yaml": spec("dag: {id: deploy-churn}\n")})
    assert "did you mean `deploy-churn`?" in trainspec("lint", A).stdout
    write(project, {"specs/c.yaml": spec("dag: {id: deploy_churn}\n")})
    assert lint(trainspec) == lint(trainspec, A) == []


@pytest.mark.parametrize(
    ("name", "external", "reported"),
    [
        ("etl_daily", '["etl_*"]', False),
        ("etl_daily", '["etl_daily"]', False),
        ("etl_daily", '["ETL_*"]', True),
        ("etl_daily", '["tl_*", "etl"]', True),
        ("a", "[]", False),  # itself
    ],
)
def test_dags_made_elsewhere(name: str, external: str, reported: bool, project: Path, trainspec: Run) -> None:
    write(
        project,
        {A: spec("", f"triggers: {{go: {{dag: {name}}}}}\n"), "trainspec.toml": f"external-dags = {external}\n"},
    )
    assert [code for code, _, _ in lint(trainspec)] == ["TS606"] * reported


def test_unknown_dag_is_a_warning_that_can_be_silenced(project: Path, trainspec: Run) -> None:
    write(project, {A: spec("", "triggers: {go: {dag: x}}  # trainspec: ignore[TS606] made by hand\n")})
    assert lint(trainspec) == []
    write(project, {A: spec("", "triggers: {go: {dag: x}}\n")})
    assert trainspec("lint").returncode == 0
    assert trainspec("compile").returncode == 0
    assert trainspec("lint", "--strict").returncode == 1
    write(project, {"trainspec.toml": 'severity = {TS606 = "error"}\n'})
    assert trainspec("lint").returncode == 1
    write(project, {"trainspec.toml": "external-dags = 'x'\n"})
    refused = trainspec("lint")
    assert refused.returncode == 2
    assert "trainspec.toml:1:1: `external-dags` must be a list of strings" in refused.stderr


# ---------------------------------------------------------------------- comments in fragments


OF_USE, IDLE = f"defaults:\n{SLASH.rstrip()}  {IGNORE}\n", f"defaults:\n  retries: 1  {IGNORE}\n"
TOLD = ("TS009", "base.yaml", 2)


@pytest.mark.parametrize(
    ("base", "of_the_spec", "reported"),
    [
        (OF_USE, "", []),
        (IDLE, "", [TOLD]),
        (OF_USE, "    inputs: {train: s3://my-bucket/train/}\n", [TOLD]),
        (IDLE, "    naem: x\n", [("TS101", A, 11)]),
        (f"{IDLE}# trainspec: ignore\n", "", [TOLD, ("TS010", "base.yaml", 3)]),
        (f"environments: {{dev: {{dag: {{tags: [a]}}}}}}  {IGNORE}\n", "", []),
    ],
    ids=["of use", "idle", "overridden", "behind an error", "wrong, too", "in a patch"],
)
def test_comments_in_fragments(
    base: str, of_the_spec: str, reported: list[tuple[str, str, int]], project: Path, trainspec: Run
) -> None:
    write(project, {"base.yaml": base, A: spec("extends: ../base.yaml\n", of_the_spec)})
    found = lint(trainspec, "base.yaml")
    assert [each for each in found if each[0] != "TS550"] == reported


def test_a_comment_that_one_of_two_specs_needs(project: Path, trainspec: Run) -> None:
    base = f"defaults:\n{SLASH.rstrip()}  {IGNORE}\n"
    own = "    inputs: {train: s3://my-bucket/train/}\n"
    write(project, {"base.yaml": base, A: spec("extends: ../base.yaml\n", own)})
    assert lint(trainspec, "base.yaml") == [("TS009", "base.yaml", 2)]
    write(project, {"specs/b.yaml": spec("extends: ../base.yaml\n")})
    assert lint(trainspec, "base.yaml") == []


def test_a_fragment_that_nobody_extends_is_not_judged(project: Path, trainspec: Run) -> None:
    write(project, {"base.yaml": f"defaults: {{retries: 1}}  {IGNORE}\n", A: spec()})
    assert lint(trainspec, "base.yaml") == []


# ---------------------------------------------------------------------- glances


def _read(root: Path) -> Read:
    return lambda name: read_source(root / name, name)


@pytest.mark.parametrize("environment", sampled([None, "prod", "dev"], 3))
def test_a_glance_sees_what_an_analysis_sees(environment: str | None) -> None:
    for folder in (ROOT, *sorted((ROOT / "tests" / "cases").iterdir())):
        paths = sorted((folder / "specs").rglob("*.yaml")) if folder == ROOT else [folder / "spec.yaml"]
        for path in paths:
            source = read_source(path, path.relative_to(folder).as_posix())
            if not isinstance(source, Source):
                continue
            chosen = Options(environment=environment)
            analysis = analyse(source, chosen, _read(folder))
            seen = glance(source, chosen, _read(folder))
            if any(found.code.id < "TS1" or found.field == "dag.id" for found in analysis.findings):
                continue  # what cannot be read has no id
            assert (seen[0].id if seen else "") == analysis.dag_id, path
            assert len(seen) == max(1, len(analysis.combinations)) or not seen
            if seen and seen[0].span.end_column > 1:
                assert seen[0].span.path in analysis.files


# ---------------------------------------------------------------------- what `explain` shows


def _edit(project: Path, old: str, new: str, name: str = "specs/churn.yaml") -> None:
    text = (project / name).read_text()
    assert old in text
    (project / name).write_text(text.replace(old, new))


def _rename(project: Path) -> None:
    (project / "specs" / "churn.yaml").rename(project / "specs" / "churn_daily.yaml")


def _foreign(project: Path) -> None:
    (project / "generated_dags" / "churn.py").write_text("from airflow.sdk import DAG\n")


CHURN = {"specs/churn.yaml": "trainspec: 1\ndag: {id: churn}\n" + JOBS}
SHOWN: dict[str, tuple[Mapping[str, str], Callable[[Path], object], tuple[str, ...]]] = {
    "TS205": (
        {
            "trainspec.toml": '[environments.prod]\noutput = "dags/prod"\naccount = "210987654321"\n',
            "specs/churn.yaml": (
                "trainspec: 1\ndag: {id: churn}\njobs:\n  train:\n    name: job-{{ ts_nodash }}\n"
                "    image: my-registry.com/a:1\n    role: arn:aws:iam::123456789012:role/SageMakerRole\n"
                + JOBS.partition("MyRole\n")[2]
            ),
        },
        lambda project: None,
        ("lint",),
    ),
    "TS605": (
        {**CHURN, "specs/churn_weekly.yaml": "trainspec: 1\ndag: {id: churn, schedule: null}\n" + JOBS},
        lambda project: None,
        ("lint", "specs/churn_weekly.yaml"),
    ),
    "TS606": (
        {**CHURN, "specs/deploy.yaml": spec() + "triggers:\n  again: {dag: chrun}\n"},
        lambda project: None,
        ("lint", "specs/deploy.yaml"),
    ),
    "TS701": (CHURN, lambda project: _edit(project, "30m", "20m"), ("compile", "--check")),
    "TS702": (CHURN, lambda project: (project / "generated_dags/churn.py").unlink(), ("compile", "--check")),
    "TS703": (CHURN, lambda project: _edit(project, "id: churn", "id: churn_daily"), ("compile", "--check")),
    "TS705": (CHURN, _foreign, ("compile", "--check")),
}


@pytest.mark.parametrize("code", SHOWN)
def test_texts_show_what_is_told(code: str, project: Path, trainspec: Run) -> None:
    files, change, command = SHOWN[code]
    write(project, files)
    if command[0] == "compile":
        assert trainspec("compile").returncode == 0
    change(project)
    ran = trainspec(*command)
    said = ran.stdout if command[0] == "lint" else ran.stderr
    (reported,) = (block.strip() for block in said.split("\n\n") if f"[{code}]" in block)
    explained = next(each.text for each in all_codes() if each.code.id == code)
    (shown,) = re.findall(r"^```text\n(.*?)^```", explained, re.MULTILINE | re.DOTALL)
    assert shown.strip() == reported
