"""`airflow dags test` and `tasks test` without a scheduler: what happens to the job when the command is ended."""

import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing

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
from trainspec.runtime import TrainingJobOperator

for dag_id in ("killed", "deferred", "alone"):
    with DAG(dag_id=dag_id, schedule=None, start_date=pendulum.datetime(2025, 4, 1)) as dag:
        TrainingJobOperator(
            task_id="train",
            config={{"TrainingJobName": dag_id, **{CONFIG!r}}},
            check_interval=1,
            deferrable=dag_id == "deferred",
            action_if_job_exists="increment",
            retries=1,
        )
    globals()[dag_id] = dag
"""


@pytest.fixture(scope="module")
def alone(airflow: Airflow, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Airflow, Simulator]]:
    """An Airflow without a scheduler, and an account in which jobs run until they are stopped."""
    with Simulator(plan=Plan(ENDLESS)) as simulator:
        mine = ready(airflow.version, tmp_path_factory.mktemp("alone"), simulator.url)
        (mine.dags / "dags.py").write_text(DAGS)
        yield mine, simulator


def _end_while_it_waits(alone: tuple[Airflow, Simulator], how: signal.Signals, *command: str) -> str:
    """Run an `airflow` command until it has polled its job several times, send it a signal, and return its output."""
    airflow, simulator = alone
    before = len(simulator.journal.calls("DescribeTrainingJob"))
    output = airflow.home / "output"

    def waits() -> bool:
        assert process.poll() is None, output.read_text()[-3000:]
        looks = simulator.journal.calls("DescribeTrainingJob")[before:]
        return len(looks) >= 5 and looks[-1].name == looks[-2].name == simulator.jobs[-1].name

    with output.open("w") as stream, heeding_signals():
        begun = subprocess.Popen(
            airflow.command(*command), env=airflow.environ(), cwd=airflow.home, stdout=stream, stderr=stream
        )
    with begun as process:
        try:
            wait_until("the task waits", waits, 120)
            process.send_signal(how)
            if how is signal.SIGINT:  # with a retry left, `dags test` continues, and would try again in five minutes
                wait_until("the job is stopped", lambda: simulator.jobs[-1].stop_requested, 30)
        finally:
            process.kill()
    return output.read_text()


@pytest.mark.parametrize(
    "command",
    [("dags", "test", "deferred"), ("tasks", "test", "alone", "train")],
    ids=" ".join,
)
def test_ctrl_c_stops_the_job(alone: tuple[Airflow, Simulator], command: tuple[str, ...]) -> None:
    said = _end_while_it_waits(alone, signal.SIGINT, *command, DATE)
    assert f"Stopping training job {alone[1].jobs[-1].name}" in said


def test_what_the_next_run_makes_of_the_job_of_a_killed_one(alone: tuple[Airflow, Simulator]) -> None:
    """The next run of the same date replaces the run that was killed. On 2.11 it even has the same name."""
    airflow, simulator = alone
    _end_while_it_waits(alone, signal.SIGKILL, "dags", "test", "killed", DATE)
    killed = simulator.jobs[-1]
    (before,) = _runs(airflow)
    assert before[1] == "running"
    said = _end_while_it_waits(alone, signal.SIGINT, "dags", "test", "killed", DATE)
    left = [job for job in simulator.jobs if job.stop_requested is None]
    if airflow.version == "2.11":
        assert "Attaching to training job killed" in said
        assert not left
    else:
        assert f"Training job killed already exists. It belongs to DAG killed, run {before[0]}, task train," in said
        assert left == [killed]
    (after,) = _runs(airflow)
    assert (after[0] == before[0]) == (airflow.version == "2.11")


def _runs(airflow: Airflow) -> list[tuple[str, str]]:
    """Id and state of the runs that Airflow knows."""
    with closing(sqlite3.connect(airflow.home / "airflow.db")) as database:
        return database.execute("select run_id, state from dag_run where dag_id = 'killed'").fetchall()
