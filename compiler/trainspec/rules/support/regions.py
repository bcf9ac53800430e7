"""The ARNs of a request, and the regions and partitions that they name.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from trainspec.request.arn import partition
from trainspec.request.images import ecr_image
from trainspec.rules.support.leftovers import FREE_TEXT, is_accepted
from trainspec.rules.support.view import JobView, once_a_job
from trainspec.text.tree import Path

_ARN = re.compile(r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):")


class Arn(NamedTuple):
    """An ARN of the request: its partition, service and region (empty if the service has none)."""

    place: Path
    partition: str
    service: str
    region: str


@once_a_job
def arns(job: JobView) -> Iterator[Arn]:
    """The ARNs among the members of a job, without what the container reads for itself."""
    for leaf in job.leaves:
        if leaf.text.startswith("arn:") and leaf.is_literal and leaf.shape not in FREE_TEXT and is_accepted(leaf):
            found = _ARN.match(leaf.text)
            if found:
                yield Arn(leaf.path, found["partition"], found["service"], found["region"])


def region_of(job: JobView) -> tuple[str, str] | None:
    """The region in which the job must run, and who says so: the job, or the address of its image."""
    if job.region:
        return job.region, f"the job runs in {job.region}"
    image = ecr_image(job.text("AlgorithmSpecification", "TrainingImage") or "")
    return (image.region, f"its image is in {image.region}") if image else None


@lru_cache(maxsize=64)
def partition_of(region: str) -> str | None:
    """The partition of a region; None for one that may be in a partition of its own."""
    named = partition(region)
    is_plain = re.fullmatch(r"(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-[0-9]", region) is not None
    return named if named != "aws" or is_plain else None
