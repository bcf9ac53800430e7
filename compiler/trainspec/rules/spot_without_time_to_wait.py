"""A spot job whose `max_wait` equals its `max_runtime` has no time to wait for capacity.

`stopping.max_wait` covers both waiting and running. If it is no longer than `stopping.max_runtime`, every minute of
waiting for spot capacity or of an interruption reduces the training time, and the job may be stopped before it has
finished.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS522", "a spot job with no time to wait for capacity", Severity.NOTE)

BAD = """
spot: true
checkpoint: s3://my-bucket/checkpoints/
stopping: {max_runtime: 10m, max_wait: 10m}
"""

GOOD = """
spot: true
checkpoint: s3://my-bucket/checkpoints/
stopping: {max_runtime: 10m, max_wait: 30m}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find spot jobs whose two times are the same."""
    wait = job.number("StoppingCondition", "MaxWaitTimeInSeconds")
    runtime = job.number("StoppingCondition", "MaxRuntimeInSeconds")
    if job.is_on("EnableManagedSpotTraining") and wait is not None and wait == runtime:
        message = f"`max_wait` and `max_runtime` are both {wait:,} s: no time is left to wait for capacity"
        advice = f"set `max_wait` to {2 * wait:,} s, for example: it includes waiting and running"
        yield Found(job.origin("StoppingCondition", "MaxWaitTimeInSeconds"), message, advice)
