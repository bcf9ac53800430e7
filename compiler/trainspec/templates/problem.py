"""What is wrong with a template."""

from typing import NamedTuple

from trainspec.diagnostics import Code


class Problem(NamedTuple):
    """What is wrong with a template."""

    code: Code
    message: str
    advice: str | None = None


class RefusedError(Exception):
    """A template that is wrong; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
