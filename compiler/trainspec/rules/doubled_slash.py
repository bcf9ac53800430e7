"""Two slashes in a row in an S3 URI.

In S3, there is a folder with an empty name between them: `s3://bucket//train/` and `s3://bucket/train/` are different
places, and the data is usually in the second. This typically happens when a prefix that ends in `/` is joined with a
path that begins with one.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS550", "an S3 URI with two slashes in a row", Severity.WARNING)

BAD = """
inputs: {train: s3://my-bucket//train/}
"""

GOOD = """
inputs: {train: s3://my-bucket/train/}
"""

_DOUBLED = re.compile(r"(?<![:/])//+")


def check_job(job: JobView) -> Iterator[Found]:
    """Find doubled slashes behind the bucket, also in what a template makes."""
    for leaf in job.leaves:
        if leaf.shape != "S3Uri" or not _DOUBLED.search(leaf.text):
            continue
        texts = job.renderings(*leaf.path)
        if texts and all(_DOUBLED.search(text) for text in texts):
            message = f"`{texts[0]}` has two slashes in a row: S3 treats that as a different place"
            yield Found(job.origin(*leaf.path), message, f"write `{_DOUBLED.sub('/', leaf.text)}`")
