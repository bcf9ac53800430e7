"""The examples of policies: whether each is judged as it should be."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from trainspec.diagnostics import Diagnostic, codes
from trainspec.diagnostics.words import shorten
from trainspec.policies.limits import Beyond, beyond
from trainspec.policies.model import Limits, Policy
from trainspec.policies.schema import compiled
from trainspec.schema.patterns import TooSlowError
from trainspec.text.fault import Fault, placed
from trainspec.text.tree import Node, dotted

if TYPE_CHECKING:
    from trainspec.cost.model import Prices

_KINDS = {"object": "a mapping", "array": "a list"}


def wrong_examples(policy: Policy, tree: Node, prices: "Prices | None") -> Iterator[Diagnostic]:
    """The examples of a policy that it judges wrongly, and a warning if it has none of a kind."""
    for kind, examples in (("good", policy.good), ("bad", policy.bad)):
        if not examples:
            advice = f"add an example under `{kind}` that `must` should {'accept' if kind == 'good' else 'reject'}"
            message = f"{policy.id} has no {kind} example"
            yield placed(Fault(codes.NO_EXAMPLE, ("id",), message, advice), tree)
        for path, example in examples:
            if (malformed := _malformed(policy, example)) is not None:
                yield placed(Fault(codes.WRONG_EXAMPLE, path, f"this example is not a request: {malformed}"), tree)
                continue
            why = _why_refused(policy, example, prices)
            if (why is None) is (kind == "bad"):
                message = (
                    f"{policy.id} accepts this bad example" if why is None else f"{policy.id} rejects this good example"
                )
                yield placed(Fault(codes.WRONG_EXAMPLE, path, message, why), tree)


def _why_refused(policy: Policy, example: Any, prices: "Prices | None") -> str | None:
    try:
        failures = compiled(policy.must)(example, ())
    except TooSlowError:
        return "one of its regular expressions takes too long"
    if failures:
        first = failures[0]
        place = ".".join(map(str, first.path))
        missing = f"`{first.missing}` is missing" if first.missing else f"`{place}` is rejected" if place else None
        return missing or "it is rejected as a whole"
    limited = _limited(policy, example, prices)
    return limited.why if limited is not None and limited.is_sure else None


def _malformed(policy: Policy, example: Any) -> str | None:
    """The part of an example that is not a map or list as in the API, so that its hours cannot be counted."""
    if policy.limits == Limits() or not isinstance(example, dict):
        return None
    from trainspec.request.api.check import violations

    for each in violations(example):
        if each.constraint == "type" and each.limit in _KINDS:
            return f"`{dotted(each.path)}` must be {_KINDS[each.limit]}"
        if each.constraint == "unknown" and len(each.path) == 1:
            return f"there is no member `{shorten(str(each.path[0]))}`"
    return None


def _limited(policy: Policy, example: Any, prices: "Prices | None") -> Beyond | None:
    from trainspec.cost import dag_cost

    hours: Fraction | None = None
    cost: Fraction | None = None
    if isinstance(example, dict) and (policy.limits.hours is not None or policy.limits.cost is not None):
        job = dag_cost("", "", {"jobs": {"job": {}}}, {"job": example}, {}, prices).jobs[0]
        hours, cost = job.hours, job.cost
    return beyond(policy, hours, cost, prices.currency if prices else None)
