"""An instance type that is not available for training in the region.

SageMaker's error: `The requested resource training-job/ml.p2.xlarge is not available in this region`. Only instance
types whose availability no longer changes are checked: if EC2 does not offer a type in a region, neither does
SageMaker. New types arrive in regions all the time, so most are not checked.

https://aws.amazon.com/sagemaker/ai/pricing/
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import instance_family
from trainspec.request.machines import as_of, regions_of
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.regions import region_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS852", "an instance type that is not available in the region", Severity.WARNING)

BAD = """
region: us-west-1
image: 123456789012.dkr.ecr.us-west-1.amazonaws.com/my-algo:1
resources: {instance_type: ml.p2.xlarge}
"""

GOOD = """
region: us-west-2
image: 123456789012.dkr.ecr.us-west-2.amazonaws.com/my-algo:1
resources: {instance_type: ml.p2.xlarge}
"""

_OLD = (
    "us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1", "ap-northeast-2",
    "ap-south-1", "ap-southeast-1", "ap-southeast-2", "cn-north-1", "cn-northwest-1", "us-gov-west-1",
)  # fmt: skip
REGIONS: dict[str, tuple[str, ...]] = {
    "p2": _OLD,
    "p3": (*_OLD, "ca-central-1", "eu-west-2"),
    "p3dn": ("us-east-1", "us-west-2", "ap-northeast-1", "eu-west-1", "us-gov-west-1"),
    "t2": (),
    "t3": ("us-east-1", "us-east-2", "us-west-2"),
}  # fmt: skip
"""Machines that are gone from EC2's lists, or that SageMaker offers in fewer regions for training than EC2 does."""

ALSO: dict[str, tuple[str, ...]] = {
    "p4d": ("ap-southeast-1", "us-gov-west-1", "us-gov-east-1", "il-central-1"),
    "p5": ("eu-central-1", "eu-west-1", "eu-south-2", "us-gov-east-1", "us-gov-west-1"),
}
"""Regions of SageMaker's price list (2026-11) that the snapshot of EC2's answers does not have."""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the machines in the job's region."""
    found = region_of(job)
    for name, place in instance_types(job) if found else ():
        where = _regions(name, found[0]) if found else None
        if found is None or where is None or found[0] in where:
            continue
        message = f"{name} is not available for training in {found[0]} (as of {as_of()})"
        shown = sorted(where, key=lambda region: (not region.startswith(found[0][:3]), region))
        others = ", ".join(shown[:6]) + (", …" if len(shown) > 6 else "")
        yield Found(
            job.origin(*place), message, f"it is available in {others}" if where else "use, for example, ml.m5.large"
        )


def _regions(name: str, region: str) -> tuple[str, ...] | None:
    """The regions that offer a machine; None if nothing settled is known of it, or of this region."""
    family = instance_family(name) or ""
    own = REGIONS.get(name, REGIONS.get(family))
    if own is not None:
        return own
    settled = regions_of(name)
    if settled is None or region not in settled[1]:
        return None
    return (*settled[0], *ALSO.get(family, ()))
