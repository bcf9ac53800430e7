"""What policies allow a job to take: machine hours and money, each job with all points of its matrix."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from trainspec.diagnostics import Code, Diagnostic, codes
from trainspec.policies.document import Document, at_key, is_waived
from trainspec.policies.instances import Job
from trainspec.policies.model import Limits, Policy, PolicySet
from trainspec.policies.schema import compiled
from trainspec.schema.patterns import TooSlowError
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.cost import DagCost, Prices

_NO_LIMITS = Limits()
_OF_HOURS = (
    "write the numbers themselves: `resources.instance_count` and `stopping.max_runtime`, and for a tuning job "
    "also `tuning.limits.jobs`"
)


def check_limits(
    policies: PolicySet, of_requests: Sequence[Policy], document: Document, jobs: Mapping[str, Job]
) -> Iterator[Diagnostic]:
    """What takes more machine hours or money than a policy allows.

    What cannot be counted is a note, and of a locked policy what the policy says.
    """
    limited = [each for each in of_requests if each.limits != _NO_LIMITS]
    if not limited or document.invalid:
        return
    bounds = [(job.job, job.hours, job.cost) for job in cost_of(document, policies.prices).jobs]
    bounds += [(name, None, None) for name, job in jobs.items() if job.request is None]
    without_prices = False
    for policy in limited:
        for name, hours, cost in bounds:
            tasks = document.groups.get(name, (name,))
            if is_waived(policy, document, name) or not any(_applies(policy, jobs[task]) for task in tasks):
                continue
            found = beyond(policy, hours, cost, policies.prices.currency if policies.prices else None)
            if found is None:
                continue
            if policies.prices is None and not found.is_sure and policy.limits.cost is not None:
                if without_prices:
                    continue
                without_prices = True
            section = jobs[tasks[0]].section
            fault = Fault(*_said(policy, found, (section, tasks[0])), on_key=True)
            yield at_key(fault, section, tasks[0], document)


def _applies(policy: Policy, job: Job) -> bool:
    """Whether the policy is about some training job of the task; true if that is not known, or takes too long."""
    if policy.when is None:
        return True
    try:
        return any(
            all(failure.in_doubt for failure in compiled(policy.when)(value, ()))
            for instances in job.instances(policy)
            for value in instances.values
        )
    except TooSlowError:
        return True


class Beyond(NamedTuple):
    """A job that takes more than a policy allows, or that this is not known of: why, and what would say it."""

    why: str
    is_sure: bool
    cure: str | None = None


def _said(policy: Policy, found: Beyond, place: Path) -> tuple[Code, Path, str, str | None]:
    if found.is_sure:
        return policy.code, place, f"{policy.message} ({found.why})", policy.advice
    if policy.code.is_locked:
        message = f"{policy.message}; {found.why}, and the policy is locked"
        return policy.code, place, message, found.cure
    return codes.NOT_DECIDED, place, f"{policy.id} is not checked: {found.why}", found.cure


def beyond(policy: Policy, hours: Fraction | None, cost: Fraction | None, currency: str | None) -> Beyond | None:
    """What is said of a job that may take `hours` and `cost`; None if it is allowed."""
    most = policy.limits
    if most.hours is not None:
        if hours is None:
            return Beyond("the machine hours are not known before the task runs", False, _OF_HOURS)
        if hours > Fraction(str(most.hours)):
            return Beyond(f"up to {_number(hours)} machine hours; at most {_number(most.hours)}", True)
    if most.cost is not None:
        if currency is None:
            return Beyond("there is no price table", False, "set `prices` in the settings")
        if most.currency not in (None, currency):
            cure = f"write `max_cost` in {currency}, or use another price table"
            return Beyond(f"its limit is in {most.currency}, but the price table is in {currency}", False, cure)
        if cost is None:
            why = "the price table does not cover the whole job, or its hours are not known"
            return Beyond(why, False, "run `trainspec cost` to see what is missing")
        if cost > Fraction(str(most.cost)):
            return Beyond(f"up to {float(cost):,.2f} {currency}; at most {_number(most.cost)}", True)
    return None


def _number(value: Any) -> str:
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")


def cost_of(document: Document, prices: "Prices | None") -> "DagCost":
    """The bound of the jobs of a document, and of those that its other tasks start."""
    from trainspec.cost import dag_cost

    members = {name: request.members for name, request in document.requests.items()}
    return dag_cost(document.dag_id, document.name, document.data, members, document.groups, prices, document.region)
