"""The model finds each fault that was seen, when what keeps it away is taken out.

uv run pytest tests/model/test_mutations.py
"""

from typing import Any

import pytest
from airflow_model import run
from hypothesis import HealthCheck, Phase, given, seed, settings
from mutations import Mutate, cases
from schedules import Schedule, schedules
from trainspec.simulator import Simulator

SCHEDULES = 4000


@pytest.mark.parametrize("mutate", list(cases()))
def test_the_model_finds(simulator: Simulator, client: Any, monkeypatch: pytest.MonkeyPatch, mutate: Mutate) -> None:
    @seed(0)
    @settings(
        max_examples=SCHEDULES,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(schedules())
    def holds(schedule: Schedule) -> None:
        run(simulator, client, schedule)

    mutate(monkeypatch)
    with pytest.raises(AssertionError):
        holds()
