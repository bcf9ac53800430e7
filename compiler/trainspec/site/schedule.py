"""A schedule in words, and its next runs."""

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from trainspec.dag.runs import interval, moments, times_of

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
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def in_words(schedule: Any, zone: str) -> str:
    """A schedule as people say it. Crons are said in the DAG's time zone."""
    if schedule is None:
        return "only when triggered manually, by another DAG or through the API"
    if isinstance(schedule, Mapping):
        said = f"whenever {_assets(schedule.get('assets'))}"
        return f"{said}, and {in_words(schedule['time'], zone)}" if schedule.get("time") else said
    if isinstance(schedule, list):
        return "; ".join(in_words(each, zone) for each in schedule)
    text = str(schedule)
    if text in _PRESETS:
        times = "" if text in ("@once", "@continuous", "@hourly") else f" ({zone})"
        return f"{_PRESETS[text]}{times}"
    if (length := interval(text)) is not None:
        return f"every {_span(length)}"
    return f"{_cron(text)} ({zone})"


def next_runs(schedule: Any, zone: str, after: datetime, count: int) -> list[datetime]:
    """The next `count` times at which a schedule starts a run; none if only events do. Later than `after`."""
    times: set[datetime] = set()
    for text in times_of(schedule):
        times |= set(islice(moments(text, zone, after), count))
    return sorted(times)[:count]


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
