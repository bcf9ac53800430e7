"""Regular expressions of policies: matched by `re` where that is surely quick, else under a bound.

`re` cannot be interrupted, and some expressions take it longer than anybody waits for. What has repetitions inside of
repetitions, or several of them and a long text, is matched by `schema.patterns`, which counts its steps.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

from trainspec.schema.patterns import TooSlowError, UnknownError, searches

_parser: Any = import_module("re._parser" if hasattr(re, "_parser") else "sre_parse")

_QUICK = 2_000_000
"""Steps that `re` may take: some hundredths of a second."""
_PUMPED = 300
"""How often what a repetition repeats is repeated, to see whether the expression takes for ever."""
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_UNKNOWN = ("GROUPREF", "GROUPREF_EXISTS")


@lru_cache(maxsize=10_000)
def found(pattern: str, text: str) -> bool:
    """Whether `re.search(pattern, text)` finds anything. Raises TooSlowError."""
    loops = _loops(pattern)
    if loops is not None and (len(text) + 1) ** (loops + 1) <= _QUICK:
        return re.search(pattern, text) is not None
    try:
        return searches(pattern, text)
    except UnknownError:
        raise TooSlowError from None


@cache
def fault(pattern: str) -> str | None:
    """Why `pattern` cannot be used in a policy, to be said after its text; None where it can."""
    try:
        parsed = _parser.parse(pattern)
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is not a regular expression: {error}"
    if any(str(op) in _UNKNOWN for op, _ in _all(parsed)):
        return "refers to one of its groups, which can take forever to match"
    try:
        for text in _attacks(parsed):
            searches(pattern, text)
    except TooSlowError:
        return "may take forever to match"
    except UnknownError:
        return "has a part that cannot be matched within a time limit"
    return None


@cache
def _loops(pattern: str) -> int | None:
    """How many repetitions of no fixed number follow each other; None where one holds another, or alternatives."""
    return _loops_of(_parser.parse(pattern))


def _loops_of(parsed: Any) -> int | None:
    total = 0
    for op, given in parsed:
        name = str(op)
        if name in _REPEATS:
            low, high, inner = given
            below = _loops_of(inner)
            is_simple = below == 0 and not any(str(each) == "BRANCH" for each, _ in _all(inner))
            if low == high and int(high) <= 100:
                below = None if below is None else below * int(high)
            else:
                below = 1 if is_simple else None
        elif name in ("LITERAL", "NOT_LITERAL", "IN", "ANY", "AT"):
            below = 0
        elif name == "SUBPATTERN":
            below = _loops_of(given[-1])
        elif name == "BRANCH":
            arms = [_loops_of(each) for each in given[1]]
            below = None if None in arms else sum(each or 0 for each in arms)
        else:
            return None
        if below is None:
            return None
        total += below
    return total


def _all(parsed: Any) -> Iterator[tuple[Any, Any]]:
    """Every operation of a parsed expression, those inside of others too."""
    for op, given in parsed:
        yield op, given
        for inner in _inner(str(op), given):
            yield from _all(inner)


def _inner(name: str, given: Any) -> list[Any]:
    if name in _REPEATS:
        return [given[2]]
    if name == "SUBPATTERN":
        return [given[-1]]
    if name == "BRANCH":
        return list(given[1])
    if name in ("ASSERT", "ASSERT_NOT"):
        return [given[1]]
    return [given] if name == "ATOMIC_GROUP" else []


def _attacks(parsed: Any, before: str = "") -> Iterator[str]:
    """Texts that lead far into each repetition, and then fail."""
    for op, given in parsed:
        name = str(op)
        if name in _REPEATS and (given[1] != given[0]):
            once = _sample(given[2]) or "a"
            yield before + once * (_PUMPED // len(once) + 1) + "\0"
        if name == "BRANCH":
            for arm in given[1]:
                yield from _attacks(arm, before)
        else:
            for inner in _inner(name, given):
                yield from _attacks(inner, before)
        before += _sample([(op, given)])


def _sample(parsed: Any) -> str:
    """A short text that the parsed expression matches, as far as that is simple."""
    made = ""
    for op, given in parsed:
        name = str(op)
        if name == "LITERAL":
            made += chr(given)
        elif name == "NOT_LITERAL":
            made += "a" if given != ord("a") else "b"
        elif name == "ANY":
            made += "a"
        elif name == "IN":
            made += _one_of(given)
        elif name in _REPEATS:
            made += _sample(given[2]) * max(min(int(given[0]), 20), 1)
        elif name == "SUBPATTERN":
            made += _sample(given[-1])
        elif name == "BRANCH":
            made += _sample(given[1][0])
    return made


def _one_of(items: Any) -> str:
    kinds = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a", "CATEGORY_NOT_SPACE": "a"}
    for op, given in items:
        if str(op) == "LITERAL":
            return chr(given)
        if str(op) == "RANGE":
            return chr(given[0])
        if str(op) == "CATEGORY" and str(given) in kinds:
            return kinds[str(given)]
    return "a"
