"""What policies are checked against: a job's requests and fields, as they are in runs.

A locked policy, which nothing may get around, sees more than sample runs. What a run can change (a parameter, a
condition on a date) is known to it only where all values are: those that a parameter's `enum` lists.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import product
from math import prod
from typing import Any, NamedTuple

from trainspec.dag.checks.params import allowed_values
from trainspec.policies.document import Document
from trainspec.policies.model import Policy
from trainspec.policies.seen import Seen, trainings_of, whole_of
from trainspec.policies.values import UNKNOWN
from trainspec.request.api.model import TRAINING, TUNING
from trainspec.request.check import as_read, render_in
from trainspec.request.lower import Request
from trainspec.request.started import sent
from trainspec.schema.values import leaves, with_leaves
from trainspec.templates import Sample, has_template, render
from trainspec.templates.context import for_any_run
from trainspec.templates.values import UNKNOWN as NOT_KNOWN
from trainspec.text.tree import Path

_MOST_RUNS = 64
"""How many combinations of parameters are tried: beyond them their values are not known."""
_DATES = tuple(
    datetime(2025 + each, each % 12 + 1, each + 1, each % 24, 2 * each % 60, 59 - each, each % 2 * 31_007, timezone.utc)
    for each in range(31)
)
"""Each day of the month, month and hour once, with microseconds and without: for complete dates, `runs/{{ ds }}/`."""

Context = Mapping[str, Any]


class Instances(NamedTuple):
    """A request, None for other data, and its values: one for each run that it differs in."""

    seen: Seen | None
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Job:
    """A task and its request, None if only a run knows it. `section` of the spec has the task.

    `made` caches the instances, by the policies' target and whether they are locked.
    """

    name: str
    request: Request | None
    document: Document
    section: str = "jobs"
    made: dict[tuple[str, bool], Sequence[Instances]] = field(default_factory=dict)

    def instances(self, policy: Policy) -> Sequence[Instances]:
        """The instances that `policy` is checked against."""
        key = (policy.target, policy.code.is_locked)
        if key not in self.made:
            self.made[key] = list(self._instances(*key))
        return self.made[key]

    def _instances(self, target: str, is_locked: bool) -> Iterator[Instances]:
        if target == "job":
            if self.section != "jobs":
                return
            data = self.document.data["jobs"][self.name]
            contexts: Sequence[Context | None] = self._contexts(data, is_locked) or [None]
            yield Instances(None, _distinct(known(data, each) for each in (contexts if is_locked else contexts[:1])))
            return
        if self.request is None:
            if target == "request":
                yield Instances(None, [UNKNOWN])
            return
        of_training = trainings_of(self.request) if target == "request" else ()
        of_tuning = (whole_of(self.request),) if target == "tuning" and self.request.operation == TUNING else ()
        for operation, all_seen in ((TRAINING, of_training), (TUNING, of_tuning)):
            for seen in all_seen:
                contexts = self._contexts(seen.members, is_locked)
                yield Instances(seen, _distinct(map(self._sent, _renderings(seen.members, contexts, operation))))

    def _sent(self, members: Any) -> Any:
        """A rendered request as the task's operator sends it."""
        return sent(members, self.document.data["tasks"][self.name], UNKNOWN) if self.section == "tasks" else members

    def _contexts(self, data: Any, is_locked: bool) -> Sequence[Context]:
        """The runs that data is rendered for."""
        all_samples = self.document.samples if self.section == "jobs" else self.document.task_samples
        samples = all_samples.get(self.name, ())
        if not is_locked or not samples:
            return [each.context() for each in samples]
        sections: Any = self.document.data
        task = sections[self.section][self.name]
        return list(_any_run(samples[0], _texts(data), allowed_values(self.document.data, task)))


def _texts(data: Any) -> list[str]:
    return [each for _, each in leaves(data) if isinstance(each, str) and has_template(each)]


def _any_run(sample: Sample, texts: Sequence[str], allowed: Mapping[str, tuple[Any, ...]]) -> Iterator[Context]:
    """Runs with each combination of the possible parameters in `texts`, and with dates of all forms."""
    if not texts:
        yield sample.context()
        return
    used = {name: values for name, values in allowed.items() if values and any(name in text for text in texts)}
    if prod(map(len, used.values())) > _MOST_RUNS:
        used = {}
    combinations = [dict(zip(used, each, strict=True)) for each in product(*used.values())]
    anything = dict.fromkeys(allowed, NOT_KNOWN)
    for chosen in combinations:
        yield for_any_run(sample.context(), {**anything, **chosen})
    for date in _DATES:
        yield for_any_run(sample._replace(logical_date=date).context(), {**anything, **combinations[0]})


def _renderings(members: Mapping[str, Any], contexts: Sequence[Context], operation: str) -> list[Any]:
    """A request in each run: only one if nothing in it differs."""
    if not contexts:
        return [_as_read(known(members, None), operation)]
    found = []
    for context in contexts:
        rendering = render_in(members, context, operation)
        found.append(_as_read(_with_unknown(rendering.request, rendering.unknown), operation))
        if not rendering.templated and not rendering.unknown:
            break
    return _distinct(found)


def _as_read(request: Any, operation: str) -> Any:
    """A request as AWS gets it: the operator reads numbers in strings, whether a template gave them or the spec."""
    return with_leaves(request, lambda value, path: as_read(value, path, operation))


def _with_unknown(request: Any, unknown: Collection[Path]) -> Any:
    return with_leaves(request, lambda value, path: UNKNOWN if path in unknown else value) if unknown else request


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for each in values:
        if each not in found:
            found.append(each)
    return found


def known(data: Any, context: Context | None) -> Any:
    """Data with its templates rendered for a run; `UNKNOWN` if that is not possible, or there is no run."""

    def leaf(value: Any, path: Path) -> Any:
        del path
        if not isinstance(value, str) or not has_template(value):
            return value
        text = render(value, context).text if context is not None else None
        return UNKNOWN if text is None else text

    return with_leaves(data, leaf)
