"""Limits that AWS states only in prose: of the API, the default quotas, and warm pools."""

from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple, TypeAlias

from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView
from trainspec.units import duration

Kind: TypeAlias = Literal["refused", "shortened", "quota"]


class Limit(NamedTuple):
    """A member's limits, both inclusive. `kind` is what happens to a value beyond them."""

    kind: Kind
    members: str
    most: int | None
    least: int | None
    message: str
    advice: str
    source: str


_API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_QUOTAS = "https://docs.aws.amazon.com/general/latest/gr/sagemaker.html"

_ONE = "a job needs at least one instance, but this sets {value}"
_PER_JOB = "by default, a job can use at most 20 instances, but this requests {value}"

PER_JOB = 20
"""The instances of a job, unless the account's quota was raised."""

LONGEST_RUN = 28 * 86400
"""In seconds. No quota allows more."""

LIMITS = (
    Limit(
        "refused", "ResourceConfig.InstanceCount", None, 1, _ONE, "write 1 or more", f"{_API}/API_ResourceConfig.html"
    ),
    Limit(
        "refused",
        "ResourceConfig.InstanceGroups.*.InstanceCount",
        None,
        1,
        _ONE,
        "write 1 or more, or remove the group",
        f"{_API}/API_InstanceGroup.html",
    ),
    Limit(
        "refused",
        "ResourceConfig.InstancePreferences.*.InstanceCount",
        None,
        1,
        _ONE,
        "write 1 or more, or remove the preference",
        f"{_API}/API_InstancePreference.html",
    ),
    Limit(
        "refused",
        "ResourceConfig.InstancePlacementConfig.PlacementSpecifications.*.InstanceCount",
        None,
        1,
        _ONE,
        "write 1 or more",
        f"{_API}/API_PlacementSpecification.html",
    ),
    Limit(
        "refused",
        "ResourceConfig.VolumeSizeInGB",
        None,
        1,
        "a volume has at least 1 GB, but this sets {value}",
        "write, for example, 30, or remove it if the instance type has its own storage",
        f"{_API}/API_ResourceConfig.html",
    ),
    Limit(
        "refused",
        "ResourceConfig.VolumeSizeInGB",
        16384,
        None,
        "a volume has at most 16,384 GB, but this sets {value}",
        "write 16384 or less",
        f"{_API}/API_ResourceConfig.html",
    ),
    Limit(
        "refused",
        "StoppingCondition.MaxRuntimeInSeconds",
        LONGEST_RUN,
        None,
        "a job can run for at most 28 days, but this sets {duration}",
        "write `28d` or less",
        f"{_API}/API_StoppingCondition.html",
    ),
    Limit(
        "shortened",
        "ResourceConfig.KeepAlivePeriodInSeconds",
        3600,
        None,
        "a warm pool is kept for at most an hour, but this sets {duration}",
        "write `1h` or less",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html",
    ),
    Limit(
        "quota",
        "StoppingCondition.MaxRuntimeInSeconds",
        5 * 86400,
        None,
        "by default, a job can run for at most 5 days, but this sets {duration}",
        "request a higher quota (Longest run time for a training job), or write `5d` or less",
        _QUOTAS,
    ),
    Limit("quota", "ResourceConfig.InstanceCount", PER_JOB, None, _PER_JOB, "request a higher quota", _QUOTAS),
    Limit(
        "quota",
        "ResourceConfig.InstanceGroups.*.InstanceCount",
        PER_JOB,
        None,
        _PER_JOB,
        "request a higher quota",
        _QUOTAS,
    ),
    Limit(
        "quota",
        "ResourceConfig.InstancePreferences.*.InstanceCount",
        PER_JOB,
        None,
        _PER_JOB,
        "request a higher quota",
        _QUOTAS,
    ),
)
"""As of 2026-11-28."""


def beyond(job: JobView, kind: Kind) -> Iterator[Found]:
    """The numbers of a job that are beyond a limit of one kind."""
    if kind == "quota":
        yield from _of_all_groups(job)
    for limit in _of_kind(kind):
        for place, value in places(job, limit.members):
            if not isinstance(value, int) or isinstance(value, bool):
                continue
            is_beyond = (limit.most is not None and value > limit.most) or (
                limit.least is not None and value < limit.least
            )
            if is_beyond and not (kind == "quota" and value > LONGEST_RUN):
                message = limit.message.format(value=f"{value:,}", duration=duration(value))
                yield Found(job.origin(*place), message, limit.advice)


@cache
def _of_kind(kind: Kind) -> tuple[Limit, ...]:
    return tuple(limit for limit in LIMITS if limit.kind == kind)


def _of_all_groups(job: JobView) -> Iterator[Found]:
    """The instances of all groups together, if no single group exceeds the quota."""
    counts = [value for _place, value in places(job, "ResourceConfig.InstanceGroups.*.InstanceCount")]
    known = [value for value in counts if isinstance(value, int)]
    if len(known) > 1 and len(known) == len(counts) and sum(known) > PER_JOB >= max(known):
        message = _PER_JOB.format(value=f"{sum(known)}, in {len(known)} groups")
        yield Found(job.origin("ResourceConfig", "InstanceGroups"), message, "request a higher quota")
