"""Whatever crashes, and whenever: the runtime's guarantees hold for every schedule.

uv run pytest tests/model                               # 2,500 schedules, always the same
TRAINSPEC_SCHEDULES=50000 uv run pytest tests/model     # more of them; TRAINSPEC_SEED=100 for others
"""

from typing import Any

from airflow_model import run
from hypothesis import HealthCheck, given, seed, settings
from schedules import Schedule, schedules
from trainspec.simulator import Simulator


def test_one_task_run_is_one_job(simulator: Simulator, client: Any, batch_seed: int, batch: int) -> None:
    @seed(batch_seed)
    @settings(max_examples=batch, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(schedules())
    def holds(schedule: Schedule) -> None:
        run(simulator, client, schedule)

    holds()
