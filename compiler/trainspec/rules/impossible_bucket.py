"""A bucket name that S3 has never allowed.

A bucket name has at least 3 characters, which are letters, digits, `.`, `-` or (in old buckets of us-east-1) `_`, and
is not an IP address. SageMaker would not find the bucket.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.buckets import buckets, is_impossible
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS516", "an invalid bucket name")

BAD = """
output: s3://my bucket/models/
"""

GOOD = """
output: s3://my-bucket/models/
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find buckets' names that S3 never took."""
    for bucket, place in buckets(job):
        why = is_impossible(bucket)
        if why:
            yield Found(job.origin(*place), f"`{bucket}` cannot be a bucket name: {why}", "correct the bucket's name")
