"""A JSON Schema that a user wrote, checked within limits: nested schemas can take jsonschema exponential time.

Every keyword that is looked at counts against the file's budget, and expressions are matched by `schema.patterns`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from trainspec.safety.budget import spend
from trainspec.schema.characters import UnknownError
from trainspec.schema.in_order import additional_properties
from trainspec.schema.meta import is_schema
from trainspec.schema.patterns import TooSlowError, searches

MAX_DEPTH = 40
"""Levels of a user's schema: jsonschema recurses, and takes several frames for each."""

_STEPS_OF_MAP = 1_500
_STEPS_OF_KEYWORD = 20
_STEPS_OF_REPORT = 5


class SlowPatternError(Exception):
    """A `pattern` that takes too long on the value; carries it."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


def refusal(value: Any, schema: Mapping[str, Any]) -> str | None:
    """Why `schema` does not allow `value`, in jsonschema's words; None if it does.

    Raises SlowPatternError, and OutOfBudgetError. What jsonschema itself fails at, such as a number too large for its
    arithmetic, is a reason, too.
    """
    from jsonschema import FormatChecker
    from jsonschema.exceptions import best_match

    try:
        error = best_match(_class()(_checkable(schema), format_checker=FormatChecker()).iter_errors(value))
    except (ArithmeticError, RecursionError, ValueError) as failed:
        return f"it cannot be checked at all: {failed}"
    return error.message if error else None


def faults(schema: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Why `schema` is not a JSON Schema: where, and why."""
    if is_schema()(schema) and not _has_duplicates(schema):
        return
    from jsonschema import Draft202012Validator as draft  # noqa: N813

    spend(_STEPS_OF_MAP * sum(isinstance(each, Mapping) for each in _all(schema)))
    try:
        for error in draft(draft.META_SCHEMA).iter_errors(schema):
            yield tuple(error.absolute_path), error.message
    except (ArithmeticError, RecursionError, ValueError) as failed:
        yield (), f"it cannot be checked at all: {failed}"


def depth(value: Any) -> int:
    """How many maps and lists are in each other."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        each, level = waiting.pop()
        below = each.values() if isinstance(each, Mapping) else each if isinstance(each, list) else None
        if below is not None:
            deepest = max(deepest, level)
            waiting += [(one, level + 1) for one in below]
    return deepest


def _all(value: Any) -> Iterator[Any]:
    """A value, and all that is in it."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += each.values() if isinstance(each, Mapping) else each if isinstance(each, list) else ()


def _has_duplicates(schema: Any) -> bool:
    """Whether a list of names or types has a duplicate, which `is_schema` does not check."""
    maps = (each for each in _all(schema) if isinstance(each, Mapping))
    lists = (each[key] for each in maps for key in ("required", "type") if isinstance(each.get(key), list))
    return any(len({str(item) for item in each}) < len(each) for each in lists)


@cache
def _class() -> Any:
    """Draft 2020-12 as jsonschema has it, every keyword counted."""
    from jsonschema import Draft202012Validator, validators

    known = {**Draft202012Validator.VALIDATORS, **_OWN}
    extend: Any = validators.extend
    return extend(Draft202012Validator, {name: _counted(check) for name, check in known.items()})


def _counted(check: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    def counted(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        spend(_STEPS_OF_KEYWORD + (len(wanted) if isinstance(wanted, list) else 0))
        for error in check(validator, wanted, instance, schema) or ():
            spend(_STEPS_OF_REPORT)
            yield error

    return counted


def _pattern(_: Any, pattern: Any, instance: Any, __: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not isinstance(instance, str) or not isinstance(pattern, str):
        return
    try:
        found = searches(pattern, instance)
    except TooSlowError:
        raise SlowPatternError(pattern) from None
    except UnknownError:
        return
    if not found:
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _unique(_: Any, wanted: Any, instance: Any, __: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not wanted or not isinstance(instance, list):
        return
    seen = set()
    for each in instance:
        text = json.dumps(_as_compared(each), sort_keys=True)
        spend(1 + len(text) // 100)
        if text in seen:
            yield ValidationError(f"{each!r} is a duplicate, but the items must be unique")
            return
        seen.add(text)


def _as_compared(value: Any) -> Any:
    """`value` as a string that is the same for values that JSON Schema calls equal: 1 and 1.0, but not 1 and true."""
    if isinstance(value, Mapping):
        return {key: _as_compared(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_as_compared(below) for below in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _checkable(schema: Any) -> Any:
    """The schema without expressions for keys: jsonschema matches them itself, and what depends on them with them."""
    if isinstance(schema, list):
        return [_checkable(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    left_out = _OF_KEYS if "patternProperties" in schema else ()
    return {key: _checkable(value) for key, value in schema.items() if key not in left_out}


_OF_KEYS = ("patternProperties", "additionalProperties", "unevaluatedProperties")

_OWN: Mapping[str, Callable[..., Iterator[Any]]] = {
    "additionalProperties": additional_properties,
    "pattern": _pattern,
    "uniqueItems": _unique,
}
