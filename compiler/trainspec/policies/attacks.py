"""Strings on which an expression that can take forever does: they lead far into each repetition, and then fail."""

from collections.abc import Iterator
from typing import Any

from trainspec.safety.budget import spend
from trainspec.schema.characters import taken_by

_PUMPED = 45
"""Characters that are repeated: even what takes quadratic or cubic time is still done soon."""
_LONGEST = 200
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_CANDIDATES = "a1A-_. /:\n~\u00e9"


def attacks(parsed: Any, before: str = "") -> Iterator[str]:
    """Strings for what `re` has parsed, one for each repetition."""
    for op, given in parsed:
        name = str(op)
        spend(10)
        if name in _REPEATS and given[1] != given[0]:
            once = _sample(given[2]) or "a"
            yield before + once * (_PUMPED // len(once) + 1) + "\0"
        for inner in inner_of(name, given):
            yield from attacks(inner, before)
        before = (before + _sample([(op, given)]))[:_LONGEST]


def inner_of(name: str, given: Any) -> list[Any]:
    """The expressions in an operation."""
    if name in _REPEATS:
        return [given[2]]
    if name == "SUBPATTERN":
        return [given[-1]]
    if name == "BRANCH":
        return list(given[1])
    if name in ("ASSERT", "ASSERT_NOT"):
        return [given[1]]
    return [given] if name == "ATOMIC_GROUP" else []


def _sample(parsed: Any) -> str:
    """A short string that the parsed expression matches, as far as that is simple; its beginning if it is long."""
    made = ""
    for op, given in parsed:
        name = str(op)
        if name in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            made += _character(name, given)
        elif name in _REPEATS:
            made += _sample(given[2]) * max(min(int(given[0]), _LONGEST), 1)
        elif name == "SUBPATTERN":
            made += _sample(given[-1])
        elif name == "BRANCH":
            made += _sample(given[1][0])
        if len(made) > _LONGEST:
            break
    return made[:_LONGEST]


def _character(name: str, given: Any) -> str:
    """A character that an item matches; any if none is found."""
    if name == "LITERAL":
        return chr(given)
    takes = taken_by(name, given, 0)
    named = [each for op, value in given for each in _named(str(op), value)] if name == "IN" else []
    return next((each for each in (*named, *_CANDIDATES) if takes(each)), "a")


def _named(op: str, value: Any) -> list[str]:
    if op == "LITERAL":
        return [chr(value)]
    return [chr(value[0])] if op == "RANGE" else []
