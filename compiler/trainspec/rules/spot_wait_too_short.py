"""A spot job's `max_wait` covers its run time, so it cannot be the shorter of the two.

`stopping.max_wait` bounds the time to wait for capacity and the time to run together. SageMaker refuses one that is
less than `stopping.max_runtime`.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS504", "a spot job that may wait for less time than it may run")

BAD = """
spot: true
checkpoint: s3://my-bucket/checkpoints/
stopping: {max_runtime: 20m, max_wait: 10m}
"""

GOOD = """
spot: true
checkpoint: s3://my-bucket/checkpoints/
stopping: {max_runtime: 10m, max_wait: 20m}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare MaxWaitTimeInSeconds with MaxRuntimeInSeconds."""
    wait = job.number("StoppingCondition", "MaxWaitTimeInSeconds")
    runtime = job.number("StoppingCondition", "MaxRuntimeInSeconds")
    if job.is_on("EnableManagedSpotTraining") and wait is not None and runtime is not None and wait < runtime:
        message = f"`max_wait` is {wait:,} s, less than the {runtime:,} s of `max_runtime` that it covers"
        advice = f"write a `max_wait` above {runtime:,} s: the time to wait for capacity comes on top"
        yield Found(job.origin("StoppingCondition", "MaxWaitTimeInSeconds"), message, advice)
