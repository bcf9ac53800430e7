"""What the expressions of metrics match in a log, determined without a log.

An expression is split at its first group, which contains the number: what is before, in and after it. A line that it
matches is built from these parts, short and with digits where possible. Unusual expressions are not checked.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

import re
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from trainspec.safety.unwarned import unwarned
from trainspec.schema.characters import UnknownError
from trainspec.schema.patterns import TooSlowError, searches
from trainspec.templates import has_template

_parser: Any = import_module("re._parser" if hasattr(re, "_parser") else "sre_parse")

_NUMBER = "\ue000"
"""Stands for the number in a line: no expression has it."""
_LONGEST = 500
"""Characters of an expression that AWS takes."""


class Parts(NamedTuple):
    """An expression: before its first group, in it, and behind it."""

    before: str
    inside: str
    behind: str


def parts(pattern: object) -> Parts | None:
    """An expression cut at its first group; None if that is inside another, repeated, or one of several branches."""
    if not isinstance(pattern, str) or len(pattern) > _LONGEST or has_template(pattern):
        return None
    depth, start, end, position = 0, None, None, 0
    in_class = False
    while position < len(pattern):
        each = pattern[position]
        if each == "\\":
            position += 2
            continue
        if in_class:
            in_class = each != "]"
        elif each == "[":
            in_class = True
            position += 2 if pattern[position + 1 : position + 2] == "]" else 0
        elif each == "(":
            is_plain = pattern[position + 1 : position + 2] != "?"
            if is_plain and start is None:
                if depth:
                    return None
                start = position
            depth += 1
        elif each == ")":
            depth -= 1
            if depth == 0 and start is not None and end is None:
                end = position
        elif each == "|" and depth == 0:
            return None
        position += 1
    if start is None or end is None or pattern[end + 1 : end + 2] in ("?", "*", "+", "{"):
        return None
    return Parts(pattern[:start], pattern[start + 1 : end], pattern[end + 1 :])


def takes(found: Parts, text: str) -> bool:
    """Whether the group matches a whole string."""
    return _searches(f"^(?:{found.inside})$", text)


def number_of(found: Parts) -> str | None:
    """A string that the group matches: a number if it matches any. None if that is not known."""
    return _example(found.inside)


def also_reads(one: Parts, other: Parts) -> str | None:
    """A line of `other` of which `one` takes the very number that is `other`'s.

    Something in words must be in that line before what `one` looks for: else both mean the same number.
    """
    before, behind = _example(other.before), _example(other.behind)
    if before is None or behind is None:
        return None
    words = re.findall(r"[A-Za-z]+", _example(one.before) or "")
    if words and words[-1].lower() not in before.lower():
        return None  # nearly all pairs: the rest costs a search
    wanted, line = f"{one.before}{_NUMBER}{one.behind}", f"{before}{_NUMBER}{behind}"
    if not _searches(wanted, line) or _searches(f"{one.before}[-+.0-9]", before):
        return None  # it does not match, or finds another number of that line first
    start = next((at for at in range(len(before), -1, -1) if _searches(f"^(?:{wanted})", line[at:])), 0)
    return f"{before}0.5{behind}" if any(map(str.isalpha, before[:start])) else None


def _searches(pattern: str, text: str) -> bool:
    try:
        return searches(pattern, text)
    except (TooSlowError, UnknownError, re.error, RecursionError, OverflowError):
        return False


@lru_cache(maxsize=256)
def _example(pattern: str) -> str | None:
    """A short string that an expression matches."""
    try:
        made = "".join(_made(unwarned(_parser.parse, pattern)))
        return made if len(made) <= _LONGEST and _searches(pattern, made) else None
    except (re.error, RecursionError, OverflowError, _UnusualError):
        return None


class _UnusualError(Exception):
    """A part of an expression that no example is made of."""


def _made(parsed: Any) -> list[str]:
    return [_one(str(kind), given) for kind, given in parsed]


def _one(kind: str, given: Any) -> str:
    match kind:
        case "LITERAL":
            return str(chr(given))
        case "ANY":
            return "1"
        case "IN":
            return _of_class(given)
        case "AT":
            return ""
        case "SUBPATTERN":
            return "".join(_made(given[3]))
        case "BRANCH":
            return "".join(_made(given[1][0]))
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, most, below = given
            if least > _LONGEST:
                raise _UnusualError
            times = int(max(least, min(1, most) if most > 1 else 0))
            return "".join(_made(below)) * times
    raise _UnusualError


def _of_class(given: Any) -> str:
    """A character of a class: a digit, a space or the first one that it lists."""
    is_negated = str(given[0][0]) == "NEGATE"
    for candidate in ("1", " ", "a", "=", ":"):
        if any(_holds(str(kind), value, candidate) for kind, value in given if str(kind) != "NEGATE") != is_negated:
            return candidate
    for kind, value in given:
        if not is_negated and str(kind) == "LITERAL":
            return str(chr(value))
        if not is_negated and str(kind) == "RANGE":
            return str(chr(value[0]))
    raise _UnusualError


def _holds(kind: str, value: Any, character: str) -> bool:
    if kind == "LITERAL":
        return bool(chr(value) == character)
    if kind == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    name = str(value).removeprefix("CATEGORY_")
    words = {
        "DIGIT": character.isdigit(),
        "SPACE": character.isspace(),
        "WORD": character.isalnum() or character == "_",
    }
    return words[name] if name in words else not words.get(name.removeprefix("NOT_"), True)
