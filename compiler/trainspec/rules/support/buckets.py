"""The buckets that a job names, and the rules of their names.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

import re
from collections.abc import Iterator

from trainspec.rules.support.leftovers import placeholder
from trainspec.rules.support.view import JobView, once_a_job
from trainspec.text.tree import Path

_BUCKET = re.compile(r"s3://([^/{}]+)(?:/|$)")
_ADDRESS = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")


@once_a_job
def buckets(job: JobView) -> Iterator[tuple[str, Path]]:
    """The buckets of a job's S3 URIs, each with its member's path. Access points (`s3://arn:…`) are not buckets."""
    for leaf in job.leaves:
        found = _BUCKET.match(leaf.text) if leaf.shape == "S3Uri" else None
        if found and not found[1].startswith("arn:") and not placeholder(leaf):
            yield found[1], leaf.path


def is_impossible(bucket: str) -> str | None:
    """Why S3 never had a bucket of this name."""
    if not re.fullmatch(r"[A-Za-z0-9._-]*", bucket):
        return "a bucket's name has letters, digits, `.` and `-` only"
    if not 3 <= len(bucket) <= 255:
        return f"it has {len(bucket)} character{'s' if len(bucket) > 1 else ''}"
    if _ADDRESS.fullmatch(bucket):
        return "it is an IP address"
    return None


def is_outdated(bucket: str) -> str | None:
    """Why S3 gives no such name to a new bucket."""
    if bucket != bucket.lower():
        return "it has capitals"
    if "_" in bucket:
        return "it has a `_`"
    if len(bucket) > 63:
        return f"it has {len(bucket)} character{'s' if len(bucket) > 1 else ''}"
    if ".." in bucket or bucket[:1] in ".-" or bucket[-1:] in ".-":
        return "it begins or ends with `.` or `-`, or has two dots in a row"
    return None
