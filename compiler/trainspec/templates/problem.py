"""What is wrong with a template."""

from dataclasses import dataclass

from trainspec.diagnostics import Code


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a template."""

    code: Code
    message: str
    advice: str | None = None


class RefusedError(Exception):
    """A template that is wrong; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
