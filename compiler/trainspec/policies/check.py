"""Checks policies against a spec: against each job's requests and fields, and its DAG."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trainspec.diagnostics import Code, Diagnostic, codes
from trainspec.policies.document import Document, at_key, in_doubt, is_about, is_waived
from trainspec.policies.instances import Instances, Job, known
from trainspec.policies.limits import check_limits
from trainspec.policies.model import TARGETS, Policy, PolicySet
from trainspec.policies.schema import compiled
from trainspec.policies.seen import Seen, value_at
from trainspec.policies.values import Failure
from trainspec.request.api.model import TUNING
from trainspec.request.lower import field_of
from trainspec.request.started import CONFIG, task_requests
from trainspec.safety.budget import spend
from trainspec.schema.patterns import TooSlowError
from trainspec.text.fault import Fault, placed
from trainspec.text.tree import Path, dotted

_STEPS_OF_POLICY = 2
_MOST_OF_ONE = 20
"""How many places of one job a policy reports."""
_IN_DOUBT = "this is only known when the task runs"
_OF_LOCKED = "write the value itself, or take it from a parameter whose `enum` lists all values that a run may choose"
_OF_DATE = "write the whole date, such as `{{ ds }}`: a locked policy treats a part of a date as an unknown value"
_PART_OF_DATE = re.compile(
    r"\{\{[^{}'\"]*\b(?:ds|ts|ds_nodash|ts_nodash|ts_nodash_with_tz|[a-z_]+_date|data_interval_(?:start|end))"
    r"(?:\[[^{}]*:|\.(?:strftime|year|month|day|hour|minute|second|microsecond)\b)"
)
_OF_TUNED = "a tuning job may choose any value in the range: set it under `hyperparameters` instead of tuning it"


def run_policies(policies: PolicySet, document: Document) -> Iterator[Diagnostic]:
    """The findings of a project's policies in a spec, at the places where the values are written."""
    here = [each for each in policies.policies if is_about(each, document)]
    by_target = {target: [each for each in here if each.target == target] for target in TARGETS}
    if by_target["dag"]:
        dag = Instances(None, [known({"id": document.dag_id, **(document.data.get("dag") or {})}, None)])
        for policy in by_target["dag"]:
            for failure, _, code in _failures(policy, [dag]):
                yield _of_dag(policy, failure, code, document)
    jobs = {name: Job(name, request, document) for name, request in document.requests.items()}
    tasks = {name: Job(name, request, document, "tasks") for name, request in task_requests(document.data)}
    for job in (*jobs.values(), *tasks.values()):
        if (job.section, job.name) not in document.invalid:
            yield from _of_job(job, by_target, document)
    yield from check_limits(policies, by_target["request"], document, {**jobs, **tasks})


def _of_job(job: Job, by_target: Mapping[str, Sequence[Policy]], document: Document) -> Iterator[Diagnostic]:
    """What policies find in one job."""
    for target in ("request", "tuning", "job"):
        for policy in by_target[target]:
            for failure, seen, code in _failures(policy, job.instances(policy)):
                yield from _at_job(policy, failure, code, job, seen, document)


def _failures(policy: Policy, instances: Sequence[Instances]) -> Iterator[tuple[Failure, Seen | None, Code]]:
    """Where the instances fail a policy, each place once, with the code that the finding has."""
    spend(_STEPS_OF_POLICY * max(len(instances), 1))
    found: dict[tuple[Path, bool], tuple[Failure, Seen | None, Code]] = {}
    try:
        for seen, values in instances:
            for value in values:
                for failure in _failing(policy, value):
                    code = in_doubt(policy) if failure.in_doubt else policy.code
                    key = (seen.member(failure.path) if seen else failure.path, failure.missing is None)
                    other = found.get(key)
                    if other is None or (other[0].in_doubt and not failure.in_doubt):
                        found[key] = (failure, seen, code)
    except TooSlowError:
        code = policy.code if policy.code.is_locked else codes.NOT_DECIDED
        yield Failure((), in_doubt=True, is_slow=True), instances[0].seen, code
        return
    is_sure = any(not failure.in_doubt for failure, _, _ in found.values())
    shown = (each for each in found.values() if not (is_sure and each[0].in_doubt))
    for _, each in zip(range(_MOST_OF_ONE), shown, strict=False):
        yield each


def _failing(policy: Policy, value: Any) -> Sequence[Failure]:
    """The failures of `must`; in doubt if it is only known at run time whether the policy is about it at all."""
    unmet = compiled(policy.when)(value, ()) if policy.when is not None else []
    if any(not each.in_doubt for each in unmet):
        return ()
    failures = compiled(policy.must)(value, ())
    return [each._replace(in_doubt=True) for each in failures] if unmet else failures


def _at_job(
    policy: Policy, failure: Failure, code: Code, job: Job, seen: Seen | None, document: Document
) -> Iterator[Diagnostic]:
    if is_waived(policy, document, document.job_of(job.name)):
        return
    of_task = job.section != "jobs"
    field = seen.origin(failure.path) if seen else CONFIG if of_task else failure.path
    path: Path = (job.section, job.name, *field)
    is_invalid = any(path[:length] in document.invalid for length in range(1, len(path) + 1))
    is_unsure = failure.missing is not None and any(each[:2] == path[:2] for each in document.invalid)
    if is_invalid or is_unsure:
        return
    at_job = failure.missing is not None or not field
    last = (failure.missing,) if failure.missing else ()
    member = (*seen.member(failure.path), *last) if seen and failure.path else last if seen else ()
    lacking: Path | None = (*field, *last)
    if seen and of_task:
        lacking = (*failure.path, *last)
    elif seen:
        lacking = field_of((*failure.path, *last), TUNING if policy.target == "tuning" else seen.operation)
    written = value_at(document.data, path)
    fault = Fault(
        code,
        path[:2] if at_job else path,
        _message(policy, failure, lacking),
        _advice(policy, failure, seen, written),
        on_key=at_job or failure.on_key,
        member=dotted(member) or None,
    )
    yield at_key(fault, job.section, job.name, document) if at_job else placed(fault, document.root)


def _of_dag(policy: Policy, failure: Failure, code: Code, document: Document) -> Diagnostic:
    is_missing = failure.missing is not None or not failure.path
    path: Path = ("dag",) if is_missing else ("dag", *failure.path)
    if document.root.get("dag") is None:
        path = ("trainspec",)
    message = _message(policy, failure, ("dag", *failure.path, *((failure.missing,) if failure.missing else ())))
    return placed(
        Fault(code, path, message, policy.advice, on_key=is_missing or failure.on_key or path == ("trainspec",)),
        document.root,
    )


def _message(policy: Policy, failure: Failure, field: Path | None) -> str:
    """The message; `field` is what is missing in the spec's words, if it is known by a field's name."""
    if failure.is_slow:
        return f"{policy.id} cannot be decided here: one of its regular expressions takes too long"
    if failure.in_doubt:
        because = ", and the policy is locked" if policy.code.is_locked else ""
        return f"{policy.message}; {_IN_DOUBT}{because}"
    if failure.missing is None:
        return policy.message
    return f"{policy.message} (`{dotted(field) if field else failure.missing}` is missing)"


def _advice(policy: Policy, failure: Failure, seen: Seen | None, written: Any) -> str | None:
    if not (failure.in_doubt and policy.code.is_locked) or failure.is_slow:
        return policy.advice
    if seen is not None and seen.is_tuned(failure.path):
        return _OF_TUNED
    return _OF_DATE if isinstance(written, str) and _PART_OF_DATE.search(written) else _OF_LOCKED
