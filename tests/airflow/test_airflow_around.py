"""Other tasks, in real Airflow: sensors, tasks and triggers run, and gates pass what they should."""

import json
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from environment import REPOSITORY, Airflow
from object_store import object_store
from trainspec.simulator import Outcome, Plan, Simulator

DATE = "2025-04-09"
DEFAULTS = """
defaults:
  role: arn:aws:iam::123456789012:role/SageMakerRole
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  output: s3://my-output-bucket/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 1h}
  metrics: {"validation:auc": "auc=([0-9.]+)", loss: "loss=([0-9.]+)"}
  operator: {check_interval: 1s, max_attempts: 60}
"""
SPEC = (
    """
trainspec: 1
dag: {id: around}
"""
    + DEFAULTS
    + """
sensors:
  raw: {s3: "s3://my-bucket/raw/{{ ds }}/*.csv", aws_conn_id: store, poke_interval: 1s, timeout: 30s}
  marker: {s3: s3://my-bucket/done, aws_conn_id: store, poke_interval: 1s, timeout: 30s}
  nothing: {s3: s3://my-bucket/nothing, aws_conn_id: store, poke_interval: 1s, timeout: 1s, soft_fail: true}
tasks:
  prepare:
    operator: airflow.providers.standard.operators.bash.BashOperator
    arguments: {bash_command: "echo prepared {{ ds }}", env: {ACCOUNT: 012345678901}}
    depends_on: [raw, marker]
  register:
    operator: airflow.operators.bash.BashOperator
    arguments: {bash_command: "echo ${jobs.good.model}"}
  after_bad:
    operator: airflow.providers.standard.operators.empty.EmptyOperator
    depends_on: bad
  after_bad_anyway:
    operator: airflow.providers.standard.operators.empty.EmptyOperator
    depends_on: bad
    trigger_rule: all_done
  after_sweep:
    operator: airflow.providers.standard.operators.empty.EmptyOperator
    depends_on: sweep
    trigger_rule: none_failed_min_one_success
jobs:
  good:
    name: good-MAJOR-{{ ds_nodash }}
    depends_on: prepare
    proceed_if: [{metric: "validation:auc", at_least: 0.9}, {metric: loss, above: 0, below: "{{ 1 }}"}]
  bad:
    name: bad-MAJOR-{{ ds_nodash }}
    proceed_if: {metric: "validation:auc", at_least: "${jobs.good.metrics.validation:auc}"}
  diverged:
    name: diverged-MAJOR-{{ ds_nodash }}
    proceed_if: {metric: loss, at_most: 1}
  silent:
    name: silent-MAJOR-{{ ds_nodash }}
    metrics: {f1: "f1=([0-9.]+)"}
    proceed_if: {metric: accuracy, at_least: 0.5}   # trainspec: ignore[TS590]
  sweep:
    name: sweep-MAJOR-${matrix.depth}-{{ ds_nodash }}
    matrix: {depth: [4, 6]}
    proceed_if: {metric: "validation:auc", above: 0.9}
triggers:
  deploy:
    dag: deployed
    job: good
    conf: {day: "{{ ds }}", literal: "{# to the letter", share: 0.5, auc: "${jobs.good.metrics.validation:auc}"}
    depends_on: register
  deploy_bad: {dag: deployed, job: bad}
"""
)
DEPLOYED = "trainspec: 1\ndag: {id: deployed}\n" + DEFAULTS + "jobs: {own: {name: deployed}}\n"
WAITING = (
    "trainspec: 1\ndag: {id: waiting}\n"
    + DEFAULTS
    + """
sensors:
  trained: {dag: around, task: good, poke_interval: 1s, timeout: 30s}
  swept: {dag: around, group: sweep, states: [success, skipped], poke_interval: 1s, timeout: 30s}
  failed: {dag: around, task: diverged.gate, failed_states: [failed], poke_interval: 1s, timeout: 30s}
jobs:
  own: {name: waiting-MAJOR, depends_on: [trained, swept]}
"""
)
STATES = {
    "raw": "success",
    "marker": "success",
    "nothing": "skipped",
    "prepare": "success",
    "good": "success",
    "good.gate": "success",
    "register": "success",
    "deploy": "success",
    "bad": "success",
    "bad.gate": "skipped",
    "after_bad": "skipped",
    "after_bad_anyway": "success",
    "deploy_bad": "skipped",
    "diverged": "success",
    "diverged.gate": "failed",
    "silent": "success",
    "silent.gate": "failed",
    "sweep.depth-4": "success",
    "sweep.depth-4.gate": "skipped",
    "sweep.depth-6": "success",
    "sweep.depth-6.gate": "success",
    "after_sweep": "success",
}


@pytest.fixture(scope="session")
def run(
    airflow: Airflow, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Airflow, str]]:
    """An Airflow in which all DAGs have run once, and the log of the runs."""
    mark = airflow.version.replace(".", "-")
    folder = tmp_path_factory.mktemp("around")
    for name, text in {"around": SPEC, "deployed": DEPLOYED, "waiting": WAITING}.items():
        spec = folder / f"{name}.yaml"
        spec.write_text(text.replace("MAJOR", mark))
        command = [
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
        subprocess.run(command, check=True, cwd=REPOSITORY)
    plan = simulator.plan
    assert isinstance(plan, Plan)
    short = Outcome(0.2, 0.2, 0.2, 0.2)
    for name, metrics in {
        "good": {"validation:auc": 0.93, "loss": 0.2},
        "bad": {"validation:auc": 0.929, "loss": 0.2},
        "diverged": {"loss": float("nan")},
        "sweep-*-4": {"validation:auc": 0.9},
        "sweep-*-6": {"validation:auc": 0.95},
    }.items():
        plan.add(f"{name}-{'' if '*' in name else mark}*", replace(short, metrics=metrics))
    with object_store(f"my-bucket/raw/{DATE}/a.csv", "my-bucket/done") as url:
        extra = {"region_name": "us-east-1", "endpoint_url": url}
        store = {"conn_type": "aws", "login": "AKIAIOSFODNN7EXAMPLE", "password": "simulator", "extra": extra}
        with_store = replace(airflow, variables={"AIRFLOW_CONN_STORE": json.dumps(store)})
        with_store.run(*with_store.command("dags", "reserialize"))
        log = with_store.python(str(Path(__file__).with_name("inside.py")), "test", DATE, "around", "waiting")
        yield with_store, log


@pytest.mark.parametrize(("task_id", "state"), STATES.items())
def test_states(run: tuple[Airflow, str], task_id: str, state: str) -> None:
    airflow, log = run
    assert airflow.task("around", task_id).state == state, log


@pytest.mark.parametrize(
    "words",
    [
        "bad: validation:auc is 0.929, not at least 0.93",
        "sweep.depth-4: validation:auc is 0.9, not above 0.9",
        "the metric 'loss' is not a finite number, so it cannot be compared",
        "the job reported no metric 'accuracy'; it reported f1",
        "validation:auc is 0.93, and must be at least 0.9: yes",
    ],
)
def test_a_gate_says_why(run: tuple[Airflow, str], words: str) -> None:
    assert words in run[1]


def test_the_gates_result(run: tuple[Airflow, str]) -> None:
    assert run[0].task("around", "good.gate").xcoms["return_value"] == {"validation:auc": 0.93, "loss": 0.2}


def test_the_triggered_run_knows_the_job(run: tuple[Airflow, str], simulator: Simulator) -> None:
    airflow, _ = run
    mark = airflow.version.replace(".", "-")
    with closing(sqlite3.connect(airflow.home / "airflow.db")) as database:
        rows = database.execute("select conf from dag_run where dag_id = 'deployed'").fetchall()
    (conf,) = map(_conf, rows)
    name = f"good-{mark}-{DATE.replace('-', '')}"
    assert conf == {
        "job": name,
        "model": f"s3://my-output-bucket/models/{name}/output/model.tar.gz",
        "day": DATE,
        "literal": "{# to the letter",
        "share": 0.5,
        "auc": "0.93",
    }


def _conf(row: tuple[Any]) -> Any:
    return pickle.loads(row[0]) if isinstance(row[0], bytes) else json.loads(row[0])  # noqa: S301  # Airflow 2's own


@pytest.mark.parametrize(
    ("task_id", "state"), {"trained": "success", "swept": "success", "failed": "failed", "own": "success"}.items()
)
def test_another_dag_is_waited_for(run: tuple[Airflow, str], task_id: str, state: str) -> None:
    airflow, log = run
    assert airflow.task("waiting", task_id).state == state, log
