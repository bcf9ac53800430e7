"""The logical dates of a schedule, as far as rules need them."""

from datetime import datetime, timezone
from functools import lru_cache
from itertools import islice

from trainspec.dag.runs import moments, times_of

START = datetime(2025, 4, 9, tzinfo=timezone.utc)
"""The midnight of some day in the middle of a week and a month: two runs of one day are the first two after it."""


def two_runs(schedule: object) -> tuple[datetime, ...]:
    """Two consecutive logical dates of a schedule; empty if it has none of its own, or is wrong."""
    return _two_runs(schedule) if isinstance(schedule, str) else ()


@lru_cache(maxsize=64)
def _two_runs(schedule: str) -> tuple[datetime, ...]:
    return tuple(islice(moments(schedule, "UTC", START), 2)) if times_of(schedule) else ()
