"""The values that policies are checked against, where they fail, and the checks of a single value."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from trainspec.text.tree import Path


class Unknown:
    """A value that is only known when the task runs."""


UNKNOWN = Unknown()


class Failure(NamedTuple):
    """Where a value fails: its path. `missing` is the key that it lacks, `on_key` says that the last key is meant.

    `in_doubt` if it is only known at run time; `is_slow` if an expression takes too long for the value.
    """

    path: Path
    missing: str | None = None
    on_key: bool = False
    in_doubt: bool = False
    is_slow: bool = False


Check: TypeAlias = Callable[[Any, Path], "list[Failure]"]
"""Where a value, which is at a path, fails a schema."""
Build: TypeAlias = Callable[[Any], Check]
"""The function for a schema that is in another."""
NONE: list[Failure] = []


def has_unknown(value: Any) -> bool:
    """Whether a value is unknown, or contains one that is."""
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    return any(map(has_unknown, value)) if isinstance(value, list) else value is UNKNOWN


def about_value(is_about: Callable[[Any], bool], holds: Callable[[Any], bool]) -> Check:
    """For a rule about a single value: it fails in doubt if the value is unknown."""

    def check(value: Any, path: Path) -> list[Failure]:
        if value is UNKNOWN:
            return [Failure(path, in_doubt=True)]
        return NONE if not is_about(value) or holds(value) else [Failure(path, in_doubt=has_unknown(value))]

    return check


def is_number(value: Any) -> bool:
    """Whether it is a number in JSON Schema, where true is not one."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_string(value: Any) -> bool:
    """Whether it is a string."""
    return isinstance(value, str)


def is_list(value: Any) -> bool:
    """Whether it is an array."""
    return isinstance(value, list)


def is_map(value: Any) -> bool:
    """Whether it is an object."""
    return isinstance(value, dict)


def always(_: Any) -> bool:
    """For a rule about any value."""
    return True


TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": is_string,
    "integer": lambda value: is_number(value) and (isinstance(value, int) or value.is_integer()),
    "number": is_number,
    "boolean": lambda value: isinstance(value, bool),
    "array": is_list,
    "object": is_map,
    "null": lambda value: value is None,
}


def same(value: Any) -> str:
    """One string for all values that JSON Schema calls equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{same(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(same, value)) + "]"
    return json.dumps(value, default=str)
