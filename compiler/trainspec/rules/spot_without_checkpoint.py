"""A spot job without a checkpoint starts over after each interruption.

AWS can reclaim spot instances at two minutes' notice; SageMaker restarts the job later. With `checkpoint`, it
continues where it left off. Without, the time until the interruption is paid for and lost, and a long job may never
finish.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import built_in, writes_checkpoints
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS521", "a spot job without a checkpoint", Severity.WARNING)

BAD = """
spot: true
stopping: {max_runtime: 10m, max_wait: 20m}
"""

GOOD = """
spot: true
checkpoint: s3://my-bucket/checkpoints/
stopping: {max_runtime: 10m, max_wait: 20m}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find spot jobs without CheckpointConfig."""
    is_open = not job.member("CheckpointConfig") and "checkpoint" not in job.invalid_fields
    if job.is_on("EnableManagedSpotTraining") and is_open and not _never_writes(job):
        message = "a spot job without `checkpoint` starts over after an interruption"
        advice = "add `checkpoint: s3://…`, and let the container save to and load from /opt/ml/checkpoints"
        yield Found(job.origin("EnableManagedSpotTraining"), message, advice)


def _never_writes(job: JobView) -> bool:
    """Whether the job runs a built-in algorithm that has no checkpoints."""
    found = built_in(job)
    return found is not None and not writes_checkpoints(found)
