"""Policies, held against a spec: against each job's request and fields, and its DAG."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from trainspec.diagnostics import Code, Diagnostic, Severity, codes
from trainspec.disk.globs import covers
from trainspec.policies.model import Limits, Policy, PolicySet
from trainspec.policies.schema import UNKNOWN, Failure, compiled
from trainspec.request.check import render_in
from trainspec.request.lower import Request, field_of
from trainspec.safety.budget import spend
from trainspec.schema.patterns import TooSlowError
from trainspec.schema.values import with_leaves
from trainspec.templates import Sample, has_template, render
from trainspec.text.fault import Fault, placed
from trainspec.text.tree import Mapping as Map
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.cost import DagCost, Prices
    from trainspec.language.data import SpecData

BASE = "default"
"""What `${env}` is where no environment is chosen."""

_STEPS_OF_POLICY = 2
_MOST_OF_ONE = 20
"""How many places of one job a policy reports."""
_IN_DOUBT = "this is only known when the task runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What policies see of a spec: its name, its environment, its data, its requests, its composed document.

    `written` is the document before any patch of an environment: a job's key is found there.
    `groups` holds the task ids of each matrix by its job's name; `invalid` are the places whose values were wrong;
    `samples` are the runs of each job's task that its templates are rendered for.
    """

    name: str
    dag_id: str
    environment: str | None
    region: str | None
    data: "SpecData"
    requests: Mapping[str, Request]
    root: Map
    written: Map
    groups: Mapping[str, Sequence[str]]
    samples: Mapping[str, Sequence[Sample]]
    invalid: Collection[Path] = ()


def run_policies(policies: PolicySet, document: Document) -> Iterator[Diagnostic]:
    """What the policies of a project find in a spec, at the places where the values are written."""
    here = [each for each in policies.policies if _is_about(each, document)]
    by_target = {target: [each for each in here if each.target == target] for target in ("request", "job", "dag")}
    if by_target["dag"]:
        dag = _known({"id": document.dag_id, **(document.data.get("dag") or {})}, ())
        for policy in by_target["dag"]:
            for failure, code in _failures(policy, [dag]):
                yield _of_dag(policy, failure, code, document)
    for name, request in document.requests.items():
        if ("jobs", name) not in document.invalid:
            yield from _of_job(name, request, by_target, document)
    yield from _limits(policies, [each for each in by_target["request"] if each.limits != _NO_LIMITS], document)


def _is_about(policy: Policy, document: Document) -> bool:
    environment = document.environment or BASE
    return (not policy.environments or environment in policy.environments) and (
        not policy.paths or any(covers(each, document.name) for each in policy.paths)
    )


def _is_waived(policy: Policy, document: Document, job: str | None) -> bool:
    """Whether an exception that has not ended is about the spec, and the job."""
    environment = document.environment or BASE
    return any(
        (not each.paths or any(covers(glob, document.name) for glob in each.paths))
        and (not each.environments or environment in each.environments)
        and (not each.jobs or (job is not None and any(covers(glob, job) for glob in each.jobs)))
        for each in policy.waivers
        if not each.has_ended
    )


def _of_job(
    name: str, request: Request, by_target: Mapping[str, Sequence[Policy]], document: Document
) -> Iterator[Diagnostic]:
    """What policies find in one job."""
    samples = document.samples.get(name, ())
    instances: list[Any] = []
    for policy in by_target["request"]:
        instances = instances or list(_renderings(request.members, samples))
        for failure, code in _failures(policy, instances):
            field = request.origin(failure.path) if failure.path else ()
            yield from _at_job(policy, failure, code, name, field, document, failure.path)
    fields: list[Any] = []
    for policy in by_target["job"]:
        fields = fields or [_known(document.data["jobs"][name], samples)]
        for failure, code in _failures(policy, fields):
            yield from _at_job(policy, failure, code, name, failure.path, document, ())


def _renderings(members: Mapping[str, Any], samples: Sequence[Sample]) -> Iterator[Any]:
    """A request as it is in each sample run: once where nothing in it differs."""
    for sample in samples or (None,):
        if sample is None:
            yield _known(members, ())
            return
        rendering = render_in(members, sample.context())
        unknown = rendering.unknown
        if unknown:
            yield with_leaves(rendering.request, lambda value, path: UNKNOWN if path in unknown else value)  # noqa: B023
        else:
            yield rendering.request
        if not rendering.templated:
            return


def _known(data: Any, samples: Sequence[Sample]) -> Any:
    """Data, its templates rendered for the first of `samples`; `UNKNOWN` where that gives nothing."""
    context = samples[0].context() if samples else None

    def leaf(value: Any, path: Path) -> Any:
        del path
        if not isinstance(value, str) or not has_template(value):
            return value
        text = render(value, context).text if context is not None else None
        return UNKNOWN if text is None else text

    return with_leaves(data, leaf)


def _failures(policy: Policy, instances: Sequence[Any]) -> Iterator[tuple[Failure, Code]]:
    """Where the instances fail a policy, each place once, with the code that the finding has."""
    spend(_STEPS_OF_POLICY)
    seen: dict[tuple[Path, bool], tuple[Failure, Code]] = {}
    try:
        for instance in instances:
            if policy.when is not None and compiled(policy.when)(instance, ()):
                continue
            for failure in compiled(policy.must)(instance, ()):
                code = _in_doubt(policy) if failure.in_doubt else policy.code
                known = seen.get((failure.path, failure.missing is None))
                if known is None or (known[0].in_doubt and not failure.in_doubt):
                    seen[(failure.path, failure.missing is None)] = (failure, code)
    except TooSlowError:
        yield Failure((), in_doubt=True), codes.NOT_DECIDED
        return
    sure = any(not failure.in_doubt for failure, _ in seen.values())
    shown = (each for each in seen.values() if not (sure and each[0].in_doubt))
    for _, each in zip(range(_MOST_OF_ONE), shown, strict=False):
        yield each


def _in_doubt(policy: Policy) -> Code:
    """A note, for what only the task's run can say; a locked policy, which nothing gets around, stays what it is."""
    return policy.code if policy.code.is_locked else replace(policy.code, severity=Severity.NOTE)


def _at_job(
    policy: Policy, failure: Failure, code: Code, job: str, field: Path, document: Document, member: Path
) -> Iterator[Diagnostic]:
    if _is_waived(policy, document, _job_of(job, document)):
        return
    path: Path = ("jobs", job, *field)
    is_invalid = any(path[:length] in document.invalid for length in range(1, len(path) + 1))
    is_unsure = failure.missing is not None and any(each[:2] == ("jobs", job) for each in document.invalid)
    if is_invalid or is_unsure:
        return
    at_job = failure.missing is not None or not field
    lacking = (*member, failure.missing) if failure.missing else member
    fault = Fault(
        code,
        ("jobs", job) if at_job else path,
        _message(policy, failure, code, field_of(lacking) if policy.target == "request" else (*field, failure.missing)),
        policy.advice,
        on_key=at_job or failure.on_key,
        member=(dotted(lacking) or None) if policy.target == "request" else None,
    )
    yield _at_key(fault, job, document) if at_job else placed(fault, document.root)


def _at_key(fault: Fault, task: str, document: Document) -> Diagnostic:
    """`fault` at the key of a task's job: that of the job itself, not that of a patch."""
    found = placed(fault, document.root)
    jobs = document.written.get("jobs")
    entry = jobs.entry(_job_of(task, document)) if isinstance(jobs, Map) else None
    return replace(found, span=entry.key.span, labels=()) if entry else found


def _of_dag(policy: Policy, failure: Failure, code: Code, document: Document) -> Diagnostic:
    is_missing = failure.missing is not None or not failure.path
    path: Path = ("dag",) if is_missing else ("dag", *failure.path)
    if document.root.get("dag") is None:
        path = ("trainspec",)
    message = _message(policy, failure, code, ("dag", *failure.path, failure.missing))
    return placed(
        Fault(code, path, message, policy.advice, on_key=is_missing or failure.on_key or path == ("trainspec",)),
        document.root,
    )


def _message(policy: Policy, failure: Failure, code: Code, field: tuple[str | int | None, ...] | None) -> str:
    """What is said; `field` is what is missing in the spec's words, where it is known by a field's name."""
    if code.id != policy.id:
        return f"{policy.id} cannot be decided here: one of its regular expressions takes too long"
    if failure.in_doubt:
        return f"{policy.message}; {_IN_DOUBT}"
    if failure.missing is None:
        return policy.message
    said = dotted(tuple(each for each in field if each is not None)) if field else failure.missing
    return f"{policy.message} (`{said}` is missing)"


def _job_of(task: str, document: Document) -> str:
    """The job that a task is a point of; itself where it is none."""
    return next((name for name, tasks in document.groups.items() if task in tasks), task)


# ---------------------------------------------------------------------- hours and money

_NO_LIMITS = Limits()


def _limits(policies: PolicySet, limited: Sequence[Policy], document: Document) -> Iterator[Diagnostic]:
    """What takes more machine hours or money than a policy allows; each job with all points of its matrix."""
    if not limited or document.invalid:
        return
    cost = cost_of(document, policies.prices)
    without_prices = False
    for policy in limited:
        for job in cost.jobs:
            tasks = document.groups.get(job.job, (job.job,))
            if _is_waived(policy, document, job.job) or not _applies(policy, tasks[0], document):
                continue
            message = beyond(policy, job.hours, job.cost, policies.prices.currency if policies.prices else None)
            if message is None:
                continue
            code = policy.code if message[1] else codes.NOT_DECIDED
            if policies.prices is None and not message[1] and policy.limits.cost is not None:
                if without_prices:
                    continue
                without_prices = True
            fault = Fault(code, ("jobs", tasks[0]), message[0], policy.advice, on_key=True)
            yield _at_key(fault, tasks[0], document)


def _applies(policy: Policy, task: str, document: Document) -> bool:
    """Whether the policy is about the job; it is, where that takes too long to find out."""
    if policy.when is None:
        return True
    instance = next(_renderings(document.requests[task].members, document.samples.get(task, ())))
    try:
        return not compiled(policy.when)(instance, ())
    except TooSlowError:
        return True


def beyond(
    policy: Policy, hours: Fraction | None, cost: Fraction | None, currency: str | None
) -> tuple[str, bool] | None:
    """What is said of a job that may take `hours` and `cost`, and whether that is sure; None where it is allowed."""
    most = policy.limits
    if most.hours is not None:
        if hours is None:
            return f"{policy.id} is not checked: the machine hours are not known before the task runs", False
        if hours > Fraction(str(most.hours)):
            return f"{policy.message} (up to {_number(hours)} machine hours; at most {_number(most.hours)})", True
    if most.cost is not None:
        if currency is None:
            return f"{policy.id} is not checked: there is no price table; set `prices` in the settings", False
        if most.currency not in (None, currency):
            return f"{policy.id} is not checked: it is in {most.currency}, the price table in {currency}", False
        if cost is None:
            return f"{policy.id} is not checked: the price table does not have a price for all of the job", False
        if cost > Fraction(str(most.cost)):
            return f"{policy.message} (up to {float(cost):,.2f} {currency}; at most {_number(most.cost)})", True
    return None


def _number(value: Any) -> str:
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")


def cost_of(document: Document, prices: "Prices | None") -> "DagCost":
    """The bound of the jobs of a document."""
    from trainspec.cost import dag_cost

    members = {name: request.members for name, request in document.requests.items()}
    return dag_cost(document.dag_id, document.name, document.data, members, document.groups, prices, document.region)
