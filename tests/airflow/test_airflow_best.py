"""The best of a matrix in real DAG runs: the task that chooses, and what comes after it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from environment import Airflow
from trainspec.simulator import Simulator
from trainspec.simulator.jobs import metric_value

DATE = "2025-04-09"
SPEC = """
trainspec: 1
dag: {id: DAG, schedule: "@daily", start_date: 2025-04-01, catchup: false}
defaults:
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  role: arn:aws:iam::123456789012:role/MyRole
  output: s3://my-bucket/models/
  region: us-east-1
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 30m}
  operator: {check_interval: 1s}
  metrics: {"validation:auc": "auc=([0-9.]+)"}
jobs:
  sweep:
    matrix: {eta: ["0.10", "0.20", "0.30"]}
    name: DAG-${matrix.id}-{{ ds_nodash }}
    hyperparameters: {eta: "${matrix.eta}", date: "{{ ds }}", note: "100% {# kept #}"}
GATE  final:
    name: DAG-final-{{ ds_nodash }}
    inputs: {model: "${jobs.sweep.best(validation:auc, GOAL).model}"}
    hyperparameters: ${jobs.sweep.best(validation:auc, GOAL).hyperparameters}
    environment:
      NAME: ${jobs.sweep.best(validation:auc, GOAL).name}
      AUC: ${jobs.sweep.best(validation:auc, GOAL).metrics.validation:auc}
"""
DAGS = {
    "best-max": ("max", ""),
    "best-min": ("min", ""),
    "best-gated": ("max", '    proceed_if: {metric: "validation:auc", above: 2}\n'),
}


@pytest.fixture(scope="session")
def ids(airflow: Airflow, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("best")
    mark = airflow.version.replace(".", "-")
    names = {name: f"{name}-{mark}" for name in DAGS}
    for name, (goal, gate) in DAGS.items():
        text = SPEC.replace("DAG", names[name]).replace("GOAL", goal).replace("GATE", gate)
        spec = folder / f"{names[name]}.yaml"
        spec.write_text(text)
        command = [sys.executable, "-m", "trainspec", "compile", str(spec), "-o", str(airflow.dags), "--airflow"]
        subprocess.run([*command, airflow.version], check=True, cwd=folder, capture_output=True)
    airflow.python(str(Path(__file__).with_name("inside.py")), "test", DATE, *names.values())
    return names


@pytest.mark.parametrize(("name", "goal"), [("best-max", max), ("best-min", min)])
def test_the_best_goes_on(ids: dict[str, str], simulator: Simulator, name: str, goal: Any) -> None:
    dag_id = ids[name]
    jobs = {job.name: job for job in simulator.jobs if job.name.startswith(dag_id)}
    final = jobs.pop(f"{dag_id}-final-20250409")
    assert len(jobs) == 3
    best = goal(jobs.values(), key=lambda job: metric_value(job, "validation:auc"))
    assert final.request["HyperParameters"] == best.request["HyperParameters"]
    assert final.request["HyperParameters"]["note"] == "100% {# kept #}"
    environment = final.request["Environment"]
    assert environment["NAME"] == best.name
    assert float(environment["AUC"]) == metric_value(best, "validation:auc")
    (channel,) = final.request["InputDataConfig"]
    assert f"/{best.name}/" in channel["DataSource"]["S3DataSource"]["S3Uri"]


def test_nothing_is_chosen_where_every_gate_holds_back(ids: dict[str, str], simulator: Simulator) -> None:
    dag_id = ids["best-gated"]
    names = {job.name for job in simulator.jobs if job.name.startswith(dag_id)}
    assert len(names) == 3
    assert f"{dag_id}-final-20250409" not in names
