"""An HTTPS URL instead of an S3 URI.

The API's model accepts `https://` for historical reasons, but AWS does not document which of S3's URLs SageMaker
understands; and policies, lineage and people look for `s3://`.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS551", "an HTTPS URL instead of an S3 URI", Severity.NOTE)

BAD = """
output: https://s3-us-west-2.amazonaws.com/my-bucket/models/
"""

GOOD = """
output: s3://my-bucket/models/
"""

_AS_PATH = re.compile(r"https://s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?/(?P<rest>.+)")
_AS_HOST = re.compile(r"https://(?P<bucket>[a-z0-9.-]+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?/?(?P<rest>.*)")


def check_job(job: JobView) -> Iterator[Found]:
    """Find S3 URIs that begin with `https:`."""
    for leaf in job.leaves:
        if leaf.shape == "S3Uri" and leaf.text.startswith("https:"):
            meant = _as_s3(leaf.text)
            advice = f"write `{meant or 's3://BUCKET/PREFIX/'}`"
            yield Found(job.origin(*leaf.path), "an HTTPS URL is used where an S3 URI belongs", advice, fix=meant)


def _as_s3(address: str) -> str | None:
    if found := _AS_PATH.fullmatch(address):
        return f"s3://{found['rest']}"
    if found := _AS_HOST.fullmatch(address):
        return f"s3://{found['bucket']}/{found['rest']}"
    return None
