"""Regular expressions of users, matched within limits: with some, Python's `re` would practically never end.

`re` cannot be interrupted. So Python only parses the expression; it is matched here the way `re` does it, by trying one
alternative after the other, and every step is counted. What takes too many here takes `re` as long, which is what
somebody who writes it wants to hear.

https://docs.python.org/3/library/re.html
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias

from trainspec.safety.budget import spend
from trainspec.safety.unwarned import expression, unwarned
from trainspec.schema.characters import Test, UnknownError, place, taken_by

MOST_STEPS = 100_000
"""Steps of one match: a tenth of a second here, far less in `re`."""
MOST_INSTRUCTIONS = 20_000

_parser: Any = import_module("re._parser" if hasattr(re, "_parser") else "sre_parse")


class TooSlowError(Exception):
    """The match takes more steps than anybody would wait for."""


@dataclass(frozen=True, slots=True)
class Take:
    """Match one character."""

    test: Test


@dataclass(frozen=True, slots=True)
class Split:
    """Continue here or, if that fails, there."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Jump:
    """Go on there."""

    to: int


@dataclass(frozen=True, slots=True)
class Enter:
    """Record where a repetition begins."""

    loop: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Fail if a repetition matched nothing: it would do so forever."""

    loop: int


@dataclass(frozen=True, slots=True)
class At:
    """A place: the beginning, the end, the edge of a word."""

    holds: Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Look:
    """Another expression that must match here, or must not; `back` characters before, or None for ahead."""

    program: "Sequence[Instruction]"
    is_wanted: bool
    back: int | None


Instruction: TypeAlias = Take | Split | Jump | Enter | Progress | At | Look


def searches(pattern: str, text: str) -> bool:
    """Whether `re.search(pattern, text)` finds anything.

    Raises TooSlowError, UnknownError, and what `re` raises if it is not an expression.
    """
    program = program_of(pattern)
    steps = [MOST_STEPS]
    try:
        return any(_matches(program, text, start, steps) for start in range(len(text) + 1))
    finally:
        spend((MOST_STEPS - max(steps[0], 0)) // 2)


def _matches(program: Sequence[Instruction], text: str, start: int, steps: list[int]) -> bool:
    """Whether the expression matches at `start`. Takes what it needs of `steps`."""
    waiting: list[tuple[int, int, tuple[tuple[int, int], ...]]] = [(0, start, ())]
    while waiting:
        at, position, entered = waiting.pop()
        while True:
            steps[0] -= 1
            if steps[0] < 0:
                raise TooSlowError
            if at == len(program):
                return True
            each = program[at]
            at += 1
            if isinstance(each, Take):
                if position == len(text) or not each.test(text[position]):
                    break
                position += 1
            elif isinstance(each, Split):
                waiting.append((each.second, position, entered))
                at = each.first
            elif isinstance(each, Jump):
                at = each.to
            elif isinstance(each, Enter):
                steps[0] -= len(entered) // 4  # they are copied
                entered = (*(known for known in entered if known[0] != each.loop), (each.loop, position))
            elif isinstance(each, Progress):
                if (each.loop, position) in entered:
                    break
            elif isinstance(each, At):
                if not each.holds(text, position):
                    break
            elif not _looks(each, text, position, steps):
                break
    return False


def _looks(look: Look, text: str, position: int, steps: list[int]) -> bool:
    start = position - (look.back or 0)
    return (start >= 0 and _matches(look.program, text, start, steps)) is look.is_wanted


# ---------------------------------------------------------------------- what `re` parsed, as instructions


@cache
def program_of(pattern: str) -> Sequence[Instruction]:
    """An expression as instructions. Raises what `searches` does; TooSlowError for too many instructions."""
    expression(pattern)  # its own complaints
    parsed = unwarned(_parser.parse, pattern)
    compiling = _Compiling()
    compiling.add(parsed, parsed.state.flags)
    return tuple(compiling.program)


@dataclass
class _Compiling:
    """Instructions, as far as they are made."""

    program: list[Instruction] = field(default_factory=list)
    loops: int = 0

    def add(self, parsed: Any, flags: int) -> None:
        """Add the instructions of some of the parser's items, one after the other."""
        for kind, given in parsed:
            self._item(str(kind), given, flags)
            if len(self.program) > MOST_INSTRUCTIONS:
                raise TooSlowError

    def _item(self, kind: str, given: Any, flags: int) -> None:
        if kind in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            self.program.append(Take(taken_by(kind, given, flags)))
        elif kind in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, below = given
            self._repeat(least, most, below, flags, is_greedy=kind == "MAX_REPEAT")
        elif kind == "BRANCH":
            self._branch(given[1], flags)
        elif kind == "SUBPATTERN":
            _, added, removed, below = given
            self.add(below, (flags | added) & ~removed)
        elif kind == "AT":
            self.program.append(At(place(str(given), flags)))
        elif kind in ("ASSERT", "ASSERT_NOT"):
            direction, below = given
            inner = _Compiling()
            inner.add(below, flags)
            back = below.getwidth()[0] if direction < 0 else None
            self.program.append(Look(tuple(inner.program), kind == "ASSERT", back))
        else:
            raise UnknownError(kind.lower())

    def _repeat(self, least: int, most: Any, below: Any, flags: int, *, is_greedy: bool) -> None:
        for _ in range(int(least)):
            length = len(self.program)
            self.add(below, flags)
            if len(self.program) == length:
                return  # nothing, however often
        if most is _parser.MAXREPEAT:
            self._loop(below, flags, is_greedy=is_greedy)
            return
        splits = []
        for _ in range(int(most) - int(least)):
            splits.append(len(self.program))
            self.program.append(Jump(0))
            self.add(below, flags)
            if len(self.program) == splits[-1] + 1:
                break  # nothing, however often
        for at in splits:
            self.program[at] = self._choice(at + 1, len(self.program), is_greedy=is_greedy)

    def _loop(self, below: Any, flags: int, *, is_greedy: bool) -> None:
        begin, loop = len(self.program), self.loops
        self.loops += 1
        may_be_empty = below.getwidth()[0] == 0
        self.program.append(Jump(0))
        self.program += [Enter(loop)] if may_be_empty else []
        self.add(below, flags)
        self.program += [Progress(loop)] if may_be_empty else []
        self.program.append(Jump(begin))
        self.program[begin] = self._choice(begin + 1, len(self.program), is_greedy=is_greedy)

    @staticmethod
    def _choice(inside: int, behind: int, *, is_greedy: bool) -> Split:
        return Split(inside, behind) if is_greedy else Split(behind, inside)

    def _branch(self, arms: Sequence[Any], flags: int) -> None:
        ends = []
        for arm in arms[:-1]:
            begin = len(self.program)
            self.program.append(Jump(0))
            self.add(arm, flags)
            ends.append(len(self.program))
            self.program.append(Jump(0))
            self.program[begin] = Split(begin + 1, len(self.program))
        self.add(arms[-1], flags)
        for end in ends:
            self.program[end] = Jump(len(self.program))
