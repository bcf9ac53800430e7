"""Runs all rules on a document: their findings, at the nodes that they concern."""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Map
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeAlias

from trainspec.diagnostics import Code, Diagnostic
from trainspec.request.lower import Request
from trainspec.rules.support.registry import rules_for, rules_of_specs
from trainspec.rules.support.view import Found, JobView, SpecView
from trainspec.safety.budget import spend
from trainspec.templates import Sample
from trainspec.text.fault import Fault, nearest, placed
from trainspec.text.tree import Mapping, Path

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

_STEPS_OF_RULE, _STEPS_OF_FINDING = 3, 50
_MOST_REMEMBERED = 5_000

FoundByRule: TypeAlias = Map[Code, Sequence[Found]]
Memory: TypeAlias = dict[str, FoundByRule]
"""What the rules said of each job that was looked at, by all that they see of it."""

_memory: ContextVar[Memory | None] = ContextVar("what rules said of jobs", default=None)


def run_rules(
    data: "SpecData",
    requests: Map[str, Request],
    root: Mapping,
    samples: Map[str, Sequence[Sample]],
    invalid: Collection[Path] = (),
) -> Iterator[Diagnostic]:
    """What the rules find in a spec: its `data`, its jobs' `requests`, its composed document `root`.

    `samples` are the runs of each job's task that its templates are rendered for. Nothing is said of the fields in
    `invalid`: their values were taken out because they are wrong.
    """
    for above, code, found in _found(_view(data, requests, samples, invalid)):
        path = (*above, *found.at)
        if not any(path[:length] in invalid for length in range(1, len(path) + 1)):
            yield _placed(code, found, above, root)


def _view(
    data: "SpecData", requests: Map[str, Request], samples: Map[str, Sequence[Sample]], invalid: Collection[Path]
) -> SpecView:
    """The spec as rules see it, without the jobs that were taken out as a whole."""
    dag = data.get("dag", {})
    jobs = [
        JobView(
            name,
            data["jobs"][name],
            request.training.members,
            dag,
            frozenset(_invalid_fields(name, invalid)),
            samples[name],
            request.training,
            request if request.of_training else None,
        )
        for name, request in requests.items()
        if ("jobs", name) not in invalid
    ]
    return SpecView(data, jobs)


def _invalid_fields(job: str, invalid: Collection[Path]) -> Iterator[str]:
    """The first keys of the invalid fields of a job; of those in `tuning`, the first two as well."""
    for path in invalid:
        if path[:2] == ("jobs", job) and len(path) > 2:
            yield str(path[2])
            if path[2] == "tuning" and len(path) > 3:
                yield f"tuning.{path[3]}"


def _found(spec: SpecView) -> Iterator[tuple[Path, Code, Found]]:
    """Everything that any rule says, in order of the codes, with the path that its places begin at."""
    found: list[tuple[Path, Code, Found]] = []
    for rule in rules_of_specs():
        found += [((), rule.code, each) for each in (rule.check_spec(spec) if rule.check_spec else ())]
    memory = _memory.get()
    for job in spec.jobs:
        of_job = _of_job(job) if memory is None else _remembered(job, memory)
        found += [(("jobs", job.name), code, each) for code, said in of_job.items() for each in said]
    return iter(sorted(found, key=lambda each: each[1].id))


def _of_job(job: JobView) -> FoundByRule:
    """The findings of each rule about a job, by the rule's code; rules without findings are left out."""
    rules = rules_for(job)
    spend(_STEPS_OF_RULE * len(rules))
    said = ((rule.code, tuple(rule.check_job(job))) for rule in rules if rule.check_job)
    return {code: found for code, found in said if found}


def _remembered(job: JobView, memory: Memory) -> FoundByRule:
    """The same, from `memory` where this very job has been looked at before."""
    key = repr((job.name, job.fields, job.request, job.tuning, job.dag, sorted(job.invalid_fields), job.samples))
    if key not in memory:
        if len(memory) >= _MOST_REMEMBERED:
            memory.clear()
        memory[key] = _of_job(job)
    return memory[key]


@contextmanager
def remembering(memory: Memory) -> Iterator[None]:
    """Inside, a job that has not changed is not looked at again: what the rules said of it is in `memory`."""
    token = _memory.set(memory)
    try:
        yield
    finally:
        _memory.reset(token)


def _placed(code: Code, found: Found, above: Path, root: Mapping) -> Diagnostic:
    spend(_STEPS_OF_FINDING)
    path = (*above, *found.at)
    at = nearest(root, path)
    on_key = found.on_key or len(at) <= len(above)  # what is said of a whole job is said at its name
    fault = Fault(code, path, found.message, found.advice, on_key, fix=found.fix if at == path else None)
    return placed(fault, root)._replace(labels=()) if on_key else placed(fault, root)
