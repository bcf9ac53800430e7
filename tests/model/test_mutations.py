"""The model finds each fault that was seen, if what prevents it is removed.

uv run pytest tests/model/test_mutations.py                               # a schedule for each
TRAINSPEC_SEARCH=4000 uv run pytest tests/model/test_mutations.py         # and found by chance, too
"""

import os
from dataclasses import replace
from typing import Any

import pytest
from airflow_model import run
from hypothesis import HealthCheck, Phase, given, seed, settings
from mutations import Mutate, cases
from schedules import Schedule, schedules
from trainspec.simulator import Simulator

SEARCH = int(os.environ.get("TRAINSPEC_SEARCH", "0"))


@pytest.mark.parametrize("tuning", [False, True], ids=["training", "tuning"])
@pytest.mark.parametrize(("mutate", "schedule"), cases())
def test_a_fault_that_was_seen_would_be_found(
    simulator: Simulator,
    client: Any,
    monkeypatch: pytest.MonkeyPatch,
    mutate: Mutate,
    schedule: Schedule,
    tuning: bool,
) -> None:
    schedule = replace(schedule, tuning=tuning)
    run(simulator, client, schedule)
    mutate(monkeypatch)
    with pytest.raises(AssertionError, match="What happened"):
        run(simulator, client, schedule)


@pytest.mark.skipif(not SEARCH, reason="takes long: TRAINSPEC_SEARCH says how many schedules for each")
@pytest.mark.parametrize(("mutate", "_"), cases())
def test_it_is_found_by_chance(
    simulator: Simulator, client: Any, monkeypatch: pytest.MonkeyPatch, mutate: Mutate, _: Schedule
) -> None:
    @seed(0)
    @settings(
        max_examples=SEARCH,
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
    with pytest.raises(AssertionError, match="What happened"):
        holds()
