"""The sensor, and the sweep's DAG, in real DAG runs: `airflow dags test` against the simulated SageMaker."""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from environment import REPOSITORY, Airflow
from inside import MARKER
from job_kinds import CONFIG
from trainspec.simulator import Outcome, Plan, Simulator

DATE = "2025-04-09"
SECRET = "sup3r-secret-value"  # noqa: S105 - what must not be in any log
SHORT = Outcome(0.5, 0.5, 0.5, 0.5)
LONG = Outcome(training=600)


@dataclass(frozen=True)
class Case:
    """A DAG with one sensor, and its expected result."""

    state: str = "success"
    outcome: Outcome | None = SHORT
    """What happens to the job that the sensor waits for; None: there is no such job."""
    log: str = "Job state: Completed"
    """A regular expression that the log must match."""
    sensor: Mapping[str, Any] = field(default_factory=dict)


FAILS = Outcome(0, 0, 0.5, 0, failure="AlgorithmError: exit code 1")
WHY = r"(?s)is Failed: AlgorithmError: exit code 1.*hyperparameter api_key=\*\*\*"
DEFERRED = {"deferrable": True}
CASES = {
    "completes": Case(),
    "completes_deferred": Case(sensor=DEFERRED),
    "fails": Case("failed", FAILS, WHY),
    "fails_deferred": Case("failed", FAILS, WHY, DEFERRED),
    "fails_softly": Case("skipped", FAILS, "soft_fail|AlgorithmError", {"soft_fail": True}),
    "fails_softly_deferred": Case("skipped", FAILS, "soft_fail|AlgorithmError", {"soft_fail": True, **DEFERRED}),
    "is_late": Case("failed", LONG, "Sensor has timed out", {"timeout": 1}),
    "is_late_deferred": Case("failed", LONG, "has not completed within 1 seconds", {"timeout": 1, **DEFERRED}),
    "is_late_softly_deferred": Case("skipped", LONG, "", {"timeout": 1, "soft_fail": True, **DEFERRED}),
    "is_not_there_deferred": Case("failed", None, "There is no training job", {"timeout": 3, **DEFERRED}),
    "is_not_there": Case("failed", None, "There is no training job sensor-is-not-there-.* yet", {"timeout": 1}),
}


def _name(airflow: Airflow, case: str) -> str:
    return f"sensor-{case}-{airflow.version}".replace("_", "-").replace(".", "-")


def _file(dag_id: str, arguments: Mapping[str, Any]) -> str:
    return f"""
import pendulum
try:
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
from trainspec.runtime import TrainingJobSensor

with DAG(dag_id={dag_id!r}, schedule=None, start_date=pendulum.datetime(2025, 4, 1, tz="UTC"), params={{"n": "job"}}):
    TrainingJobSensor(task_id="wait", poke_interval=0.2, **{dict(arguments)!r})
"""


@pytest.fixture(scope="module")
def logs(airflow: Airflow, simulator: Simulator) -> dict[str, str]:
    """The log of each case's run, and of the sweep's, all run by one Airflow process."""
    plan, client = simulator.plan, simulator.client()
    assert isinstance(plan, Plan)
    for case_id, case in CASES.items():
        name = _name(airflow, case_id)
        if case.outcome:
            plan.add(name, case.outcome)
            client.create_training_job(**CONFIG, TrainingJobName=name, HyperParameters={"api_key": SECRET})
        templated = name.replace("-is-", "-{{ 'is' }}-")
        text = _file(f"sensor_{case_id}", {"job_name": templated, **case.sensor})
        (airflow.dags / f"sensor_{case_id}.py").write_text(text)
    major = airflow.version.partition(".")[0]
    command = [sys.executable, "-m", "trainspec", "sweep", "--dag", major]
    text = subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY).stdout
    (airflow.dags / "trainspec_sweep.py").write_text(text.replace('aws_conn_id="aws_default"', "older_than=0"))
    dags = [*(f"sensor_{case_id}" for case_id in CASES), "trainspec_sweep"]
    output = airflow.python(str(Path(__file__).with_name("inside.py")), "test", DATE, *dags)
    texts = output.split(f"\n{MARKER}")[1:]
    return {text.partition("\n")[0]: text for text in texts}


@pytest.mark.parametrize("case_id", CASES)
def test_sensor(airflow: Airflow, simulator: Simulator, logs: dict[str, str], case_id: str) -> None:
    case, log, name = CASES[case_id], logs[f"sensor_{case_id}"], _name(airflow, case_id)
    task = airflow.task(f"sensor_{case_id}", "wait")
    assert task.state == case.state, log
    assert re.search(case.log, log), log
    assert SECRET not in log
    assert not [job for job in simulator.jobs if job.name == name and job.stop_requested is not None]
    if case.state == "success":
        assert task.xcoms["return_value"] == name
        assert task.xcoms["model"] == f"s3://my-output-bucket/models/{name}/output/model.tar.gz"


def test_the_sweeps_dag_runs(airflow: Airflow, logs: dict[str, str]) -> None:
    assert airflow.task("trainspec_sweep", "sweep").state == "success", logs["trainspec_sweep"]
