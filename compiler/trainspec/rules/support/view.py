"""What a rule gets, and what it returns."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from trainspec.request.api.check import shape_name
from trainspec.request.bounds import bounds_of
from trainspec.request.lower import Request, lower
from trainspec.schema.values import leaves
from trainspec.templates import SAMPLES, Sample, has_template, render
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import DagData, JobData, OperatorData, SpecData

Made = TypeVar("Made")

MISSING: Mapping[str, Any] = {}
LONGEST = 4096
"""The longest string that any member accepts: rules ignore longer ones."""


class Found(NamedTuple):
    """A finding of a rule. `at` is a field, as a path from the job (or, for `check_spec`, from the document).

    It is shown at the field's value, with `on_key` at its key; if there is no such field, at the nearest one above.
    `fix` is the text that must stand there, where nothing else can have been meant. `fails_with` is given where the
    container is certain to fail: with these words, or, if it is empty, with words that are not known.
    """

    at: Path
    message: str
    advice: str | None = None
    on_key: bool = False
    fix: str | None = None
    fails_with: str | None = None


class Leaf(NamedTuple):
    """A text of the request: where it stands, what AWS calls its kind (`S3Uri`), and whether it holds no template."""

    path: Path
    shape: str
    text: str
    is_literal: bool


@dataclass(frozen=True)
class JobView:
    """One job, for rules: its fields as the spec says them, and the request that they become.

    Fields that were invalid are left out, so a rule must not rely on any being there; the first keys of their paths
    are in `invalid_fields`, and those below `tuning` as `tuning.ranges`, too.
    """

    name: str
    fields: "JobData"
    request: Mapping[str, Any]
    dag: "DagData"
    invalid_fields: frozenset[str] = frozenset()
    samples: Sequence[Sample] = SAMPLES
    lowered: Request | None = None
    whole: Request | None = None
    """Of a tuning job: its own request. `request` is that of its training jobs then."""

    @property
    def tuning(self) -> Mapping[str, Any]:
        """The request of a tuning job; empty for a training job."""
        return self.whole.members if self.whole else MISSING

    def tuned(self, *path: str | int) -> Any:
        """What the request of a tuning job says at a member's path; None if it is empty, or it is no tuning job."""
        found: Any = self.tuning
        for step in path:
            if isinstance(found, Mapping):
                found = found.get(str(step))
            else:
                known = isinstance(found, list) and isinstance(step, int) and step < len(found)
                found = found[int(step)] if known else None
        return found

    @property
    def longest_name(self) -> int:
        """How many characters the job's name may have."""
        return 32 if self.whole else 63

    def tuning_origin(self, *path: str | int) -> Path:
        """The field that says what is at a member's path in the request of a tuning job."""
        return self.whole.origin(path) if self.whole else ()

    @property
    def time_of_run(self) -> str:
        """A template for the time of a run, which distinguishes the runs.

        Runs that assets start have no logical date.
        """
        by_assets = isinstance(self.dag.get("schedule"), Mapping) and not self.samples[0].airflow.startswith("2.")
        return "{{ dag_run.run_after | ts_nodash }}" if by_assets else "{{ ts_nodash }}"

    @property
    def region(self) -> str | None:
        """The region that the spec names for the job."""
        region = self.fields.get("region")
        return region if isinstance(region, str) else None

    @property
    def operator(self) -> "OperatorData":
        """The operator's arguments, as the spec says them."""
        return self.fields.get("operator") or {}

    @property
    def is_serverless(self) -> bool:
        """Whether SageMaker chooses the machines and the algorithm."""
        return "ServerlessJobConfig" in self.request

    def member(self, *path: str | int) -> Any:
        """What the request says at a member's path, templates untouched; None if it is empty."""
        found: Any = self.request
        for step in path:
            if isinstance(found, dict):  # faster than Mapping, and the rules ask a hundred times a job
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """What the request speaks of: the names of its members at any depth, and its texts."""
        words: set[str] = set()
        waiting: list[Any] = [self.request]
        while waiting:
            each = waiting.pop()
            if isinstance(each, str):
                words.add(each)
            elif isinstance(each, dict):
                words.update(each)
                waiting += each.values()
            elif isinstance(each, list):
                waiting += each
        return frozenset(words)

    def number(self, *path: str | int) -> int | None:
        """The number at a member's path; None if there is none, or only the task run knows it."""
        value = self.member(*path)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, *path: str | int) -> str | None:
        """The string at a member's path; None if there is none, or it holds a template."""
        value = self.member(*path)
        return value if isinstance(value, str) and not has_template(value) else None

    @property
    def longest(self) -> int | None:
        """The longest that the job may take, in seconds; None if nothing says so, or only the task run.

        For a tuning job that is all of it: its own limit, or its training jobs one round after the other.
        """
        wait = self.number("StoppingCondition", "MaxWaitTimeInSeconds")
        each = wait or self.number("StoppingCondition", "MaxRuntimeInSeconds")
        return bounds_of(self.tuning).seconds(each)

    def is_on(self, *path: str | int) -> bool:
        """Whether a switch is on; False if it is off, not there, or known only when the task runs."""
        return self.member(*path) is True

    def places(self, *path: str | int) -> Iterator[Path]:
        """The places of the items of the list at a member's path."""
        items = self.member(*path)
        return ((*path, index) for index in range(len(items) if isinstance(items, list) else 0))

    def origin(self, *path: str | int) -> Path:
        """The field that says what is at a member's path; the job as a whole where none is known."""
        return self._lowered.origin(path)

    @cached_property
    def _lowered(self) -> Request:
        return self.lowered or lower(self.fields)  # only for a finding: most jobs have none

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every text of the request that stands where the API has a member, and is no longer than any may be."""
        found = []
        for path, value in leaves(self.request):
            if isinstance(value, str) and len(value) <= LONGEST and (shape := shape_name(path)):
                found.append(Leaf(path, shape, value, not has_template(value)))
        return tuple(found)

    def renderings(self, *path: str | int) -> tuple[str, ...]:
        """What the text at a member's path is in each sample task run.

        Empty if there is none, or a part of it is known only when the task runs.
        """
        value = self.member(*path)
        if not isinstance(value, str):
            return ()
        if not has_template(value):
            return (value,) * len(self.samples)
        if path not in self._rendered:
            texts = [render(value, sample.context()).text for sample in self.samples]
            self._rendered[path] = tuple(text for text in texts if text is not None) if None not in texts else ()
        return self._rendered[path]

    @cached_property
    def _rendered(self) -> dict[Path, tuple[str, ...]]:
        return {}


def once_a_job(make: Callable[[JobView], Iterable[Made]]) -> Callable[[JobView], tuple[Made, ...]]:
    """A view of a job that many rules ask for: made when the first one does, and kept with the job."""
    key = f"once {make.__module__}.{make.__qualname__}"

    @wraps(make)
    def made(job: JobView) -> tuple[Made, ...]:
        kept: tuple[Made, ...] | None = job.__dict__.get(key)
        if kept is None:
            kept = job.__dict__[key] = tuple(make(job))
        return kept

    return made


class SpecView(NamedTuple):
    """A whole document, for rules."""

    data: "SpecData"
    jobs: Sequence[JobView]
