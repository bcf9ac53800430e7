"""The logical dates of a schedule, as far as rules need them."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import islice

from trainspec.units import seconds

START = datetime(2025, 4, 9, tzinfo=timezone.utc)
"""The midnight of some day in the middle of a week and a month: two runs of one day are the first two after it."""


def two_runs(schedule: object) -> tuple[datetime, ...]:
    """Two consecutive logical dates of a schedule; empty where it has none of its own, or is wrong."""
    return _two_runs(schedule) if isinstance(schedule, str) else ()


@lru_cache(maxsize=64)
def _two_runs(schedule: str) -> tuple[datetime, ...]:
    interval = seconds(schedule) if not schedule.isdigit() else None
    try:
        if isinstance(interval, int) and interval:
            return START, START + timedelta(seconds=interval)
        return tuple(islice(_of_cron(schedule), 2))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return ()


def _of_cron(expression: str) -> Iterator[datetime]:
    from croniter import croniter  # only where a job's name asks for it

    times = croniter("0 0 1 */3 *" if expression == "@quarterly" else expression, START, max_years_between_matches=5)
    while True:
        yield times.get_next(datetime)
