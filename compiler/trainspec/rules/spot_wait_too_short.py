"""A spot job's `max_wait` includes its run time, so it must not be shorter.

`stopping.max_wait` limits the total of the wait for capacity and the run time. SageMaker rejects a value less than
`stopping.max_runtime`.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS504", "a spot job whose `max_wait` is less than its `max_runtime`")

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
        message = f"`max_wait` is {wait:,} s, less than the {runtime:,} s of `max_runtime` that it includes"
        advice = f"set `max_wait` to more than {runtime:,} s: it also includes the wait for capacity"
        yield Found(job.origin("StoppingCondition", "MaxWaitTimeInSeconds"), message, advice)
