r"""Regular expressions of policies: matched in bounded time, for any expression and any string.

`re` backtracks and cannot be interrupted. It is used if the number of its steps, counted beforehand from the parsed
expression, is small. Everything else is matched here, by the instructions of `schema.patterns`: whether an expression
matches from some instruction and place on does not depend on the way there, so each pair is tried once. That takes at
most as many steps as the instructions times the characters. (RE2 promises the same, but has no look-arounds, another
`$` and `\d`, and would be a compiled dependency of every install.)

https://swtch.com/~rsc/regexp/regexp3.html
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import import_module
from typing import Any
from warnings import catch_warnings, simplefilter

from trainspec.policies.attacks import attacks, inner_of
from trainspec.safety.budget import spend
from trainspec.safety.unwarned import FILTERS
from trainspec.schema.characters import UnknownError
from trainspec.schema.patterns import (
    At,
    Instruction,
    Jump,
    Look,
    Split,
    Take,
    TooSlowError,
    program_of,
    searches,
)

_parser: Any = import_module("re._parser" if hasattr(re, "_parser") else "sre_parse")

MOST_CHARACTERS = 5_000
"""The longest expression that a policy may have."""
_MOST_NESTED = 12
"""Limit on nested repetitions: each needs its own attacks, which go through all of the others."""
_QUICK = 2_000_000
"""Steps that `re` may take: some hundredths of a second."""
_MOST_STEPS = 400_000
"""Steps of one match here: half a second. Beyond them nothing is said of the string."""
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_GROUPS = ("groupref", "groupref_exists")


def found(pattern: str, text: str) -> bool:
    """Whether `re.search(pattern, text)` finds anything. Raises TooSlowError."""
    if (known := _found(pattern, text)) is None:
        raise TooSlowError
    return known


@lru_cache(maxsize=10_000)
def _found(pattern: str, text: str) -> bool | None:
    """The same; None if that takes too long, which is remembered, too."""
    if _steps_of_re(pattern, 1 << len(text).bit_length()) <= _QUICK:
        return re.search(pattern, text) is not None
    try:
        return matched(pattern, text)
    except TooSlowError:
        return None


def matched(pattern: str, text: str) -> bool:
    """The same, without `re`."""
    try:
        program = program_of(pattern)
    except UnknownError:
        raise TooSlowError from None
    steps = [_MOST_STEPS]
    tried: set[int] = set()
    try:
        return any(_matches(program, text, start, tried, steps) for start in range(len(text) + 1))
    finally:
        spend((_MOST_STEPS - max(steps[0], 0)) // 4)


def _matches(program: Sequence[Instruction], text: str, start: int, tried: set[int], steps: list[int]) -> bool:
    """Whether the program matches at `start`. `tried` are the places in program and text from which it does not."""
    end, width = len(program), len(text) + 1
    waiting = [(0, start)]
    while waiting:
        at, position = waiting.pop()
        while True:
            steps[0] -= 1
            if steps[0] < 0:
                raise TooSlowError
            if at == end:
                return True
            place = at * width + position
            if place in tried:
                break
            tried.add(place)
            each = program[at]
            at += 1
            if isinstance(each, Take):
                if position == len(text) or not each.test(text[position]):
                    break
                position += 1
            elif isinstance(each, Split):
                waiting.append((each.second, position))
                at = each.first
            elif isinstance(each, Jump):
                at = each.to
            elif isinstance(each, At):
                if not each.holds(text, position):
                    break
            elif isinstance(each, Look):
                begin = position - (each.back or 0)
                matches = begin >= 0 and _matches(each.program, text, begin, set(), steps)
                if matches is not each.is_wanted:
                    break
    return False


@cache
def fault(pattern: str) -> str | None:
    """Why `pattern` cannot be used in a policy, as the end of a message; None if it can.

    An expression that makes `re` try forever is rejected as well, because other tools that read the policy would
    hang.
    """
    if len(pattern) > MOST_CHARACTERS:
        return f"is longer than the {MOST_CHARACTERS:,} characters that an expression may have"
    spend(2 * len(pattern))
    try:
        with FILTERS, catch_warnings():
            simplefilter("error", FutureWarning)
            parsed = _parser.parse(pattern)
        if _nesting(parsed) > _MOST_NESTED:
            return f"has more than {_MOST_NESTED} nested repetitions, and may take forever to match"
        program_of(pattern)
    except UnknownError as what:
        if str(what) in _GROUPS:
            return "refers to one of its groups, which cannot be matched within a time limit"
        return "has an atomic group or a possessive repetition, which cannot be matched within a time limit"
    except TooSlowError:
        return "repeats by fixed numbers that are too large to match within a time limit"
    except FutureWarning as warning:
        return f"may mean something else in a later version of Python: {str(warning)[:1].lower()}{str(warning)[1:]}"
    except (re.error, OverflowError, RecursionError) as error:
        return f"is not a regular expression: {error}"
    try:
        for text in attacks(parsed):
            searches(pattern, text)
    except TooSlowError:
        return "may take forever to match"
    return None


def _nesting(parsed: Any) -> int:
    """How many repetitions are in each other."""
    deepest, waiting = 0, [(parsed, 0)]
    while waiting:
        items, level = waiting.pop()
        for op, given in items:
            here = level + (str(op) in _REPEATS)
            deepest = max(deepest, here)
            waiting += [(inner, here) for inner in inner_of(str(op), given)]
    return deepest


@lru_cache(maxsize=10_000)
def _steps_of_re(pattern: str, length: int) -> float:
    """At most so many steps `re` takes to search a string of fewer than `length` characters."""
    ways, size = _ways(_parser.parse(pattern), length)
    return length * ways * size


def _ways(parsed: Any, length: int) -> tuple[float, float]:
    """How many ways through an expression there are from one place, those that fail too, and how long the longest is.

    Infinite if that is not known, or not worth knowing.
    """
    ways, size = 1.0, 1.0
    for op, given in parsed:
        name = str(op)
        if name in _REPEATS:
            least, most, inner = given
            below, longest = _ways(inner, length)
            times = int(most) if most is not _parser.MAXREPEAT else max(length, int(least))
            if below == 1:
                of_this, steps = min(times - int(least), length) + 2.0, longest * times
            elif times <= _MOST_TIMES:
                of_this, steps = (times - int(least) + 1) * below**times, longest * times
            else:
                return _ENDLESS
        elif name in ("LITERAL", "NOT_LITERAL", "IN", "ANY", "AT"):
            of_this, steps = 1.0, 1.0
        elif name == "SUBPATTERN":
            of_this, steps = _ways(given[-1], length)
        elif name == "BRANCH":
            arms = [_ways(arm, length) for arm in given[1]]
            of_this, steps = sum(arm for arm, _ in arms) + 1, sum(long for _, long in arms) + 1
        else:
            return _ENDLESS
        ways, size = min(ways * of_this, _MOST_WAYS), min(size + steps, _MOST_WAYS)
    return ways, size


_ENDLESS = (float("inf"), float("inf"))
_MOST_TIMES = 8
_MOST_WAYS = 1e12
