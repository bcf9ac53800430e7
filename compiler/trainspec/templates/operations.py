"""The operations of a template: attributes, items, operators, macros, each within limits."""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from trainspec.diagnostics import codes, did_you_mean
from trainspec.templates.problem import Problem, RefusedError
from trainspec.templates.values import UNKNOWN, Moment, Namespace, Params, Unknown, Varying, varying

MAX_TEXT = 65_536
MAX_NUMBER = 10**12
MAX_RANGE = 10_000
"""Limits on what a template computes: beyond them, it is rejected."""

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda a, b: a in b,
    "notin": lambda a, b: a not in b,
}


def attribute(owner: Any, name: str) -> Any:
    """`owner.name`, or UNKNOWN. Raises RefusedError for what Airflow does not have, or forbids."""
    if name.startswith("_"):
        raise RefusedError(
            Problem(codes.UNSAFE_TEMPLATE, f"`.{name}` accesses a private attribute, which Airflow forbids")
        )
    if isinstance(owner, Varying):
        return varying(attribute(owner.value, name))
    if isinstance(owner, Moment):
        return owner.attribute(name)
    if isinstance(owner, Params):
        return UNKNOWN if name in Params.METHODS else param(owner, name)
    if isinstance(owner, Mapping):
        return owner.get(name, UNKNOWN)
    if isinstance(owner, Namespace):
        if owner.closed and name not in owner.attributes:
            near = did_you_mean(name, owner.attributes)
            raise RefusedError(Problem(codes.UNKNOWN_MACRO, f"Airflow has no macro `{name}`", near))
        return owner.attributes.get(name, UNKNOWN)
    return UNKNOWN


def item(owner: Any, key: Any) -> Any:
    """`owner[key]`, or UNKNOWN. Raises RefusedError as `attribute` does."""
    if isinstance(key, str) and key.startswith("_"):
        raise RefusedError(Problem(codes.UNSAFE_TEMPLATE, f"`[{key!r}]` accesses a private attribute"))
    if isinstance(owner, Params):
        return UNKNOWN if isinstance(key, Unknown) else param(owner, str(key))
    if isinstance(owner, Namespace):
        return owner.attributes.get(key, UNKNOWN)
    return owner[key] if isinstance(owner, str | list | Mapping) and not isinstance(key, Unknown) else UNKNOWN


def sliced(owner: Any, bounds: list[Any]) -> Any:
    """`owner[start:stop:step]`, or UNKNOWN."""
    if isinstance(owner, Varying) and isinstance(owner.value, str):
        return varying(sliced(owner.value, bounds))
    known = isinstance(owner, str | list) and not any(isinstance(bound, Unknown) for bound in bounds)
    return owner[slice(*bounds)] if known else UNKNOWN


def binary(kind: str, left: Any, right: Any) -> Any:
    """The result of the operator of Jinja's node `kind`, or UNKNOWN. Raises RefusedError for excessive repetition."""
    moves = isinstance(right, timedelta) and kind in ("Add", "Sub")
    if moves and isinstance(left, Varying) and isinstance(left.value, Moment):
        return varying(binary(kind, left.value, right))
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    if moves and isinstance(left, Moment):
        return left.moved(right, 1 if kind == "Add" else -1)
    if kind == "Mul" and not (is_number(left) and is_number(right)):
        raise RefusedError(Problem(codes.UNSAFE_TEMPLATE, "a template may multiply only numbers"))
    if kind == "Mod" and isinstance(left, str):
        return UNKNOWN
    return BINARY[kind](left, right)


def of_range(args: list[Any]) -> Any:
    """`range(...)`: no template needs its numbers, but they may not be too many."""
    if any(isinstance(arg, int) and abs(arg) > MAX_RANGE for arg in args):
        raise RefusedError(Problem(codes.UNSAFE_TEMPLATE, f"`range` exceeds {MAX_RANGE:,}"))
    return UNKNOWN


def param(params: Params, name: str) -> Any:
    """The default of a parameter. Raises RefusedError if there is none with that name."""
    if name not in params.values:
        advice = did_you_mean(name, params.values) or "declare it under `dag.params`"
        raise RefusedError(Problem(codes.UNKNOWN_MACRO, f"the DAG has no parameter `{name}`", advice))
    return params.values[name]


def macro(name: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
    """Airflow's macros whose result is known here."""
    if name == "ds_add" and len(args) == 2:
        return (datetime.strptime(args[0], "%Y-%m-%d") + timedelta(days=args[1])).strftime("%Y-%m-%d")
    if name == "ds_format" and len(args) == 3:
        return datetime.strptime(args[0], args[1]).strftime(args[2])
    if name == "timedelta":
        return timedelta(*args, **kwargs)
    return UNKNOWN


def bounded(value: Any) -> Any:
    """The value; UNKNOWN for a number beyond MAX_NUMBER. Raises RefusedError beyond MAX_TEXT characters or items."""
    if isinstance(value, str | list) and len(value) > MAX_TEXT:
        raise RefusedError(Problem(codes.UNSAFE_TEMPLATE, f"the template renders to more than {MAX_TEXT:,} characters"))
    if is_number(value) and abs(value) > MAX_NUMBER:
        return UNKNOWN
    return value


def within_bounds(function: Callable[..., Any], value: Any, args: list[Any]) -> Any:
    """Call a filter or method whose result can be no longer than its arguments' product, if that is not too long."""
    longest = max((len(arg) for arg in args if isinstance(arg, str)), default=1)
    size = sum(len(str(item)) for item in value) if isinstance(value, list) else len(str(value))
    if (size + 1) * max(longest, 1) > MAX_TEXT * 16:
        raise RefusedError(Problem(codes.UNSAFE_TEMPLATE, f"the template renders to more than {MAX_TEXT:,} characters"))
    return function(value, *args)


def is_number(value: Any) -> bool:
    """Whether templates may multiply it."""
    return isinstance(value, int | float)


def joined(parts: list[Any]) -> Any:
    """The parts as one string; unknown if one is, or if it has no string that is known here (a list, a map)."""
    if any(isinstance(part, Varying) for part in parts):
        text = joined([part.value if isinstance(part, Varying) else part for part in parts])
        return UNKNOWN if text is UNKNOWN else Varying(text)
    texts = [str(part) for part in parts if isinstance(part, str | int | float | Moment)]
    known = len(texts) == len(parts) and sum(map(len, texts)) <= MAX_TEXT
    return "".join(texts) if known else UNKNOWN
