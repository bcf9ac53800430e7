"""The tasks of a DAG that choose the best of several jobs: references create them."""

from dataclasses import dataclass, field
from typing import Final

from trainspec.diagnostics import Span

OPERATOR: Final = "trainspec.runtime.BestPoint"
"""The operator of these tasks. The compiler puts them into `tasks` of the composed document."""


@dataclass(slots=True)
class Choice:
    """A task that chooses among the points of the matrix `job`, by a metric, for the goal `max` or `min`.

    `span` is the first reference to it; `hyperparameters` are those of the best point that any reference needs.
    """

    task_id: str
    job: str
    metric: str
    goal: str
    span: Span
    hyperparameters: dict[str, None] = field(default_factory=dict)
