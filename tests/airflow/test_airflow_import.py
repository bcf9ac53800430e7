"""`trainspec import --load`: what Airflow loads comes over whole, or is named."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from dag_styles import HEAD, HELPERS, LOST, ONLY_LOADED, PACKAGES, READS, SETTINGS, STYLES, line_of, text_of
from environment import HERE, Airflow
from trainspec.importers.load.run import VARIABLES, write_archive
from trainspec.options import Options
from trainspec.pipeline import analyse
from trainspec.request.check import printable
from trainspec.text.source import Source

from helpers import Ran, Run

_ASK = """
import json, sys
try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:
    from airflow.models.dagbag import DagBag
def names(group):
    return [*names(group.parent_group), group._group_id] if group is not None and group._group_id else []
sys.path.insert(0, sys.argv[1])
bag = DagBag(sys.argv[1], safe_mode=False)
found = {}
for name, dag in bag.dags.items():
    tasks = dag.task_dict.values()
    found[name] = {
        "edges": {task.task_id: sorted(task.upstream_task_ids) for task in tasks},
        "groups": {task.task_id: ".".join(names(task.task_group)) for task in tasks},
        "retries": {task.task_id: task.retries for task in tasks},
        "configs": {task.task_id: task.config for task in tasks if isinstance(getattr(task, "config", None), dict)},
    }
print("\\n" + json.dumps({"dags": found, "errors": bag.import_errors}))
"""


@dataclass(frozen=True)
class Styles:
    """The folder of the files, what Airflow finds in them, and a program that says so to `import --load`."""

    folder: Path
    of_airflow: Mapping[str, Any]
    python: str


@pytest.fixture(scope="module")
def styles(airflow: Airflow, tmp_path_factory: pytest.TempPathFactory) -> Styles:
    folder, packages = (tmp_path_factory.mktemp(f"{each}{airflow.version}") for each in ("styles", "packages"))
    airflow = replace(airflow, variables={**airflow.variables, "PYTHONPATH": str(packages)})
    for path, text in PACKAGES.items():
        (packages / path).parent.mkdir(parents=True)
        (packages / path).write_text(text)
    (folder / "style_helpers.py").write_text(HELPERS)
    (folder / "style_settings.json").write_text(SETTINGS)
    for style in (*STYLES, *LOST):
        (folder / f"{style}.py").write_text(text_of(style))
    found = json.loads(airflow.python("-c", _ASK, str(folder)).splitlines()[-1])
    assert found["errors"] == {}
    return Styles(folder, found["dags"], load_all(airflow, folder))


def load_all(airflow: Airflow, folder: Path) -> str:
    """Let Airflow load the files of a folder from one process, for what is not about the process.

    Returns a program that stands in the place of Airflow's Python: it hands over what the real one found in a file.
    """
    out = folder / "out"
    out.mkdir()
    write_archive(out / "read_dags.pyz")
    airflow = replace(airflow, variables={**airflow.variables, **VARIABLES})
    airflow.python(str(HERE / "load_many.py"), str(out / "read_dags.pyz"), str(folder), str(out), "found")
    program = out / "python"
    program.write_text(f"""#!/bin/sh
for end in "" .later; do cp "{out}/$(basename "$2" .py).found$end" "$3$end"; done
""")
    program.chmod(0o755)
    return str(program)


def options_of(way: str, python: str) -> list[str]:
    return ["--load", "--airflow-python", python, "--load-timeout", "300"] if way == "load" else []


def run_import(airflow: Airflow, file: Path, way: str = "load") -> Ran:
    """Run the command in a process of its own, as users do, and Airflow's Python in another one."""
    command = [sys.executable, "-m", "trainspec", "import", str(file)]
    done = subprocess.run(
        [*command, *options_of(way, str(airflow.venv / "bin" / "python"))],
        env=airflow.environ(), capture_output=True, text=True, timeout=400, cwd=airflow.home,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("way", ["load", "read"])
@pytest.mark.parametrize("style", STYLES)
def test_a_file_comes_over_whole(trainspec: Run, styles: Styles, style: str, way: str) -> None:
    done = trainspec("import", str(styles.folder / f"{style}.py"), *options_of(way, styles.python))
    if way == "read" and style in ONLY_LOADED:
        assert done.returncode == 1
        assert f"line {line_of(style, ONLY_LOADED[style])}: " in done.stderr
        return
    assert done.returncode == 0, done.stderr
    analysis = analyse(Source("imported.yaml", done.stdout), Options())
    requests = {name: printable(made.members) for name, made in analysis.requests.items()}
    sections: list[Any] = [analysis.data.get(name, {}) for name in ("jobs", "sensors", "tasks", "triggers")]
    waits = {name: task.get("depends_on", []) for section in sections for name, task in section.items()}
    edges = {name: sorted([each] if isinstance(each, str) else each) for name, each in waits.items()}
    asked = styles.of_airflow[style]
    if style == "mapped":
        assert edges == {"start": [], **{f"train_{number}": ["start"] for number in range(3)}}
        assert [each["TrainingJobName"][:3] for each in requests.values()] == ["one", "two", "thr"]
        return
    assert edges == asked["edges"]
    tasks = {name: task for section in sections for name, task in section.items()}
    assert {name: task.get("task_group", "") for name, task in tasks.items()} == asked["groups"]
    of_all = analysis.data.get("dag", {}).get("default_args", {}).get("retries", 0)
    assert {name: task.get("retries", of_all) for name, task in tasks.items()} == asked["retries"]
    assert requests == asked["configs"]


@pytest.mark.parametrize("way", ["load", "read"])
@pytest.mark.parametrize("style", LOST)
def test_what_no_spec_can_say_is_named(trainspec: Run, styles: Styles, style: str, way: str) -> None:
    done = trainspec("import", str(styles.folder / f"{style}.py"), *options_of(way, styles.python))
    assert done.returncode == 1
    assert f"line {line_of(style, LOST[style][1])}: " in done.stderr
    assert ("runs SageMakerTrainingOperator in line" in done.stderr) == style.startswith("operator_in")


def test_what_does_not_come_over_is_named(airflow: Airflow, tmp_path: Path) -> None:
    (tmp_path / "lost.py").write_text(
        text_of("groups").replace(
            "start >> models", "early = PythonOperator(task_id='early', python_callable=lambda: 1)\n    early >> models"
        )
        + """
    late = SageMakerTrainingOperator(task_id="late", config=request(f"late-{datetime.now():%Y%m%d%H%M%S}"))
    class Mine(BashOperator):
        def execute(self, context):
            pass
    late >> Mine(task_id="mine", bash_command="x") >> EmptyOperator(task_id="end")
"""
    )
    done = run_import(airflow, tmp_path / "lost.py")
    assert done.returncode == 1
    lines = (tmp_path / "lost.py").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "late-" in text)
    assert f"line {line}: `config.TrainingJobName` of the task `late` depends on when the file is read" in done.stderr
    assert "the task of PythonOperator is not carried over: not a literal: " in done.stderr
    assert "`<lambda>` of this file" in done.stderr
    assert "the task `mine` is not carried over: its class `Mine` is defined in this file" in done.stderr
    assert "  end:\n    depends_on: late\n" in done.stdout


_MAPPED = """
DEFAULTS = {"retries": 3, "aws_conn_id": "aws_risk", "pool": "gpu"}
with DAG("mapped", start_date=START, schedule=None, default_args=DEFAULTS, params={"rows": 1}):
    SageMakerTrainingOperator.partial(
        task_id="train", retries=0, end_date=datetime(2031, 3, 1), params={"stage": "prod"}
    ).expand(config=[request("a"), request("b")])
"""


def test_the_arguments_of_a_mapped_task(airflow: Airflow, tmp_path: Path) -> None:
    (tmp_path / "mapped.py").write_text(HEAD + _MAPPED)
    done = run_import(airflow, tmp_path / "mapped.py")
    assert done.returncode == 0, done.stderr
    jobs = analyse(Source("imported.yaml", done.stdout), Options()).data["jobs"]
    for job in (jobs["train_0"], jobs["train_1"]):
        assert job["retries"] == 0
        assert job["end_date"] == "2031-03-01"
        assert job["params"] == {"stage": "prod"}
        assert job["operator"]["aws_conn_id"] == "aws_risk"
        assert "pool" not in job


def test_what_the_file_reads_is_named(airflow: Airflow, tmp_path: Path) -> None:
    (tmp_path / "reads.py").write_text(HEAD + READS)
    variables = {
        "AIRFLOW_VAR_BUCKET": "acme-lake",
        "AIRFLOW_CONN_LAKE": "http://somebody:hunter2@lake.acme.example",
        "TRAIN_STAGE": "prod",
    }
    done = run_import(replace(airflow, variables={**airflow.variables, **variables}), tmp_path / "reads.py")
    assert done.returncode == 1
    reads = {
        "Variable.get(": "`Variable.get('bucket')`",
        "BaseHook.get_connection(": "`BaseHook.get_connection('lake')`",
        "get_connection_from_secrets(": "`Connection.get_connection_from_secrets('lake')`",
        "os.getenv(": "the environment variable `TRAIN_STAGE`",
    }
    if not airflow.version.startswith("2."):
        reads["= Connection.get("] = "`Connection.get('lake')`"
    lines = (HEAD + READS).splitlines()
    numbers = {part: next(number for number, line in enumerate(lines, 1) if part in line) for part in reads}
    notes = {f"line {numbers[part]}: {said}" for part, said in reads.items()}
    found = [line.partition("line ") for line in done.stderr.splitlines() if "is read when" in line]
    assert {"line " + rest.partition(" is read when")[0] for _, _, rest in found} == notes
    assert len(found) == len(notes)
    assert "hunter2" not in done.stderr
    assert "s3://acme-lake/" in done.stdout


_COMMENTED = """
from datetime import datetime
from airflow import DAG
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator

# The lake of the data team.
BUCKET = "acme-lake"
MACHINE = "ml.m5.large"  # larger ones are not faster

def train(country):
    # One job each.
    return SageMakerTrainingOperator(
        task_id=country,
        config={
            "TrainingJobName": f"{country}-{{{{ ts_nodash }}}}",
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/{country}/"},
            "ResourceConfig": {"InstanceType": MACHINE, "InstanceCount": 1},
        },
        retries=2,  # spot machines go away
    )

# Nightly.
with DAG("commented", schedule=None, start_date=datetime(2025, 1, 1)):
    train("de") >> train("fr")
"""


def test_comments_come_over_as_they_do_without_loading(airflow: Airflow, tmp_path: Path) -> None:
    (tmp_path / "commented.py").write_text(_COMMENTED)
    loaded, read = (run_import(airflow, tmp_path / "commented.py", way).stdout for way in ("load", "read"))
    comments = [[line for line in each.splitlines() if "#" in line] for each in (loaded, read)]
    assert comments[0] == comments[1]
    assert len(comments[0]) == 5, loaded
    assert "  bucket: acme-lake\n" in loaded


_REFUSED = {
    "import": ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
    "syntax": ("x = (1,", "SyntaxError: '(' was never closed"),
    "exit": ("raise SystemExit('only in production')", "SystemExit: only in production"),
    "helper": ("import refused_helpers; refused_helpers.first()", "KeyError: 'bucket'"),
    "argument": ("EmptyOperator(task_id='e', size=1)", "Invalid arguments were passed to EmptyOperator"),
    "cycle": (
        "with DAG('cycle', schedule=None) as d: a, b = (EmptyOperator(task_id=each) for each in 'ab'); a >> b >> a",
        "AirflowDagCycleException: Cycle detected in D",
    ),
    "cron": (
        "with DAG('cron', schedule='99 * * * *', start_date=START): EmptyOperator(task_id='e')",
        "is not acceptable",
    ),
}
_DEEP = "".join(f"def {one}():\n    {then}\n" for one, then in [
    ("first", "second()"), ("second", "third()"), ("third", "{}['bucket']")])  # fmt: skip


@pytest.fixture(scope="module")
def refused(airflow: Airflow, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of the files that Airflow rejects, and a program that says so to `import --load`."""
    folder = tmp_path_factory.mktemp(f"refused{airflow.version}")
    (folder / "refused_helpers.py").write_text(_DEEP)
    for kind, (line, _) in _REFUSED.items():
        (folder / f"refused_{kind}.py").write_text(f"{HEAD}{line}\n")
    return folder, load_all(airflow, folder)


@pytest.mark.parametrize("kind", _REFUSED)
def test_a_file_that_airflow_refuses(trainspec: Run, airflow: Airflow, refused: tuple[Path, str], kind: str) -> None:
    folder, python = refused
    done = trainspec("import", str(folder / f"refused_{kind}.py"), *options_of("load", python))
    assert (done.returncode, done.stdout) == (1, "")
    number = len(HEAD.splitlines()) + 1
    assert f"/refused_{kind}.py: Airflow {airflow.version}." in done.stderr
    assert f" cannot load it: line {number}: " in done.stderr
    assert _REFUSED[kind][1] in done.stderr
