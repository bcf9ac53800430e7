"""When a schedule starts runs."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from itertools import count
from typing import Any

from trainspec.units import seconds

_CRONS = {"@quarterly": "0 0 1 */3 *"}
_LONGEST = 5
"""Years without a run after which a cron expression has none."""


def times_of(schedule: Any) -> tuple[str, ...]:
    """The parts of a schedule that the clock decides: crons, presets and intervals; none of assets or of null."""
    if isinstance(schedule, Mapping):
        schedule = schedule.get("time")
    given = schedule if isinstance(schedule, list) else [schedule]
    return tuple(each for each in given if isinstance(each, str) and each not in ("@once", "@continuous"))


def moments(text: str, zone: str, after: datetime) -> Iterator[datetime]:
    """The moments of a cron, a preset or an interval later than `after`, in order; an interval counts from `after`."""
    length = interval(text)
    if length is None:
        return _of_cron(_CRONS.get(text, text), zone, after)
    return _of_interval(length, after)


def interval(text: str) -> int | None:
    """The seconds of an interval such as `6h`; None for a cron expression."""
    found = seconds(text) if text and not text.isdigit() else None
    return found if isinstance(found, int) else None


def _of_interval(length: int, after: datetime) -> Iterator[datetime]:
    try:
        for number in count(1) if length > 0 else ():
            yield after + timedelta(seconds=length * number)
    except OverflowError:
        return


def _of_cron(text: str, zone: str, after: datetime) -> Iterator[datetime]:
    from croniter import CroniterError, croniter

    try:
        times = croniter(text, after.astimezone(zone_of(zone)), max_years_between_matches=_LONGEST)
        while True:
            yield times.get_next(datetime)
    except (CroniterError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return


def zone_of(name: str) -> tzinfo:
    """The time zone with that name; UTC if there is none."""
    if name == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # most DAGs run by UTC

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.utc
