"""Walks through plain data, such as that of JSON: maps, lists and single values."""

from collections.abc import Callable
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    """The single values in `value`, and its empty maps and lists, each with its path below `path`."""
    found: list[tuple[Path, Any]] = []
    _collect(value, path, found)
    return found


def _collect(value: Any, path: Path, found: list[tuple[Path, Any]]) -> None:
    if not value or not isinstance(value, (dict, list)):
        found.append((path, value))
        return
    for step, below in value.items() if isinstance(value, dict) else enumerate(value):
        _collect(below, (*path, step), found)


def with_leaves(value: Any, change: Callable[[Any, Path], Any], path: Path = ()) -> Any:
    """`value` with `change(single value, path)` instead of each single value."""
    if isinstance(value, str):
        return change(value, path)
    if isinstance(value, dict):
        return {key: with_leaves(below, change, (*path, key)) for key, below in value.items()}
    if isinstance(value, list):
        return [with_leaves(below, change, (*path, index)) for index, below in enumerate(value)]
    return change(value, path)
