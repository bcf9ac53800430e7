"""What one item of a regular expression takes: a character, or a place between two."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

Test: TypeAlias = Callable[[str], bool]


class UnknownError(Exception):
    """The expression has a part that is not known here, such as a reference to a group."""


def taken_by(kind: str, given: Any, flags: int) -> Test:
    """Whether a character is one that an item of the parser's takes. Raises UnknownError."""
    if kind == "ANY":
        return (lambda each: True) if flags & re.DOTALL else (lambda each: each != "\n")
    items = [(str(item), value) for item, value in given] if kind == "IN" else [("LITERAL", given)]
    is_negated = kind == "NOT_LITERAL" or items[0][0] == "NEGATE"
    tests = [_one(item, value, flags) for item, value in items if item != "NEGATE"]

    def takes_any_case(each: str) -> bool:
        return any(test(one) for test in tests for one in {each, each.lower(), each.upper()}) is not is_negated

    def takes(each: str) -> bool:
        return any(test(each) for test in tests) is not is_negated

    if flags & re.IGNORECASE:
        return takes_any_case
    return takes if is_negated or len(tests) != 1 else tests[0]


def _one(kind: str, given: Any, flags: int) -> Test:
    if kind == "LITERAL":
        character = chr(given)
        return lambda each: each == character
    if kind == "RANGE":
        low, high = given
        return lambda each: len(each) == 1 and low <= ord(each) <= high
    if kind == "CATEGORY":
        name = str(given).removeprefix("CATEGORY_")
        test = _CATEGORIES[name.removeprefix("NOT_")]
        is_wanted, only_ascii = not name.startswith("NOT_"), bool(flags & re.ASCII)
        return lambda each: (test(each) and (each.isascii() or not only_ascii)) is is_wanted
    raise UnknownError(kind.lower())


_CATEGORIES: dict[str, Test] = {
    "DIGIT": str.isdecimal,
    "SPACE": str.isspace,
    "WORD": lambda each: each.isalnum() or each == "_",
}

_HAS_PLACES_IN_NOTHING = re.search(r"\B", "") is not None
"""Whether an empty string has a place that is not a boundary: since Python 3.14."""


def place(name: str, flags: int) -> Callable[[str, int], bool]:
    """Whether a place in a string is one that an item such as `^` takes. Raises UnknownError."""
    if name == "AT_BEGINNING" and flags & re.MULTILINE:
        return lambda text, at: at == 0 or text[at - 1] == "\n"
    if name in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
        return lambda text, at: at == 0
    if name == "AT_END" and flags & re.MULTILINE:
        return lambda text, at: at == len(text) or text[at] == "\n"
    if name == "AT_END":
        return lambda text, at: at == len(text) or (at == len(text) - 1 and text[at] == "\n")
    if name == "AT_END_STRING":
        return lambda text, at: at == len(text)
    if name in ("AT_BOUNDARY", "AT_NON_BOUNDARY"):
        word = taken_by("IN", [("CATEGORY", "CATEGORY_WORD")], flags)
        is_wanted = name == "AT_BOUNDARY"

        def boundary(text: str, at: int) -> bool:
            if not text:
                return not is_wanted and _HAS_PLACES_IN_NOTHING
            before, after = at > 0 and word(text[at - 1]), at < len(text) and word(text[at])
            return (before is not after) is is_wanted

        return boundary
    raise UnknownError(name.lower())
