"""A matrix with `max_parallel`: a point that fails blocks nothing, and is not forgotten."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from environment import REPOSITORY, Airflow
from trainspec.simulator import Plan, Simulator

DATE = "2025-04-09"
SPEC = """
trainspec: 1
dag: {id: DAG_ID, start_date: 2025-04-01}
defaults:
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  role: arn:aws:iam::123456789012:role/SageMakerRole
  output: s3://bucket/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 1h}
  operator: {check_interval: 1s}
jobs:
  sweep:
    name: MAJOR-DAG_ID-${matrix.id}
    matrix: {point: [1, 2, 3, 4], max_parallel: 2}
AFTER
"""
AFTER = """
  report:
    name: MAJOR-DAG_ID-report
    depends_on: sweep
    trigger_rule: RULE
"""
RULES = {"lanes-alone": None, "lanes-done": "all_done", "lanes-success": "all_success"}
POINTS = {f"sweep.point-{number}": "failed" if number == 1 else "success" for number in (1, 2, 3, 4)}


@pytest.fixture(scope="module")
def run(airflow: Airflow, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each DAG once; its first point fails."""
    mark = airflow.version.replace(".", "-")
    plan = simulator.plan
    assert isinstance(plan, Plan)
    plan.add(f"{mark}-lanes-*-point-1", replace(plan.default, failure="AlgorithmError: no such data"))
    folder = tmp_path_factory.mktemp("lanes")
    for dag_id, rule in RULES.items():
        text = SPEC.replace("AFTER", AFTER.replace("RULE", rule) if rule else "")
        spec = folder / f"{dag_id}.yaml"
        spec.write_text(text.replace("DAG_ID", dag_id).replace("MAJOR", mark))
        compile_ = [
            sys.executable,
            "-m",
            "trainspec",
            "compile",
            str(spec),
            "-o",
            str(airflow.dags),
            "--airflow",
            airflow.version,
        ]
        subprocess.run(compile_, check=True, cwd=REPOSITORY, capture_output=True)
    airflow.python(str(Path(__file__).with_name("inside.py")), "test", DATE, *RULES)


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("dag_id", RULES)
def test_the_other_points_run(airflow: Airflow, dag_id: str) -> None:
    assert {task: airflow.task(dag_id, task).state for task in POINTS} == POINTS
    latches = [airflow.task(dag_id, f"sweep-lanes.point-{number}").state for number in (1, 2)]
    assert latches == ["success", "success"]


@pytest.mark.usefixtures("run")
def test_what_waits_for_the_points_sees_the_failure(airflow: Airflow) -> None:
    assert airflow.task("lanes-done", "report").state == "success"
    assert airflow.task("lanes-success", "report").state == "upstream_failed"


@pytest.mark.usefixtures("run")
def test_a_run_of_which_a_point_failed_has_failed(airflow: Airflow) -> None:
    assert airflow.task("lanes-alone", "sweep-lanes.all").state == "upstream_failed"
    assert airflow.run_state("lanes-alone") == "failed"
    # Airflow judges by the last task, as it does without a limit.
    assert airflow.run_state("lanes-done") == "success"
