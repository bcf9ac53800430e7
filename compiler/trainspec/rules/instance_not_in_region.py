"""A machine that its region does not offer for training.

`The requested resource training-job/ml.p2.xlarge is not available in this region`. Named here are machines that are
long settled or gone; regions get new ones all the time, so most are not judged.

https://aws.amazon.com/sagemaker/ai/pricing/
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import instance_family
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.regions import region_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS852", "a machine that its region does not offer", Severity.WARNING)

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
    "p4d": (
        "us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-west-2", "eu-central-1", "ap-northeast-1",
        "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "us-gov-west-1",
        "us-gov-east-1", "sa-east-1", "il-central-1",
    ),
    "p5": (
        "us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-north-1", "eu-west-2", "eu-central-1", "eu-west-1",
        "eu-south-2", "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-2", "ap-southeast-3", "sa-east-1",
        "ca-central-1", "us-gov-east-1", "us-gov-west-1",
    ),
    "t2": (),
    "t3": ("us-east-1", "us-east-2", "us-west-2"),
}  # fmt: skip
"""Machines, by type or family, with the regions that offer them for training; only those that are settled."""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the machines in the job's region."""
    found = region_of(job)
    for name, place in instance_types(job) if found else ():
        known = next((each for each in (name, instance_family(name) or "") if each in REGIONS), None)
        if found is None or known is None or found[0] in REGIONS[known]:
            continue
        where = REGIONS[known]
        message = f"{name} is not offered for training in {found[0]} (as of 2026-11)"
        advice = (
            f"it is in {', '.join(where[:6])}{', …' if len(where) > 6 else ''}" if where else "take ml.m5.large, say"
        )
        yield Found(job.origin(*place), message, advice)
