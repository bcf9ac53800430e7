"""How much work a file may cause: counted in steps, so that the same file ends the same way on every machine.

A file of 1 MB can ask for far more than its size: names that each resemble a thousand others, aliases that stand for
the same matrix sixty times. Every loop whose length grows faster than the file calls `spend`. When a file's budget is
used up, `OutOfBudgetError` ends the work on it, and the file gets a single finding.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

MOST_STEPS = 1_200_000
"""A step takes about a microsecond. The largest example spec uses less than a hundredth of these."""

MOST_FOR_SUGGESTIONS = 1_000_000
"""The same for "did you mean": beyond them a finding has none."""


class OutOfBudgetError(Exception):
    """The file causes more work than any spec."""


class _Left:
    """What is left of one file's budget."""

    __slots__ = ("for_suggestions", "steps")

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.for_suggestions = MOST_FOR_SUGGESTIONS


_left: ContextVar[_Left | None] = ContextVar("budget", default=None)


_of_files: ContextVar[dict[str, _Left] | None] = ContextVar("budgets of files", default=None)


@contextmanager
def kept_budgets() -> Iterator[None]:
    """Inside, the budget of a file continues whenever the file is analyzed again, as it is in each environment."""
    token = _of_files.set({})
    try:
        yield
    finally:
        _of_files.reset(token)


@contextmanager
def budget(file: str = "", steps: int = MOST_STEPS) -> Iterator[None]:
    """Bound the work on `file` to `steps`. Inside of another budget that one continues."""
    if _left.get() is not None:
        yield
        return
    kept, fresh = _of_files.get(), _Left(steps)
    token = _left.set(fresh if kept is None else kept.setdefault(file, fresh))
    try:
        yield
    finally:
        _left.reset(token)


def spend(steps: int) -> None:
    """Count some steps. Raises OutOfBudgetError if fewer are left; without a budget nothing happens."""
    left = _left.get()
    if left is not None:
        left.steps -= steps
        if left.steps < 0:
            raise OutOfBudgetError


def affords_suggestion(steps: int) -> bool:
    """Whether `steps` more may go into a suggestion, which no finding needs."""
    left = _left.get()
    if left is None:
        return True
    left.for_suggestions -= steps
    return left.for_suggestions >= 0
