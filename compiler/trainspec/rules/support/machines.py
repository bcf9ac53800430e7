"""What rules ask of a job's machines. A job names one instance type, a few groups, or a list to choose from."""

from trainspec.request.images import instance_family
from trainspec.rules.support.view import JobView
from trainspec.text.tree import Path


def instance_types(job: JobView) -> tuple[tuple[str, Path], ...]:
    """The instance types of a job, each with its member's path. Empty where one of them is a template."""
    places = [
        ("ResourceConfig", "InstanceType"),
        *((*group, "InstanceType") for group in job.places("ResourceConfig", "InstanceGroups")),
        *((*choice, "InstanceType") for choice in job.places("ResourceConfig", "InstancePreferences")),
    ]
    named = [(job.text(*place), place) for place in places if job.member(*place) is not None]
    known = tuple((text, place) for text, place in named if text is not None)
    return known if len(known) == len(named) else ()


def instance_count(job: JobView) -> int | None:
    """How many machines the job runs on; None where a template or the choice among several types decides."""
    groups = tuple(job.places("ResourceConfig", "InstanceGroups"))
    places = [(*group, "InstanceCount") for group in groups] or [("ResourceConfig", "InstanceCount")]
    counts = [job.number(*place) for place in places]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


LOCAL_STORAGE = frozenset({
    "g4dn", "g5", "g6", "g6e", "g7e", "p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200",
    "r5d", "trn1", "trn1n", "trn2",
})  # fmt: skip
"""Instance families all of whose sizes have NVMe disks of their own. SageMaker provisions no volume for them.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html
"""


def has_local_storage(instance_type: str) -> bool:
    """Whether an instance type brings disks of its own."""
    return instance_family(instance_type) in LOCAL_STORAGE
