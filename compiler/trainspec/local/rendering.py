"""The request of a job of a run from here: its templates rendered, what other jobs made put in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trainspec.request.check import render_in
from trainspec.request.lower import Request
from trainspec.runtime.problems import Kind, TrainingProblem
from trainspec.runtime.typed import typed
from trainspec.templates.context import Sample, with_results
from trainspec.templates.values import UNKNOWN
from trainspec.text.tree import dotted

Made = Mapping[str, Any]
"""What a job hands on, by the key of Airflow's XCom."""


class _AnyMetric(dict[str, float]):
    """Metrics of a job that has not run yet: whatever is asked for has a value."""

    def __missing__(self, name: str) -> float:
        return 0.5

    def get(self, name: str, default: Any = None) -> float:
        return 0.5


STAND_IN: Made = {
    "return_value": "a-job",
    "arn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/a-job",
    "model": "s3://bucket/a-job/output/model.tar.gz",
    "output": "s3://bucket/",
    "billable_seconds": 60,
    "metrics": _AnyMetric(),
}
"""Stands for what a job is going to make, to see beforehand whether the jobs after it can be told what they need."""


@dataclass
class Pull:
    """`ti.xcom_pull` of a run: answers from `made`, and remembers in `missing` whom else it was asked about."""

    made: Mapping[str, Made]
    missing: dict[str, None] = field(default_factory=dict)

    def __call__(
        self, task_ids: Any = None, dag_id: str | None = None, key: str = "return_value", **others: Any
    ) -> Any:
        """What the task `task_ids` handed on; unknown where no job of the run did."""
        if not isinstance(task_ids, str) or dag_id is not None or others:
            return UNKNOWN
        if task_ids not in self.made:
            self.missing[task_ids] = None
        return self.made.get(task_ids, {}).get(key, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What of a job's request cannot be told without Airflow: the spec's fields, and the jobs that would answer."""

    fields: tuple[str, ...]
    jobs: tuple[str, ...]


def unanswered(request: Request, sample: Sample, made: Mapping[str, Made]) -> Unanswered | None:
    """Whether `request` can be told once the jobs of `made` have ended; None if so."""
    pull = Pull(made)
    rendering = render_in(request.members, with_results(sample.context(), pull))
    if not rendering.unknown:
        return None
    return Unanswered(tuple(sorted({dotted(request.origin(path)) for path in rendering.unknown})), tuple(pull.missing))


def rendered(request: Request, sample: Sample, made: Mapping[str, Made]) -> dict[str, Any]:
    """`request` as SageMaker gets it, at `sample`'s time and with what the jobs of `made` made.

    Raises a fatal `TrainingProblem` where a part of it is still not known.
    """
    rendering = render_in(request.members, with_results(sample.context(), Pull(made)))
    if rendering.unknown:
        fields = ", ".join(sorted({dotted(request.origin(path)) for path in rendering.unknown}))
        raise TrainingProblem(Kind.FATAL, f"the jobs before it made nothing to put into {fields}")
    return typed(rendering.request)
