"""Checks that a process that ran a user's DAG file wrote what `inside/` writes: its output is not trusted."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

_DEEPEST = 70
_LONGEST_ID = 1_000


class ShapeError(ValueError):
    """Something that `inside/` does not write."""


def check_found(found: Any) -> None:
    """Check what was found in a file. Raises ShapeError."""
    _text(_of(found, "airflow"))
    _text(found.get("file", ""))
    for each in _items(_of(found, "errors")):
        _text(each)
    for each in _items(found.get("reads", [])):
        _integer(_of(each, "line"))
        _text(_of(each, "call"))
        _text(_of(each, "key"))
    for dag in _items(_of(found, "dags")):
        _integer(_of(dag, "line"))
        _arguments(_of(dag, "arguments"))
        _name(_of(dag["arguments"], "dag_id"))
        for each in _items(_of(dag, "groups")):
            _group(each)
        for task in _items(_of(dag, "tasks")):
            _task(task)


def _group(group: Any) -> None:
    _integer(_of(group, "line"))
    _name(_of(group, "id"))
    for each in (*_items(_of(group, "names")), *_items(_of(group, "tasks"))):
        _name(each)
    if not group["names"]:
        raise ShapeError("a group has no names")
    _arguments(_of(group, "shown"))
    if not isinstance(_of(group, "docstring"), bool):
        raise ShapeError("`docstring` is neither true nor false")


def _task(task: Any) -> None:
    for name in ("id", "class"):
        _name(_of(task, name))
    _integer(_of(task, "line"))
    _text(_of(task, "kind"))
    for each in _items(_of(task, "upstream")):
        _text(each)
    if _of(task, "lost") is not None:
        _text(task["lost"])
    elif "mapped" not in task:
        _arguments(_of(task, "arguments"))
    for each in _items(task.get("mapped", [])):
        _arguments(each)


def _arguments(value: Any) -> None:
    if not isinstance(value, Mapping):
        raise ShapeError("arguments are not a map")
    for name, below in value.items():
        _name(name)
        _value(below, 0)


def _value(value: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise ShapeError("a value is nested too deeply")
    if isinstance(value, str):
        _text(value)
    elif isinstance(value, Mapping):
        kind = next(iter(value), None)
        check = _KINDS.get(str(kind))
        if check is None:
            raise ShapeError(f"there is no kind of value called {str(kind)[:40]!r}")
        check(value, depth + 1)
    elif isinstance(value, float):
        _finite(value)
    elif not isinstance(value, int | None):
        raise ShapeError("a value is a plain list")


def _list(value: Mapping[str, Any], depth: int) -> None:
    for each in _items(value["list"]):
        _value(each, depth)


def _map(value: Mapping[str, Any], depth: int) -> None:
    for pair in _items(value["map"]):
        if len(_items(pair)) != 2:
            raise ShapeError("a map is not made of pairs")
        _value(pair[0], depth)
        _value(pair[1], depth)


def _seconds(value: Mapping[str, Any], depth: int) -> None:
    try:
        timedelta(seconds=_finite(value["seconds"]))
    except OverflowError:
        raise ShapeError("a duration is too long") from None


def _moment(value: Mapping[str, Any], depth: int) -> None:
    try:
        datetime.fromisoformat(_text(value["moment"]))
    except ValueError:
        raise ShapeError("a value is not a date") from None
    _text(value.get("zone", ""))


def _call(value: Mapping[str, Any], depth: int) -> None:
    _name(value["call"])
    for each in _items(_of(value, "arguments")):
        _value(each, depth)
    for name, each in _of(value, "named").items() if isinstance(_of(value, "named"), Mapping) else ():
        _name(name)
        _value(each, depth)


_KINDS: Mapping[str, Callable[[Mapping[str, Any], int], Any]] = {
    "list": _list,
    "map": _map,
    "seconds": _seconds,
    "moment": _moment,
    "call": _call,
    "path": lambda value, depth: _name(value["path"]),
    "unknown": lambda value, depth: _text(value["unknown"]),
}


def _of(value: Any, name: str) -> Any:
    if not isinstance(value, Mapping) or name not in value:
        raise ShapeError(f"`{name}` is missing")
    return value[name]


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ShapeError("a value is not a list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ShapeError("a value is not a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ShapeError("a string is not Unicode") from None
    return value


def _name(value: Any) -> None:
    if not 0 < len(_text(value)) <= _LONGEST_ID:
        raise ShapeError("a name is empty or too long")


def _integer(value: Any) -> None:
    if not isinstance(value, int) or not 0 <= value < 10**9:
        raise ShapeError("a line is not a number")


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ShapeError("a value is not a number")
    return value
