"""Airflow loads what it is given, at the cost of a thin operator."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from environment import REPOSITORY, Airflow
from trainspec.importers.dag_file import _ATTEMPTS
from trainspec.options import DEFAULT_AIRFLOW
from trainspec.runtime.engine.policy import Policy

HEAVY = {
    "boto3",
    "botocore",
    "aiobotocore",
    "jsonschema",
    "ruamel",
    "airflow.providers.amazon",
    "airflow.triggers.base",
}


def _load(airflow: Airflow, folder: Path) -> dict[str, Any]:
    output = airflow.python(str(Path(__file__).with_name("inside.py")), "load", str(folder))
    line = next(line for line in output.splitlines() if line.startswith('{"unserializable'))
    found: dict[str, Any] = json.loads(line)
    return found


def test_the_generated_dags_load(airflow: Airflow, tmp_path: Path) -> None:
    folder = REPOSITORY / "generated_dags"
    if airflow.version != DEFAULT_AIRFLOW:  # the files in the repository are for that version
        target = ["--airflow", airflow.version, "-o", str(tmp_path)]
        compile_ = [sys.executable, "-m", "trainspec", "compile", *target, "specs"]
        subprocess.run(compile_, check=True, cwd=REPOSITORY)
        folder = tmp_path
    found = _load(airflow, folder)
    assert found["import_errors"] == {}
    # Warnings between the packages are not ours.
    ours = [told for said in found["warnings"].values() for told in said if "/site-packages/" not in told]
    assert ours == []
    assert sorted(found["tasks"]) == sorted(path.stem for path in folder.glob("*.py"))


def test_a_tasks_docs_hold_its_place_and_its_request(airflow: Airflow, tmp_path: Path) -> None:
    code = """
from trainspec.runtime import TrainingJobOperator
config = {"TrainingJobName": "a```b"}
own = TrainingJobOperator(task_id="own", config=config, doc_md="Trains.", spec="specs/a.yaml: jobs.train")
print("\\n" + repr(own.doc_md))
"""
    told = airflow.python("-c", code).strip().splitlines()[-1]
    docs = "Trains.\n\nCompiled from `specs/a.yaml: jobs.train`, to this request:\n\n````json\n"
    assert told == repr(docs + '{\n  "TrainingJobName": "a```b"\n}\n````')


def test_the_operators_defaults_are_those_of_the_engine_and_of_the_rules(airflow: Airflow) -> None:
    code = """
import inspect, json
from trainspec.runtime import TrainingJobOperator
given = inspect.signature(TrainingJobOperator.__init__).parameters
names = ("action_if_job_exists", "check_interval", "max_attempts", "on_timeout")
print("\\n" + json.dumps([given[name].default for name in names]))
"""
    defaults = json.loads(airflow.python("-c", code).splitlines()[-1])
    policy = Policy()
    assert defaults == [policy.if_exists, policy.check_interval, policy.max_attempts, policy.on_timeout]
    assert policy.max_attempts == _ATTEMPTS


def test_the_gates_parse_loads_no_more_than_the_gate(airflow: Airflow) -> None:
    code = """
import json, sys
from trainspec.runtime import MetricGate
print("\\n" + json.dumps([name for name in sys.modules if name.startswith("trainspec.")]))
"""
    loaded = json.loads(airflow.python("-c", code).splitlines()[-1])
    assert set(loaded) == {"trainspec.runtime", "trainspec.runtime.gate"}


def test_importing_the_operator_brings_nothing_heavy(airflow: Airflow) -> None:
    code = """
import json, sys
try:
    import airflow.sdk
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
from airflow.providers.common.compat.sdk import BaseOperator
before = set(sys.modules)
from trainspec.runtime import TrainingJobOperator
print("\\n" + json.dumps(sorted(set(sys.modules) - before)))
"""
    loaded = set(json.loads(airflow.python("-c", code).strip().splitlines()[-1]))
    assert "trainspec.runtime.operator" in loaded
    assert HEAVY.isdisjoint(loaded)
    ours = {name for name in loaded if name.startswith("trainspec")}
    assert {name for name in ours if not (name + ".").startswith("trainspec.runtime.")} == {"trainspec"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("action_if_job_exists='append'", "one of 'fail', 'increment', 'skip', 'timestamp', not 'append'"),
        ("on_timeout='kill'", "one of 'stop', 'leave', not 'kill'"),
        ("check_interval=0", "check_interval must be more than 0 seconds, not 0"),
        ("check_interval=True", "check_interval must be more than 0 seconds, not True"),
        ("max_attempts=1.5", "max_attempts must be an integer above 0, or None, not 1.5"),
        ("check_intervall=3", "check_intervall"),
    ],
)
def test_a_wrong_argument_is_an_import_error(airflow: Airflow, tmp_path: Path, arguments: str, words: str) -> None:
    (tmp_path / "wrong.py").write_text(
        f"""
try:
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
from trainspec.runtime import TrainingJobOperator
with DAG(dag_id="wrong", schedule=None):
    TrainingJobOperator(task_id="train", config={{}}, {arguments})
"""
    )
    (error,) = _load(airflow, tmp_path)["import_errors"].values()
    assert words in error
