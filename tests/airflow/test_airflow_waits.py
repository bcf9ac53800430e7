"""A thousand deferred tasks in one real triggerer: what their wait costs, and how soon it notices a job's end.

Only on demand. The complete test, ten minutes at 30 seconds, with its figures:
    TRAINSPEC_WAIT_SECONDS=600 pytest -s tests/airflow/test_airflow_waits.py [--airflow 2.11]
"""

import os
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest
from environment import Airflow, ready
from trainspec.simulator import Outcome, Simulator

JOBS = 1000
SECONDS = float(os.environ.get("TRAINSPEC_WAIT_SECONDS", "60"))
INTERVAL = SECONDS / 20
NAIVE = JOBS * SECONDS / INTERVAL
DAG = f"""
try:
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(dag_id="waits", schedule=None):
    # One mapped task: of a thousand tasks Airflow's triggerer would read the whole DAG anew for each of its triggers.
    TrainingJobOperator.partial(task_id="train", deferrable=True).expand(config=[{{}} for _ in range({JOBS})])
"""
REQUEST = {
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "OutputDataConfig": {"S3OutputPath": "s3://models/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
}


@pytest.fixture
def jobs_running(airflow: Airflow, tmp_path: Path) -> Iterator[tuple[Airflow, Simulator]]:
    """An Airflow and its own account, in which each task waits for a job; no job has ended yet."""
    if "TRAINSPEC_WAIT_SECONDS" not in os.environ:
        pytest.skip("takes minutes, and a machine with nothing else to do: set TRAINSPEC_WAIT_SECONDS")
    with Simulator() as simulator:
        mine = ready(airflow.version, tmp_path / "home", simulator.url)
        (mine.dags / "waits.py").write_text(DAG)
        mine.run(*mine.command("dags", "reserialize"))
        mine.run(*mine.command("dags", "trigger", "waits"))
        created = time.time()
        for number in range(JOBS):
            # Until the triggerer is up, too; then they end one after the other, over five intervals.
            training = 90 + SECONDS + 5 * INTERVAL * number / JOBS
            simulator.account.choose = lambda *_, seconds=training: Outcome(0, 0, seconds, 0)
            simulator.account.create("us-east-1", {**REQUEST, "TrainingJobName": f"waits-{number}"})
        inside = str(Path(__file__).with_name("inside.py"))
        mine.python(inside, "defer", "waits", str(INTERVAL), str(created))
        yield mine, simulator


@contextmanager
def triggerer(airflow: Airflow, log: Path) -> Iterator[psutil.Process]:
    environ = {**airflow.environ(), "AIRFLOW__TRIGGERER__CAPACITY": str(JOBS), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    command = airflow.command("triggerer", "--capacity", str(JOBS))
    with log.open("w") as output, subprocess.Popen(command, env=environ, stdout=output, stderr=output) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            main = psutil.Process(process.pid)
            for member in [*main.children(recursive=True), main]:
                member.kill()  # the measurement is over


def deferred(airflow: Airflow) -> set[str]:
    """The names of the jobs that tasks wait for."""
    with closing(sqlite3.connect(airflow.home / "airflow.db", timeout=30)) as database:
        rows = database.execute("select map_index from task_instance where state = 'deferred'")
        return {f"waits-{number}" for (number,) in rows}


def memory(process: psutil.Process) -> int:
    """The megabytes that the triggerer's processes use and do not share."""
    family = [process, *process.children(recursive=True)]
    return sum(member.memory_full_info().uss for member in family) // 2**20


def test_a_thousand_waits(jobs_running: tuple[Airflow, Simulator], tmp_path: Path) -> None:
    airflow, simulator = jobs_running
    ends = {job.name: job.state(1e12).end or 0.0 for job in simulator.jobs}
    seen: dict[str, float] = {}
    used: list[int] = []
    log = tmp_path / "triggerer.log"
    with triggerer(airflow, log) as process:
        until = max(ends.values()) + 10 * INTERVAL
        waiting = deferred(airflow)
        assert len(waiting) == JOBS
        while waiting and time.time() < until:
            time.sleep(0.5)
            left = deferred(airflow)
            seen |= dict.fromkeys(waiting - left, simulator.clock.now())
            waiting = left
            if len(waiting) == JOBS and time.time() > min(ends.values()) - SECONDS:
                used.append(memory(process))
    calls = Counter(call.operation for call in simulator.calls)
    late = sorted((seen[name] - ends[name]) / INTERVAL for name in seen)
    blocked = log.read_text().count("async thread was blocked")
    print(  # noqa: T201 - the figures are the point
        f"\n{airflow.version}: {JOBS} jobs, {SECONDS:g} s at {INTERVAL:g} s: {dict(calls)} ({NAIVE:g} describes one by "
        f"one); ends seen after {late[len(late) // 2]:.2f} (median), {late[-1]:.2f} (latest) intervals; "
        f"{used[0]}, {max(used)}, {used[-1]} MB (first, most, last); loop said to be blocked {blocked} times"
    )
    assert not waiting, f"{len(waiting)} of {JOBS} tasks still wait"
    assert late[0] > 0
    assert late[-1] < 2
    assert calls["DescribeTrainingJob"] <= NAIVE / 10
    assert sum(calls.values()) <= NAIVE / 10
    assert max(used[len(used) // 2 :]) < max(used[: len(used) // 2]) + 30
