"""Two Airflows with one AWS account, and the copy of a database: equal DAGs, runs and dates, but no job is touched."""

import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from environment import Airflow, ready
from job_kinds import CONFIG, ENDLESS
from services import wait_until
from trainspec.simulator import Plan, Simulator

from helpers import heeding_signals

DATE = "2025-04-09"
DAGS = f"""
import pendulum
try:
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
from trainspec.runtime import TrainingJobOperator, TrainingJobSweepOperator

with DAG(dag_id="shared", schedule=None, start_date=pendulum.datetime(2025, 4, 1)) as dag:
    TrainingJobOperator(
        task_id="train",
        config={{"TrainingJobName": "churn", **{CONFIG!r}}},
        check_interval=1,
        deferrable=False,
        action_if_job_exists="increment",
        retries=1,
    )
with DAG(dag_id="sweep", schedule=None, start_date=pendulum.datetime(2025, 4, 1)) as sweep:
    TrainingJobSweepOperator(task_id="sweep", older_than=0)
"""


@pytest.fixture
def endless() -> Iterator[Simulator]:
    """An account in which jobs run until they are stopped."""
    with Simulator(plan=Plan(ENDLESS)) as running:
        yield running


def _ready(airflow: Airflow, home: Path, simulator: Simulator) -> Airflow:
    mine = ready(airflow.version, home, simulator.url)
    (mine.dags / "dags.py").write_text(DAGS)
    return mine


@contextmanager
def _testing(airflow: Airflow, simulator: Simulator, jobs: int) -> Iterator[subprocess.Popen[bytes]]:
    """`airflow dags test` of the shared DAG, once there are that many jobs and it waits for the last one."""
    output = airflow.home / "output"

    def waits() -> bool:
        assert process.poll() is None, output.read_text()[-3000:]
        looks = simulator.journal.calls("DescribeTrainingJob")[before:]
        return len(simulator.jobs) == jobs and sum(look.name == simulator.jobs[-1].name for look in looks) >= 3

    before = len(simulator.journal.calls("DescribeTrainingJob"))
    with output.open("w") as stream, heeding_signals():
        process = subprocess.Popen(
            airflow.command("dags", "test", "shared", DATE),
            env=airflow.environ(),
            cwd=airflow.home,
            stdout=stream,
            stderr=stream,
        )
    try:
        wait_until("the task waits", waits, 180)
        yield process
    finally:
        process.kill()
        process.wait()


def test_the_same_date_in_two_airflows(airflow: Airflow, endless: Simulator, tmp_path: Path) -> None:
    one = _ready(airflow, tmp_path / "one", endless)
    other = _ready(airflow, tmp_path / "other", endless)
    with _testing(one, endless, 1), _testing(other, endless, 2) as process:
        process.send_signal(signal.SIGINT)
        wait_until("the other's job is stopped", lambda: endless.jobs[1].stop_requested, 60)
        assert [job.name for job in endless.jobs] == ["churn", "churn-1"]
        assert endless.jobs[0].stop_requested is None


def test_the_sweep_of_a_copy(airflow: Airflow, endless: Simulator, tmp_path: Path) -> None:
    """A snapshot of the database continues elsewhere, and everything in it is marked as failed there."""
    if airflow.version != "2.11":
        pytest.skip("dags test of Airflow 3 has no supervisor that a sweep could ask")
    one = _ready(airflow, tmp_path / "one", endless)
    with _testing(one, endless, 1):
        shutil.copytree(one.home, tmp_path / "copy", symlinks=True)
        copy = replace(one, home=tmp_path / "copy")
        with closing(sqlite3.connect(copy.home / "airflow.db")) as database:
            database.execute("update dag_run set state = 'failed'")
            database.execute("update task_instance set state = 'failed'")
            database.commit()
        command = copy.command("dags", "test", "sweep", DATE)
        done = subprocess.run(command, env=copy.environ(), cwd=copy.home, capture_output=True, text=True, timeout=200)
        assert "churn is unknown: it belongs to the installation @" in done.stdout + done.stderr
        assert endless.jobs[0].stop_requested is None
