"""The time of the recording in recorded names and paths."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Final

_STAMP: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:\d{4}[-_]?\d\d[-_]?\d\d[-_T]?\d\d[-_]?\d\d(?:[-_]?\d\d(?:[-_.]?\d{3}(?:\d{3})?)?)?Z?"
    r"|\d{10}\.\d{1,9}|\d{6}-?\d{4}|\d{10}|\d{13}|\d{16}|\d{19})(?![A-Za-z0-9])"
)
"""Forms of time in the names that the SDKs create, and that scripts write with strftime or as a time since 1970."""
_ISO: Final = re.compile(
    r"(?<![A-Za-z0-9])(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?(?![A-Za-z0-9])"
)
_TRIAL: Final = re.compile(r"-\d{3}-[0-9a-f]{8}$")
_FORMATS: Final = {20: "%Y%m%d%H%M%S%f", 17: "%Y%m%d%H%M%S%f", 14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 10: "%y%m%d%H%M"}
"""The digits of a time without its separators."""
_SECONDS: Final = {10: 1, 13: 10**3, 16: 10**6, 19: 10**9}
"""How many digits a time since 1970 has, and its units per second."""
_SINCE_1970: Final = re.compile(r"(\d{10})\.\d+")
_DAYS: Final = {
    "%Y-%m-%d": "{{ ds }}",
    "%Y%m%d": "{{ ds_nodash }}",
    **{
        form: f"{{{{ macros.ds_format(ds, '%Y-%m-%d', '{form}') }}}}"
        for form in ("%Y/%m/%d", "%Y_%m_%d", "%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y", "year=%Y/month=%m/day=%d")
    },
}
"""How scripts write a day, and the template that writes the day of a run in the same form.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html
"""
_NEAR: Final = timedelta(hours=1)
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)
"""The time zones furthest from UTC: a program may write the time of any zone."""


def clocks(text: str, now: datetime) -> Iterator[tuple[int, int]]:
    """Positions (start, end) of times close to `now` in a string, in any time zone, in the forms of names and paths."""
    yield from (found.span() for found in _STAMP.finditer(text) if _is_near(found[0], now))


def iso_times(text: str, now: datetime) -> Iterator[str]:
    """The times close to `now` in a string in a form for readers, such as `2025-04-09T06:00:00Z`."""
    yield from (found[0] for found in _ISO.finditer(text) if _is_near(found[1], now))


def without_trial(name: str) -> str:
    """The name of a tuning job's training job without its number and hash; another name as it is."""
    return _TRIAL.sub("", name)


def day_in(text: str, now: datetime) -> tuple[str, str] | None:
    """The day of `now` in a string, by UTC or by the clock of this machine, and the template for the day of a run.

    A day that is part of a time that `clocks` finds does not count.
    """
    for start, end in reversed(list(clocks(text, now))):
        text = f"{text[:start]} {text[end:]}"
    for at in (now, now.astimezone()):
        for form, template in _DAYS.items():
            day = at.strftime(form)
            if day in text and re.search(rf"(?<!\d){day}(?!\d)", text):
                return day, template
    return None


def around_clock(name: str, now: datetime) -> tuple[str, str] | None:
    """The parts of a name before and after the last time close to `now`; None if there is no such time.

    The number and the hash that a tuning job adds to the name of a training job are left out.
    """
    found = list(clocks(name, now))
    return (name[: found[-1][0]], without_trial(name[found[-1][1] :])) if found else None


def without_clock(name: str, now: datetime) -> str:
    """`name` without the last time close to `now`, if there is one."""
    before, after = around_clock(name, now) or (name, "")
    joined = f"{before.rstrip('-_')}{after}" if before.rstrip("-_") else after.lstrip("-_")
    return joined or name


def _is_near(text: str, now: datetime) -> bool:
    digits = re.sub(r"\D", "", _SINCE_1970.sub(r"\1", text))
    return any(west - _NEAR <= each - now <= east + _NEAR for each, west, east in _times(digits))


def _times(digits: str) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """The times that digits may mean, and how far the clock of a time zone may be behind and ahead of each."""
    none = timedelta()
    if len(digits) in _SECONDS:
        with suppress(ValueError, OverflowError, OSError):
            yield datetime.fromtimestamp(int(digits) / _SECONDS[len(digits)], timezone.utc), none, none
    if len(digits) in _FORMATS:
        with suppress(ValueError):
            yield datetime.strptime(digits, _FORMATS[len(digits)]).replace(tzinfo=timezone.utc), _WEST, _EAST
