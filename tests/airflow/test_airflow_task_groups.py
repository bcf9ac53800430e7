"""Task groups in Airflow: those of a spec, and the ids that Airflow rejects."""

import json
from pathlib import Path
from typing import Any

import pytest
from environment import REPOSITORY, Airflow
from trainspec.pipeline import Options, analyse, generate
from trainspec.text.source import Source, read_source

CASE = REPOSITORY / "tests" / "cases" / "good_task_groups" / "spec.yaml"
GROUPS = Path(__file__).with_name("task_groups.py")

PATHS = {
    "raw": ["inputs"],
    "labels": ["inputs"],
    "prepare": [],
    "train": ["models"],
    "train.gate": ["models"],
    "models.risk.score": ["models", "models-risk"],
    "sweep.depth-4": ["models", "models-risk", "models-risk-sweeps", "sweep"],
    "sweep.depth-6": ["models", "models-risk", "models-risk-sweeps", "sweep"],
    "sweep.depth-8": ["models", "models-risk", "models-risk-sweeps", "sweep"],
    "sweep-lanes.depth-4": ["models", "models-risk", "models-risk-sweeps", "sweep-lanes"],
    "sweep-best-auc-max": ["models", "models-risk", "models-risk-sweeps"],
    "choose": ["choose-1"],
    "report": ["reports", "reports-risk"],
    "deploy": ["reports"],
}
"""The ids of the groups that contain each task of the case."""


def _loaded(airflow: Airflow, folder: Path, text: str) -> dict[str, Any]:
    (folder / "case.py").write_text(text, encoding="utf-8")
    said = airflow.python(str(GROUPS), str(folder))
    found: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return found


def test_each_task_is_in_its_group(airflow: Airflow, tmp_path: Path) -> None:
    """Also in what the scheduler stores, which is what Airflow's UI shows."""
    options = Options(airflow=airflow.version)
    source = read_source(CASE, "spec.yaml")
    assert isinstance(source, Source)
    found = _loaded(airflow, tmp_path, generate(analyse(source, options), options))
    assert found["errors"] == {}
    assert found["groups"] == PATHS == found["serialized"]
    # Airflow 2 shows the id of a group, and has no other name for it.
    labels = {"models-risk": "risk", "models-risk-sweeps": "sweeps", "reports-risk": "risk"}
    names = {group for path in PATHS.values() for group in path}
    assert found["labels"] == {
        name: name if airflow.version.startswith("2.") else labels.get(name, name) for name in names
    }


IN_GROUPS = """
try:
    from airflow.sdk import DAG, TaskGroup
except ImportError:
    from airflow import DAG
    from airflow.utils.task_group import TaskGroup
from trainspec.runtime import TrainingJobOperator

def task(name):
    TrainingJobOperator(task_id=name, config={{}})

with DAG(dag_id="case", schedule=None):
{}
"""


@pytest.mark.parametrize(
    "body",
    [
        "    task('a')\n    with TaskGroup('a', prefix_group_id=False):\n        task('b')",
        "    with TaskGroup('a', prefix_group_id=False):\n        task('a')",
        "    with TaskGroup('a', prefix_group_id=False):\n        with TaskGroup('a'):\n            task('b')",
        "    with TaskGroup('a', prefix_group_id=False):\n        task('a.upstream_join_id')",
        "    with TaskGroup('a', prefix_group_id=False):\n        task('a.downstream_join_id')",
    ],
    ids=["a task before it", "its own task", "a matrix inside it", "its upstream join", "its downstream join"],
)
def test_ids_that_are_reported_are_refused(airflow: Airflow, tmp_path: Path, body: str) -> None:
    """The subject of TS631: the ids of groups and tasks share one namespace."""
    (error,) = _loaded(airflow, tmp_path, IN_GROUPS.format(body))["errors"].values()
    assert "has already been added to the D" in error


@pytest.mark.parametrize(("name", "is_taken"), [("x" * 200, True), ("x" * 201, False), ("a.b", False), ("a b", False)])
def test_names_of_groups(airflow: Airflow, tmp_path: Path, name: str, is_taken: bool) -> None:
    """The schema's limits are Airflow's; Airflow 2 checks only ids that become prefixes."""
    body = f"    with TaskGroup({name!r}):\n        task('t')"
    assert (_loaded(airflow, tmp_path, IN_GROUPS.format(body))["errors"] == {}) is is_taken
