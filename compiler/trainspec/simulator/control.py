"""`/_simulator/…`: what a test in another process reads and sets. Plain JSON, no AWS protocol; secrets are masked.

A POST needs the header `Content-Type: application/json`, and no web page is served (`access.py`).

GET health, calls[?operation=&name=], jobs; POST faults (a Fault's fields), outcomes (`pattern` and an Outcome's
fields), limits (`lag`, `quotas`, `rates`; what is not named is lifted), clock (`advance`: seconds, for a manual clock);
DELETE faults.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

from trainspec.safety.masking import redacted
from trainspec.simulator.clock import ManualClock
from trainspec.simulator.endpoint import Endpoint
from trainspec.simulator.errors import ApiError
from trainspec.simulator.faults import Fault
from trainspec.simulator.jobs import describe
from trainspec.simulator.limits import Rate
from trainspec.simulator.outcomes import Outcome, Plan
from trainspec.simulator.protocol import Reply, error_reply, json_reply, read_params

PREFIX = "/_simulator/"


def control(endpoint: Endpoint, method: str, target: str, body: bytes) -> Reply:
    """Serve `method` on `target` (path and query)."""
    parts = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    route = _ROUTES.get((method, parts.path.removeprefix(PREFIX)))
    if route is None:
        return error_reply(ApiError("NotFound", f"No {method} {parts.path} here.", 404))
    try:
        return json_reply(route(endpoint, query, read_params(body)), content_type="application/json")
    except ApiError as error:
        return error_reply(error)
    except (TypeError, ValueError) as error:
        return error_reply(ApiError("BadRequest", str(error)))


def _health(endpoint: Endpoint, query: Mapping[str, str], params: Mapping[str, Any]) -> Any:
    return {"status": "ok", "time": endpoint.account.clock.now(), "jobs": len(endpoint.account.jobs())}


def _calls(endpoint: Endpoint, query: Mapping[str, str], params: Mapping[str, Any]) -> Any:
    return [asdict(call) for call in endpoint.journal.calls(query.get("operation"), query.get("name"))]


def _jobs(endpoint: Endpoint, query: Mapping[str, str], params: Mapping[str, Any]) -> Any:
    now = endpoint.account.clock.now()
    return [redacted({**describe(job, now), "Tags": job.tags}) for job in endpoint.account.jobs()]


def _add_fault(endpoint: Endpoint, query: Mapping[str, str], params: Mapping[str, Any]) -> Any:
    endpoint.faults.add(Fault(**params))
    return _pending(endpoint, query, params)


def _pending(endpoint: Endpoint, query: Mapping[str, str], params: Mapping[str, Any]) -> Any:
    return [asdict(fault) for fault in endpoint.faults.pending()]


def _clear_faults(endpoint: Endpoint, query: Mapping[str, str], params: Mapping[str, Any]) -> Any:
    endpoint.faults.clear()
    return []


def _set_limits(endpoint: Endpoint, query: Mapping[str, str], params: Mapping[str, Any]) -> Any:
    limits = endpoint.account.limits
    lag, quotas, rates = _limits(**params)
    limits.lag, limits.quotas = lag, quotas
    limits.set_rates(*rates)
    return {}


def _limits(
    lag: float = 0, quotas: Mapping[str, int] | None = None, rates: Sequence[Mapping[str, Any]] = ()
) -> tuple[float, Mapping[str, int], list[Rate]]:
    quotas = quotas or {}
    if not all(isinstance(number, int | float) for number in (lag, *quotas.values())):
        raise TypeError("lag is a number of seconds, and a quota a number of instances")
    return lag, quotas, [Rate(**rate) for rate in rates]


def _add_outcome(endpoint: Endpoint, query: Mapping[str, str], params: Mapping[str, Any]) -> Any:
    plan = endpoint.account.choose
    if not isinstance(plan, Plan):
        raise TypeError("this simulator's outcomes are chosen by a function")
    fields = dict(params)
    pattern = fields.pop("pattern", "*")
    if not isinstance(pattern, str):
        raise TypeError("pattern is a glob")
    plan.add(pattern, Outcome(**fields))
    return {}


def _advance(endpoint: Endpoint, query: Mapping[str, str], params: Mapping[str, Any]) -> Any:
    clock, seconds = endpoint.account.clock, params.get("advance")
    if not isinstance(clock, ManualClock):
        raise TypeError("this simulator's clock runs by itself")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise TypeError("advance is a number of seconds")
    clock.advance(seconds)
    return {"time": clock.now()}


_Route = Callable[[Endpoint, Mapping[str, str], Mapping[str, Any]], Any]
_ROUTES: dict[tuple[str, str], _Route] = {
    ("GET", "health"): _health,
    ("GET", "calls"): _calls,
    ("GET", "jobs"): _jobs,
    ("GET", "faults"): _pending,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "outcomes"): _add_outcome,
    ("POST", "limits"): _set_limits,
    ("POST", "clock"): _advance,
}
