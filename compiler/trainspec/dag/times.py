"""Schedules, dates and durations of a DAG: read from a spec, checked as Airflow would, written as expressions."""

import re
from datetime import datetime, timezone

from trainspec.dag.airflow import PENDULUM, TIMEDELTA
from trainspec.dag.expressions import Call, Expression
from trainspec.diagnostics import did_you_mean, the_one
from trainspec.units import DURATION_PATTERN, duration_meant, seconds

PRESETS = ("@continuous", "@hourly", "@daily", "@weekly", "@monthly", "@once", "@quarterly", "@yearly")
_OTHER_PRESETS = {"@annually": "@yearly", "@midnight": "@daily"}

_CRON = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
"""The numbers that the fields of a cron expression take."""
_NUMBERS = frozenset(map(str, range(60)))

_INTERVAL = re.compile(DURATION_PATTERN)
_UNITS = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
_MAX_SECONDS = 36_525 * 86400
"""A hundred years: Python knows longer ones, but not the date that is so far away."""
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=timezone.utc), datetime(9999, 12, 31, tzinfo=timezone.utc)
"""Dates that stay in the calendar in every time zone. The last one is what people write for `never`."""


def check_schedule(text: str) -> str | None:
    """Why Airflow would reject `text` as a schedule; None if it would not."""
    if text in PRESETS:
        return None
    if text.startswith("@"):
        return f"there is no preset `{text}`"
    if _is_interval(text):
        return check_duration(text) or (None if seconds(text) else "an interval cannot be zero")
    return check_cron(text)


def check_cron(text: str) -> str | None:
    """Why `text` is neither a cron expression nor a preset; None if it is one."""
    if text in PRESETS:
        return None if text not in ("@once", "@continuous") else f"{text} is not a cron expression"
    fields = text.split()
    if len(text) > 256 or len(fields) not in (5, 6):
        return (
            "a cron expression has five fields: minute, hour, day of the month, month, day of the week, "
            "such as `0 5 * * *` for every day at 05:00"
            + (f"; write `{text}m` for every {text} minutes" * text.isdecimal())
        )
    if len(fields) == len(_CRON) and all(map(_is_plain, fields, _CRON)):
        return _never(*fields[2:])
    from croniter import croniter  # slow to load, and nearly all schedules are plain

    try:
        croniter(text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return f"not a cron expression: {error}"
    return None


def _never(days: str, months: str, weekdays: str) -> str | None:
    """Why a cron expression of such plain fields never comes; None if it does."""
    if weekdays != "*" or "*" in f"{days}{months}":
        return None
    if any(int(day) <= _LENGTHS.get(int(month), 31) for day in days.split(",") for month in months.split(",")):
        return None
    return "none of these months has that day, so it never runs"


_LENGTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
"""The days of the months that have fewer than 31."""


def _is_plain(field: str, bounds: tuple[int, int]) -> bool:
    """Whether a field of a cron expression is `*`, `*/15` or numbers such as `0,30`, which croniter takes."""
    if field == "*":
        return True
    step = field.removeprefix("*/")
    low, high = (1, bounds[1]) if step != field else bounds
    numbers = step.split(",") if step == field else [step]
    return all(each in _NUMBERS and low <= int(each) <= high for each in numbers)


_EVERY = {"hour": "@hourly", "day": "@daily", "week": "@weekly", "month": "@monthly", "year": "@yearly"}
_DAILY = re.compile(r"(?:every day|daily)(?: at)? ([0-9]{1,2})(?::([0-5][0-9]))? ?(am|pm)?", re.IGNORECASE)


def _said(text: str) -> str | None:
    """A schedule in words: `every hour`, `every day at 5:30`."""
    words = " ".join(text.lower().split())
    if words.startswith("every ") and words[6:] in _EVERY:
        return _EVERY[words[6:]]
    found = _DAILY.fullmatch(words)
    if found is None:
        return None
    hour = int(found[1]) % 12 + 12 * (found[3] == "pm") if found[3] else int(found[1])
    return f"{int(found[2] or 0)} {hour} * * *" if hour < 24 else None


def schedule_meant(text: str) -> str | None:
    """The schedule that an invalid one can only mean: `daily`, `@Daily`, `6 hours`."""
    if said := _said(text):
        return said
    preset = "@" + text.strip().lstrip("@").lower()
    meant = _OTHER_PRESETS.get(preset, preset)
    return meant if meant in PRESETS else the_one(text, PRESETS) or duration_meant(text)


def schedule(text: str) -> Expression:
    """A valid schedule as an expression: the string, or the interval that it names."""
    return duration(text) if _is_interval(text) else text


def _is_interval(text: str) -> bool:
    return bool(_INTERVAL.search(text)) and not text.isdigit()


def is_duration(text: str) -> bool:
    """Whether `text` is written as a duration: `90`, `30m`, `1h30m`."""
    return text.isdigit() or _INTERVAL.fullmatch(text) is not None


def check_duration(value: int | str) -> str | None:
    """Why Airflow cannot add this duration to a date; None if it can."""
    count = seconds(value)
    return "longer than a hundred years" if isinstance(count, int) and count > _MAX_SECONDS else None


def duration(value: int | str) -> Call:
    """A duration as `timedelta`, in the largest unit that divides it."""
    count = int(seconds(value))
    unit, length = next(((unit, length) for unit, length in _UNITS if count % length == 0 and count), ("seconds", 1))
    return Call("timedelta", TIMEDELTA, keywords=((unit, count // length),))


def check_timezone(name: str) -> str | None:
    """Why `name` is not a time zone; None if it is one."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = did_you_mean(name, available_timezones()) or "write a name such as `UTC` or `America/New_York`"
        return f"there is no time zone `{name}`: {near}"
    return None


_TURNED = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")


def _turned(first: str, second: str, year: str) -> str:
    """A date that begins with the year; which other number is the month is clear if one of them cannot be."""
    numbers = int(first), int(second)
    if numbers[0] > 12 >= numbers[1]:
        numbers = numbers[1], numbers[0]
    elif not numbers[1] > 12 >= numbers[0]:
        return f"{year}-MM-DD"
    return f"{year}-{numbers[0]:02}-{numbers[1]:02}"


def check_date(text: str) -> str | None:
    """Why `text` is not a date; None if it is one."""
    try:
        read = _read_date(text)
    except ValueError:
        turned = _TURNED.fullmatch(text.strip())
        form = f": write {_turned(*turned.groups())}" if turned else " such as 2025-04-01 or 2025-04-01T06:30"
        return f'"{text}" is not a date{form}'
    try:
        is_far = not _FIRST <= (read if read.tzinfo is not None else read.replace(tzinfo=timezone.utc)) <= _LAST
    except OverflowError:
        is_far = True
    return "the date must be between 1900-01-01 and 9999-12-31" if is_far else None


def date(text: str, zone: str) -> Call:
    """A valid date as `pendulum.datetime` in `zone`: Airflow takes the schedule's time zone from the start date.

    One without an offset is written in `zone` already.
    """
    read = _read_date(text)
    if read.tzinfo is not None:
        from zoneinfo import ZoneInfo  # slow to load, and few dates have an offset

        read = read.astimezone(ZoneInfo(zone))
    parts: list[int] = [read.year, read.month, read.day, read.hour, read.minute, read.second, read.microsecond]
    while len(parts) > 3 and parts[-1] == 0:
        parts.pop()
    # Of an hour that the clocks have twice, pendulum means the second one.
    first: tuple[tuple[str, Expression], ...] = (("fold", 0),) if _is_first_of_two(read) else ()
    return Call("pendulum.datetime", PENDULUM, tuple(parts), (("tz", zone), *first))


def _is_first_of_two(moment: datetime) -> bool:
    return moment.tzinfo is not None and moment.fold == 0 and moment.utcoffset() != moment.replace(fold=1).utcoffset()


def _read_date(text: str) -> datetime:
    """ISO 8601 as `datetime.fromisoformat` of all supported Pythons reads it, and `Z` for UTC."""
    return datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
