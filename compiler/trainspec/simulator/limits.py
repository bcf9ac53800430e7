"""AWS's normal behavior: delayed reads, instance quotas and rate limits."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from trainspec.simulator.errors import ApiError


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket for all calls of the operations that match: `burst` at once, then `per_second`."""

    per_second: float
    burst: int = 1
    operation: str = "*"

    def __post_init__(self) -> None:
        if not (self.per_second > 0 and self.burst >= 1):
            raise ValueError("a rate allows more than 0 calls per second, and at least 1 at once")


@dataclass
class Limits:
    """The account's limits, to be set at any time; without any at first.

    `lag` is for how many seconds after its creation only CreateTrainingJob knows a job. `quotas` says how many
    instances of a type may be in use at once; types that are not named have no quota. The quota is looked at before
    the name: AWS does not say which goes first, and this is the harder one for a client that sends a create again.
    """

    lag: float = 0
    quotas: Mapping[str, int] = field(default_factory=dict)
    _buckets: list["_Bucket"] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set_rates(self, *rates: Rate) -> None:
        """Apply these rates from now on, and no others; the buckets are full."""
        with self._lock:
            self._buckets = [_Bucket(rate, rate.burst) for rate in rates]

    def clear(self) -> None:
        """Lift all limits."""
        self.lag, self.quotas = 0, {}
        self.set_rates()

    def allows(self, operation: str, now: float) -> bool:
        """Take a token for a call at `now`, of every rate that it falls under; return whether each had one."""
        with self._lock:
            buckets = [bucket for bucket in self._buckets if fnmatchcase(operation, bucket.rate.operation)]
            taken = [bucket.take(now) for bucket in buckets]
        return all(taken)

    def check_quota(self, request: Mapping[str, Any], running: Iterable[Mapping[str, Any]], times: int = 1) -> None:
        """Raise ResourceLimitExceeded if `request`, `times` times, needs more than the `running` ones leave."""
        if not self.quotas:
            return
        used: dict[str, int] = {}
        for other in running:
            for kind, count in _instances(other).items():
                used[kind] = used.get(kind, 0) + count
        for kind, each in _instances(request).items():
            count = each * times
            if kind in self.quotas and used.get(kind, 0) + count > self.quotas[kind]:
                raise ApiError(
                    "ResourceLimitExceeded",
                    f"The account-level service limit '{kind} for training job usage' is {self.quotas[kind]} "
                    f"Instances, with current utilization of {used.get(kind, 0)} Instances and a request delta of "
                    f"{count} Instances. Please use AWS Service Quotas to request an increase for this quota. If "
                    "AWS Service Quotas is not available, contact AWS support to request an increase for this quota.",
                )


@dataclass
class _Bucket:
    rate: Rate
    tokens: float
    filled: float = 0

    def take(self, now: float) -> bool:
        self.tokens = min(self.rate.burst, self.tokens + (now - self.filled) * self.rate.per_second)
        self.filled = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


def _instances(request: Mapping[str, Any]) -> dict[str, int]:
    """Return how many instances of which type a request needs."""
    resources = request.get("ResourceConfig") or {}
    found: dict[str, int] = {}
    for group in resources.get("InstanceGroups") or (resources.get("InstancePreferences") or [resources])[:1]:
        kind = group.get("InstanceType")
        if kind:
            found[kind] = found.get(kind, 0) + int(group.get("InstanceCount") or resources.get("InstanceCount") or 1)
    return found
