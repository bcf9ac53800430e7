"""A channel without a data source, or with more than one.

A channel reads its data from exactly one source: S3, a file system or a dataset.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataSource.html
"""

from collections.abc import Iterator, Mapping

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS518", "a channel without a data source, or with more than one")

BAD = """
inputs:
  train: {content_type: text/csv}
"""

GOOD = """
inputs:
  train: {s3: s3://my-bucket/train/, content_type: text/csv}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Count the sources of each channel."""
    for place in job.places("InputDataConfig"):
        sources = job.member(*place, "DataSource")
        count = len(sources) if isinstance(sources, Mapping) else 0
        if count == 1 or "inputs" in job.invalid_fields or "request" in job.invalid_fields:
            continue
        name = job.member(*place, "ChannelName")
        found = "has no data source" if count == 0 else f"has {count} data sources"
        advice = "set `s3`, `file_system` or `dataset`" if count == 0 else "keep one of them"
        yield Found(job.origin(*place, "ChannelName"), f"channel `{name}` {found}", advice, on_key=True)
