"""The request of a job of a run from here: its templates rendered, the results of other jobs inserted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from trainspec.request.check import Rendering, render_in
from trainspec.request.lower import Request
from trainspec.runtime.engine.casting import typed
from trainspec.runtime.engine.of_request import kind_of
from trainspec.runtime.engine.problems import Kind, TrainingProblem
from trainspec.templates.context import Sample, in_a_run
from trainspec.templates.values import UNKNOWN
from trainspec.text.tree import Path, dotted

_GATE: Final = "proceed_if"

Made = Mapping[str, Any]
"""What a job passes on, by the key of Airflow's XCom."""


class _AnyMetric(dict[str, float]):
    """Metrics of a job that has not run yet: any name has a value, and is remembered in `asked`."""

    def __init__(self, asked: dict[str, None]) -> None:
        super().__init__()
        self.asked = asked

    def __missing__(self, name: str) -> float:
        self.asked[name] = None
        return 0.5

    def get(self, name: str, default: Any = None) -> float:
        return self[name]


class _AnyText(dict[str, str]):
    """The hyperparameters of a job that is not chosen yet."""

    def __missing__(self, name: str) -> str:
        return "1"

    def get(self, name: str, default: Any = None) -> str:
        return self[name]


def stand_in(asked: dict[str, None]) -> Made:
    """What stands for all that a job is going to make, to see beforehand whether those after it can be rendered.

    `asked` collects the names of the requested metrics.
    """
    return {
        "return_value": "a-job",
        "arn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/a-job",
        "model": "s3://bucket/a-job/output/model.tar.gz",
        "output": "s3://bucket/",
        "billable_seconds": 60,
        "metrics": _AnyMetric(asked),
        "hyperparameters": _AnyText(),
        "best": {**_BEST, "hyperparameters": _AnyText()},
    }


_BEST: Final = {
    "name": "a-job-001-1a2b3c4d",
    "arn": "arn:aws:sagemaker:us-east-1:123456789012:training-job/a-job-001-1a2b3c4d",
    "model": "s3://bucket/a-job-001-1a2b3c4d/output/model.tar.gz",
    "metric": "a-metric",
    "objective": 0.5,
}


@dataclass
class Pull:
    """`ti.xcom_pull` of a run: answers from `made`, and remembers unknown tasks in `missing`."""

    made: Mapping[str, Made]
    missing: dict[str, None] = field(default_factory=dict)

    def __call__(
        self, task_ids: Any = None, dag_id: str | None = None, key: str = "return_value", **others: Any
    ) -> Any:
        """What the task `task_ids` passed on; unknown if no job of the run did."""
        if not isinstance(task_ids, str) or dag_id is not None or others:
            return UNKNOWN
        if task_ids not in self.made:
            self.missing[task_ids] = None
        return self.made.get(task_ids, {}).get(key, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What of a job's request is unknown without Airflow: the spec's fields, and the jobs that would answer."""

    fields: tuple[str, ...]
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Templates:
    """What of a job is rendered before it runs: its request, and the conditions of its gate."""

    request: Request
    conditions: Sequence[Mapping[str, Any]]
    sample: Sample
    conf: Mapping[str, Any] | None = None

    def render(self, pull: Pull) -> Rendering:
        """Both in one map, the conditions as `proceed_if`."""
        context = in_a_run(self.sample.context(), pull, self.conf)
        members = {**self.request.members, _GATE: list(map(dict, self.conditions))}
        return render_in(members, context, self.request.operation)

    def fields(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """The fields of the spec from which the members at `paths` are."""
        origins = (path if path[0] == _GATE else self.request.origin(path) for path in paths)
        return tuple(sorted({dotted(path) for path in origins}))


def rendered_points(
    points: Sequence[Mapping[str, Any]], sample: Sample, made: Mapping[str, Made], conf: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """The points among which a task chooses, with their hyperparameters as a run has them."""
    context = in_a_run(sample.context(), Pull(made), conf)
    found: list[dict[str, Any]] = render_in({"points": list(points)}, context).request["points"]
    return found


def unanswered(templates: Templates, made: Mapping[str, Made]) -> Unanswered | None:
    """Why a job could not be rendered once the jobs of `made` have ended; None if it could."""
    pull = Pull(made)
    unknown = templates.render(pull).unknown
    return Unanswered(templates.fields(unknown), tuple(pull.missing)) if unknown else None


def rendered(templates: Templates, made: Mapping[str, Made]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A job's request as SageMaker gets it, with the results of the jobs of `made`; and the conditions of its gate.

    Raises a fatal `TrainingProblem` if a part of it is still not known.
    """
    rendering = templates.render(Pull(made))
    if rendering.unknown:
        fields = ", ".join(templates.fields(rendering.unknown))
        raise TrainingProblem(Kind.FATAL, f"the jobs before it produced nothing for {fields}")
    request = typed(rendering.request, kind_of(rendering.request).typed_members)
    conditions: list[dict[str, Any]] = request.pop(_GATE)
    return request, conditions
