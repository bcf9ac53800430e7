"""Durations and dates as DAG files write them."""

import ast
from datetime import datetime, timedelta
from typing import Any

from trainspec.importers.literals import Constants, NotLiteralError
from trainspec.units import duration

_ZONES = ("tz", "tzinfo")


def duration_of(constants: Constants, node: ast.expr) -> int | str | None:
    """`timedelta(minutes=5)`, `duration(hours=1)` or a number of seconds as a spec writes it; None for others."""
    call = constants.call(node)
    if call is None:
        value = _value(constants, node)
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    seconds = _seconds(constants, call)
    written: int | str | None = duration(int(seconds)) if seconds is not None and seconds == int(seconds) else None
    return written


def seconds_of(node: ast.expr) -> float | None:
    """The seconds of a `timedelta(hours=3)` whose arguments are literals; None for anything else."""
    return _seconds(Constants(ast.Module([], [])), node) if isinstance(node, ast.Call) else None


def _seconds(constants: Constants, call: ast.Call) -> float | None:
    if _name(call) not in ("timedelta", "duration"):
        return None
    positional = [_value(constants, each) for each in call.args]
    named = {each.arg: _value(constants, each.value) for each in call.keywords if each.arg}
    try:
        return timedelta(*positional, **named).total_seconds()
    except (TypeError, OverflowError):
        return None


def moment_of(constants: Constants, node: ast.expr) -> tuple[str, str | None] | None:
    """`datetime(2025, 4, 1)` or `pendulum.datetime(..., tz="UTC")` as a spec writes it, and its time zone."""
    call = constants.call(node)
    if call is None or _name(call) != "datetime":
        return None
    parts = [_value(constants, each) for each in call.args]
    named = {each.arg: each.value for each in call.keywords if each.arg}
    zone = next((_zone(constants, named.pop(name)) for name in _ZONES if name in named), None)
    try:
        moment = datetime(*parts, **{name: _value(constants, value) for name, value in named.items()})
    except (TypeError, ValueError):
        return None
    midnight = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
    text = moment.date().isoformat() if midnight else moment.isoformat()
    return text, zone if zone != "UTC" else None


def _zone(constants: Constants, node: ast.expr) -> str | None:
    """The name in `tz="Europe/Berlin"`, `pendulum.timezone("...")`, `ZoneInfo("...")`, `timezone.utc`."""
    call = constants.call(node)
    if call is not None and call.args:
        return _zone(constants, call.args[0])
    if isinstance(node, ast.Attribute) and node.attr in ("utc", "UTC"):
        return "UTC"
    value = _value(constants, node)
    return value if isinstance(value, str) else None


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _value(constants: Constants, node: ast.expr) -> Any:
    try:
        return constants.value(node)
    except NotLiteralError:
        return None
