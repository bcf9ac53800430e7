"""A bucket name that S3 has not allowed since 2018.

Uppercase letters, `_` and more than 63 characters occur only in old buckets of us-east-1. In any other region, or for
a newer bucket, the name is a mistake.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.buckets import buckets, is_impossible, is_outdated
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS556", "a bucket name that only old buckets can have", Severity.WARNING)

BAD = """
output: s3://My_Bucket/models/
"""

GOOD = """
output: s3://my-bucket/models/
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find buckets' names that break the rules of today."""
    for bucket, place in buckets(job):
        why = is_outdated(bucket)
        if why and not is_impossible(bucket):
            message = f"bucket `{bucket}`: {why}, which S3 has not allowed since 2018"
            yield Found(job.origin(*place), message, "correct the bucket's name; bucket names are lowercase")
