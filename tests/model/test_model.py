"""Whatever crashes, and whenever: the runtime's guarantees hold for every schedule.

uv run pytest tests/model                               # 2,500 schedules for each kind of job, always the same
TRAINSPEC_SCHEDULES=50000 uv run pytest tests/model     # more of them; TRAINSPEC_SEED=100 for others
"""

from dataclasses import replace
from typing import Any

import pytest
from airflow_model import run
from hypothesis import HealthCheck, Phase, given, seed, settings
from schedules import (
    Break,
    Callback,
    Clear,
    ClearLost,
    Crash,
    Edit,
    Go,
    GoOrphan,
    Kill,
    Limit,
    Orphan,
    Retune,
    Schedule,
    TaskSpec,
    schedules,
)
from trainspec.simulator import Simulator

ONE = (TaskSpec(),)
SERVERLESS = (TaskSpec(serverless=True),)
# What was found and fixed, shrunk, named by what happened.
FOUND = {
    "the token expired when the last try wanted to create the job that the lost try had made": Schedule(
        ONE, (), (Go(0, 2), Break("expired", "CreateTrainingJob"), Crash(0), Go(0, 4))
    ),
    "the token expired when the last try wanted to stop a job that took too long": Schedule(
        (TaskSpec(max_attempts=2),),
        ("is too long",),
        (Go(0, 2), Break("expired", "StopTrainingJob"), Crash(0), Go(0, 20)),
    ),
    "killed while the job could not be seen yet": Schedule(ONE, (), (Limit(lag=1.0), Go(0, 3), Kill(0))),
    "the tags of a job could not be read yet": Schedule(
        SERVERLESS, (), (Go(0, 2), Crash(0), Go(0, 5), Limit(lag=1.0), Go(0, 1))
    ),
    "the quota is used up by the job whose creation was not heard of": Schedule(
        ONE, (), (Limit(instances=1), Break("lost_answer", "CreateTrainingJob"), Go(0, 8))
    ),
    "killed at the retry, before it found its job under another name": Schedule(
        (TaskSpec(), TaskSpec()), ("is long", "is long"), (Go(0, 2), Go(1, 8), Crash(1), Go(1, 1), Kill(1))
    ),
    "killed at the end of a deferral, before it had seen its job again": Schedule(
        (TaskSpec(deferrable=True, max_attempts=2),), ("is too long",), (Go(0, 11), Kill(0))
    ),
    "a process that was taken for dead goes on after its task failed and was cleared": Schedule(
        (TaskSpec(retries=0),),
        ("fails", "is too long", "is too long"),
        (Go(0, 1), Orphan(0), Go(0, 12), Clear(0), Go(0, 8), GoOrphan(0, 12)),
    ),
    "renamed after its job had completed, before the worker was lost": Schedule(
        ONE, (), (Go(0, 6), Edit(0, "second"), Crash(0))
    ),
    "the failure callback was called for a lost try that another follows": Schedule(
        ONE, ("is long",), (Go(0, 6), Crash(0), Callback(0))
    ),
    "a retry after a deferral got the event of the try before": Schedule(
        (TaskSpec(deferrable=True),), ("fails",), (Go(0, 20),), counts=False
    ),
    "cleared after its worker was lost, with fewer retries than before, and Airflow counted no clear": Schedule(
        (TaskSpec(retries=2),), (), (Go(0, 1), Go(0, 1), Retune(0, 0), Crash(0), Clear(0)), counts=False
    ),
    "cleared as its worker was lost with the last try, and Airflow counted no clear": Schedule(
        (TaskSpec(retries=0),), ("is long",), (Go(0, 6), ClearLost(0)), counts=False
    ),
}


@pytest.mark.parametrize("tuning", [False, True], ids=["training", "tuning"])
@pytest.mark.parametrize("schedule", FOUND.values(), ids=FOUND)
def test_found(simulator: Simulator, client: Any, schedule: Schedule, tuning: bool) -> None:
    run(simulator, client, replace(schedule, tuning=tuning))


@pytest.mark.slow
@pytest.mark.parametrize("tuning", [False, True], ids=["training", "tuning"])
def test_one_task_run_is_one_job(simulator: Simulator, client: Any, batch_seed: int, batch: int, tuning: bool) -> None:
    @seed(batch_seed)
    @settings(
        max_examples=batch,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(schedules(tuning=tuning))
    def holds(schedule: Schedule) -> None:
        run(simulator, client, schedule)

    holds()
