"""The guide's job on each minor of Airflow: synchronous and deferred, with a retry and with a gate."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from environment import REPOSITORY, Airflow
from trainspec.simulator import Outcome, Plan, Simulator

DATE = "2025-04-09"
SPEC = """
trainspec: 1
dag: {id: each_minor, schedule: "@daily", start_date: 2025-04-01, catchup: false}
defaults:
  role: arn:aws:iam::123456789012:role/SageMakerRole
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  inputs:
    train: {s3: s3://my-data-bucket/train/, content_type: text/csv, distribution: FullyReplicated}
  output: s3://my-output-bucket/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 1h}
  hyperparameters: {epochs: 10, learning_rate: 0.01, day: "{{ ds }}"}
  metrics: {"validation:auc": "auc=([0-9.]+)"}
  operator: {aws_conn_id: aws_default, check_interval: 1s, max_attempts: null, action_if_job_exists: increment}
jobs:
  train_task: {name: "guide-MARK-{{ ds }}"}
  deferred:
    name: deferred-MARK-{{ ds }}
    operator: {deferrable: true}
    proceed_if: {metric: "validation:auc", at_least: 0.9}
  retried:
    name: retried-MARK-{{ ds }}
    retries: 1
    retry_delay: 1s
    on_failure: {capacity: {retry_after: 3s}}
  given_up: {name: "given-up-MARK-{{ ds }}", retries: 2, retry_delay: 1s, on_failure: {algorithm: fail}}
tasks:
  python:
    operator: airflow.operators.python.PythonOperator
    arguments: {python_callable: operator.add, op_args: [1, 2]}
    depends_on: [train_task, deferred, retried]
"""


def mark_of(airflow: Airflow) -> str:
    """The suffix of this module's job names; the other modules' jobs run in the same simulator."""
    return f"minor-{airflow.version.replace('.', '-')}"


@pytest.fixture(scope="module")
def ran(airflow: Airflow, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    mark = mark_of(airflow)
    spec = tmp_path_factory.mktemp("minor") / "each_minor.yaml"
    spec.write_text(SPEC.replace("MARK", mark))
    compile_ = [sys.executable, "-m", "trainspec", "compile", str(spec), "-o", str(airflow.dags)]
    subprocess.run([*compile_, "--airflow", airflow.version], check=True, cwd=REPOSITORY)
    plan = simulator.plan
    assert isinstance(plan, Plan)
    short = Outcome(0.2, 0.2, 0.2, 0.2)
    plan.add(f"deferred-{mark}*", replace(short, metrics={"validation:auc": 0.95}))
    plan.add(f"retried-{mark}-{DATE}", replace(short, failure="CapacityError: none left"))
    plan.add(f"given-up-{mark}*", replace(short, failure="AlgorithmError: out of luck, exit code: 1"))
    log = airflow.python(str(Path(__file__).with_name("inside.py")), "test", DATE, "each_minor")
    (airflow.home / "each_minor.log").write_text(log)
    return airflow


@pytest.mark.parametrize("task_id", ["train_task", "deferred", "deferred.gate", "retried", "python"])
def test_it_succeeds(ran: Airflow, task_id: str) -> None:
    assert ran.task("each_minor", task_id).state == "success", (ran.home / "each_minor.log").read_text()


def test_a_failure_that_will_come_again_costs_one_job(ran: Airflow, simulator: Simulator) -> None:
    assert ran.task("each_minor", "given_up").state == "failed"
    assert len([job for job in simulator.jobs if job.name.startswith(f"given-up-{mark_of(ran)}")]) == 1


def test_the_jobs(ran: Airflow, simulator: Simulator) -> None:
    """One for each task, and one more for the retry of the one that failed."""
    mark = mark_of(ran)
    made: dict[str, Any] = {job.name: job.request for job in simulator.jobs if f"-{mark}-{DATE}" in job.name}
    guide = [name for name in made if name.startswith(("guide", "deferred", "retried"))]
    assert sorted(guide) == sorted(
        [f"guide-{mark}-{DATE}", f"deferred-{mark}-{DATE}", f"retried-{mark}-{DATE}", f"retried-{mark}-{DATE}-1"]
    )
    assert made[f"guide-{mark}-{DATE}"]["HyperParameters"] == {"epochs": "10", "learning_rate": "0.01", "day": DATE}
    assert ran.task("each_minor").xcoms["return_value"] == f"guide-{mark}-{DATE}"
    assert ran.task("each_minor", "retried").xcoms["return_value"] == f"retried-{mark}-{DATE}-1"
