"""A checkpoint prefix that changes with each try is never found again.

An interrupted or retried job looks in `checkpoint.s3` for what it has saved. If the prefix contains the current time,
a random value or the try number, each try looks in a new, empty place.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.clock import changes_with_each_try
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS533", "a checkpoint prefix that changes with each try", Severity.WARNING)
ONLY_WITH = ("CheckpointConfig",)

BAD = """
checkpoint: s3://my-bucket/checkpoints/{{ macros.uuid.uuid4() }}/
"""

GOOD = """
checkpoint: s3://my-bucket/checkpoints/my-model/
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find prefixes with a clock, a random number or a try's number in them."""
    culprit = changes_with_each_try(job.member("CheckpointConfig", "S3Uri"))
    if culprit:
        message = f"`{culprit}` gives each try a different prefix, so a retry never finds the checkpoint"
        advice = "use a fixed prefix, or a value that is fixed for the run, such as `{{ ds_nodash }}`"
        yield Found(job.origin("CheckpointConfig", "S3Uri"), message, advice)
