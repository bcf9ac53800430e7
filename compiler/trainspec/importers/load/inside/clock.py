"""A clock that is ahead, for the second reading of a file: what differs then depends on the time of reading."""

from __future__ import annotations

import datetime
import importlib
import time
from typing import Any

AHEAD = datetime.timedelta(days=400, seconds=3723)

_FUNCTIONS = {
    "pendulum": ("now", "today", "yesterday", "tomorrow"),
    "airflow.utils.timezone": ("utcnow",),
    "airflow.utils.dates": ("days_ago",),
}


_Real = datetime.datetime


class _Kind(type):
    def __instancecheck__(cls, each: Any) -> bool:
        return isinstance(each, _Real)


class _Later(_Real, metaclass=_Kind):
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return handler(_Real)

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return _Real.now(tz) + AHEAD

    @classmethod
    def utcnow(cls) -> Any:
        return _Real.now(datetime.timezone.utc).replace(tzinfo=None) + AHEAD

    @classmethod
    def today(cls) -> Any:
        return _Real.now() + AHEAD


def move_clock() -> None:
    """Set the clock 400 days ahead for everything that is imported from here on."""
    real_time, real_strftime = time.time, time.strftime

    def strftime(form: str, *moment: Any) -> str:
        return real_strftime(form, *(moment or (time.localtime(time.time()),)))

    patches: Any = {datetime: {"datetime": _Later}}
    patches[time] = {"time": lambda: real_time() + AHEAD.total_seconds(), "strftime": strftime}
    for module, names in _FUNCTIONS.items():
        try:
            found = importlib.import_module(module)
        except ImportError:
            continue
        patches[found] = {name: _ahead(getattr(found, name)) for name in names if hasattr(found, name)}
    for found, changes in patches.items():
        for name, value in changes.items():
            setattr(found, name, value)


def _ahead(function: Any) -> Any:
    return lambda *arguments, **named: function(*arguments, **named) + AHEAD
