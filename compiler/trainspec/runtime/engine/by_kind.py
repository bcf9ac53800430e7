"""Which kind of failure a job ended with, and what `on_failure` sets for each kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.problems import Kind, TrainingProblem

FailureKind: TypeAlias = Literal["algorithm", "capacity", "timeout", "interrupted", "stopped", "internal"]
OnFailure: TypeAlias = Mapping[str, str | float]
"""By kind: `fail`, `retry`, or the seconds before the next try."""

_REASONS: Final[tuple[tuple[str, FailureKind], ...]] = (
    ("AlgorithmError", "algorithm"),
    ("CapacityError", "capacity"),
    ("InsufficientCapacityError", "capacity"),
    ("InternalServerError", "internal"),
)
"""How SageMaker's FailureReason begins.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""
_STATUSES: Final[Mapping[str, FailureKind]] = {
    "MaxRuntimeExceeded": "timeout",
    "MaxWaitTimeExceeded": "timeout",
    "MaxPendingTimeExceeded": "capacity",
    "Interrupted": "interrupted",
    "Stopped": "stopped",
}
KINDS: Final = tuple(dict.fromkeys((*(kind for _, kind in _REASONS), *_STATUSES.values())))


@dataclass(frozen=True)
class Asked:
    """A problem as the author wants it handled, and the seconds before the next try, if one may follow."""

    problem: TrainingProblem
    retry_after: float | None = None


def failure_kind(job: Job) -> FailureKind | None:
    """The kind of a job's failure; None if it has none, such as a request that AWS rejected."""
    reason, status = job.cause
    by_reason = next((kind for start, kind in _REASONS if reason.startswith(start)), None)
    return by_reason or _STATUSES.get(status)


def asked_for(problem: TrainingProblem, job: Job, on_failure: OnFailure) -> Asked:
    """`problem` as `on_failure` sets it. What would fail again in any case stays fatal."""
    kind = failure_kind(job)
    wanted: Any = on_failure.get(kind) if kind else None
    if wanted is None or wanted == "retry" or problem.kind is not Kind.RETRY:
        return Asked(problem)
    if wanted == "fail":
        return Asked(TrainingProblem(Kind.FATAL, f"{problem.text}\nNot retried: on_failure says so for {kind}"))
    return Asked(problem, float(wanted))
