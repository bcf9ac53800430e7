"""A job's instances, as rules need them. A job names one instance type, a few groups, or a list to choose from."""

from trainspec.rules.support.view import JobView, once_a_job
from trainspec.text.tree import Path


@once_a_job
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
    """How many machines the job runs on; None if a template or the choice among several types decides."""
    groups = tuple(job.places("ResourceConfig", "InstanceGroups"))
    places = [(*group, "InstanceCount") for group in groups] or [("ResourceConfig", "InstanceCount")]
    counts = [job.number(*place) for place in places]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def has_local_storage(instance_type: str) -> bool:
    """Whether an instance type has its own disks: SageMaker then provisions no volume."""
    from trainspec.request.machines import machine

    found = machine(instance_type)
    return found is not None and found.disks > 0


def needs_volume(instance_type: str) -> bool:
    """Whether an instance type has no disks of its own."""
    from trainspec.request.machines import machine

    found = machine(instance_type)
    return found is not None and not found.disks
