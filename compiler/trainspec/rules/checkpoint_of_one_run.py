"""A checkpoint prefix of one run serves the retries of that run alone.

With a date in `checkpoint.s3`, the next run of the DAG starts from nothing. That is right where each run trains a model
of its own; a model that is trained further and further needs a prefix that stays.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.clock import changes_with_each_try
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS534", "a checkpoint prefix that only one run uses", Severity.NOTE)

BAD = """
checkpoint: s3://my-bucket/checkpoints/{{ ts_nodash }}/
"""

GOOD = """
checkpoint: s3://my-bucket/checkpoints/my-model/
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find prefixes that differ between the samples."""
    place = ("CheckpointConfig", "S3Uri")
    if len(set(job.renderings(*place))) > 1 and not changes_with_each_try(job.member(*place)):
        message = "each run has a checkpoint prefix of its own: the next one starts from nothing"
        advice = "keep it where each run trains a model of its own; use a fixed prefix only where a later run continues"
        yield Found(job.origin(*place), message, advice)
