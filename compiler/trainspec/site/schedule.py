"""A schedule in words, and its next runs."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trainspec.units import seconds

_PRESETS = {
    "@once": "once",
    "@continuous": "again as soon as it has ended",
    "@hourly": "every hour, on the hour",
    "@daily": "every day at midnight",
    "@weekly": "every Sunday at midnight",
    "@monthly": "on the first day of every month at midnight",
    "@quarterly": "on the first day of every quarter at midnight",
    "@yearly": "on the first of January at midnight",
    "@annually": "on the first of January at midnight",
}
_CRONS = {"@quarterly": "0 0 1 */3 *"}
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_LONGEST = 5
"""Years without a run after which a cron expression has none."""


def in_words(schedule: Any, zone: str) -> str:
    """A schedule as people say it. Crons are said in the DAG's time zone."""
    if schedule is None:
        return "only when started by hand, by another DAG or through the API"
    if isinstance(schedule, Mapping):
        said = f"whenever {_assets(schedule.get('assets'))}"
        return f"{said}, and {in_words(schedule['time'], zone)}" if schedule.get("time") else said
    if isinstance(schedule, list):
        return "; ".join(in_words(each, zone) for each in schedule)
    text = str(schedule)
    if text in _PRESETS:
        times = "" if text in ("@once", "@continuous", "@hourly") else f" ({zone})"
        return f"{_PRESETS[text]}{times}"
    if isinstance(interval := _interval(text), int):
        return f"every {_span(interval)}"
    return f"{_cron(text)} ({zone})"


def next_runs(schedule: Any, zone: str, after: datetime, count: int) -> list[datetime]:
    """The next `count` times at which a schedule starts a run; none where only events do. Later than `after`."""
    if isinstance(schedule, Mapping):
        schedule = schedule.get("time")
    times: set[datetime] = set()
    for text in schedule if isinstance(schedule, list) else [schedule]:
        if isinstance(text, str) and text not in ("@once", "@continuous"):
            times |= set(islice(_times(text, zone, after), count))
    return sorted(times)[:count]


def _times(text: str, zone: str, after: datetime) -> Iterator[datetime]:
    interval = _interval(text)
    if isinstance(interval, int):
        return (after + timedelta(seconds=interval * number) for number in range(1, 1_000) if interval > 0)
    return _of_cron(_CRONS.get(text, text), zone, after)


def _of_cron(text: str, zone: str, after: datetime) -> Iterator[datetime]:
    from croniter import CroniterError, croniter

    try:
        times = croniter(text, after.astimezone(_zone(zone)), max_years_between_matches=_LONGEST)
        while True:
            yield times.get_next(datetime)
    except (CroniterError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return


def _zone(name: str) -> ZoneInfo | timezone:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.utc


def _interval(text: str) -> int | None:
    """The seconds of an interval such as `6h`; None for a cron expression."""
    found = seconds(text) if text and not text.isdigit() else None
    return found if isinstance(found, int) else None


def _span(length: int) -> str:
    """`5400` as `1 hour 30 minutes`, `3600` as `hour`."""
    parts = []
    for unit, size in _UNITS:
        number, length = divmod(length, size)
        if number:
            parts.append((number, unit))
    if len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]
    return " ".join(f"{number} {unit}{'s' if number != 1 else ''}" for number, unit in parts) or "moment"


def _cron(text: str) -> str:
    from cron_descriptor import Options, get_description
    from cron_descriptor.Exception import FormatError, MissingFieldError, WrongArgumentError

    try:
        said = str(get_description(text, Options(use_24hour_time_format=True)))
    except (FormatError, MissingFieldError, WrongArgumentError, ValueError, IndexError):
        return f"cron {text}"
    return said[:1].lower() + said[1:]


def _assets(value: Any) -> str:
    """`a and b are updated`, `a or b is updated`."""
    said, several = _condition(value)
    return f"{said} {'are' if several else 'is'} updated"


def _condition(value: Any) -> tuple[str, bool]:
    if isinstance(value, list):
        return " and ".join(_condition(each)[0] for each in value), len(value) > 1
    if isinstance(value, Mapping):
        for key, word in (("all", " and "), ("any", " or ")):
            if isinstance(value.get(key), list):
                return word.join(_condition(each)[0] for each in value[key]), key == "all"
        return str(value.get("name") or value.get("uri") or "an asset"), False
    return str(value), False
