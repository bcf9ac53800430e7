"""A checkpoint prefix that belongs to one run helps only the retries of that run.

With a date in `checkpoint.s3`, the next run of the DAG starts from scratch. That is right if each run trains a new
model. A model that is trained further in each run needs a prefix that stays the same.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.clock import changes_with_each_try
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS534", "a checkpoint prefix that only one run uses", Severity.NOTE)
ONLY_WITH = ("CheckpointConfig",)

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
        message = "each run has a different checkpoint prefix, so the next run starts from scratch"
        advice = (
            "keep it if each run trains a new model; use a fixed prefix only if runs should continue from earlier ones"
        )
        yield Found(job.origin(*place), message, advice)
