"""What policies allow a job to take: machine hours and money, each job with all points of its matrix."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from trainspec.diagnostics import Diagnostic, codes
from trainspec.policies.document import Document, at_key, is_waived
from trainspec.policies.instances import Job
from trainspec.policies.model import Limits, Policy, PolicySet
from trainspec.policies.schema import compiled
from trainspec.schema.patterns import TooSlowError
from trainspec.text.fault import Fault

if TYPE_CHECKING:
    from trainspec.cost import DagCost, Prices

_NO_LIMITS = Limits()


def check_limits(
    policies: PolicySet, of_requests: Sequence[Policy], document: Document, jobs: Mapping[str, Job]
) -> Iterator[Diagnostic]:
    """What takes more machine hours or money than a policy allows.

    What cannot be counted is a note, and of a locked policy what the policy says.
    """
    limited = [each for each in of_requests if each.limits != _NO_LIMITS]
    if not limited or document.invalid:
        return
    cost = cost_of(document, policies.prices)
    without_prices = False
    for policy in limited:
        for job in cost.jobs:
            tasks = document.groups.get(job.job, (job.job,))
            if is_waived(policy, document, job.job) or not any(_applies(policy, jobs[task]) for task in tasks):
                continue
            message = beyond(policy, job.hours, job.cost, policies.prices.currency if policies.prices else None)
            if message is None:
                continue
            code = policy.code if message[1] or policy.code.is_locked else codes.NOT_DECIDED
            if policies.prices is None and not message[1] and policy.limits.cost is not None:
                if without_prices:
                    continue
                without_prices = True
            fault = Fault(code, ("jobs", tasks[0]), message[0], policy.advice, on_key=True)
            yield at_key(fault, tasks[0], document)


def _applies(policy: Policy, job: Job) -> bool:
    """Whether the policy is about some training job of the task; it is, where that is not known, or not soon."""
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
