"""A spot job must have a `max_wait`.

Spot capacity may take long to become available, so SageMaker requires `stopping.max_wait`, the limit on waiting and
running together. It rejects a spot job without it: "Invalid MaxWaitTimeInSeconds. It must be present …".

https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS503", "a spot job without a `max_wait`")

BAD = """
spot: true
checkpoint: s3://my-bucket/checkpoints/
stopping: {max_runtime: 10m}
"""

GOOD = """
spot: true
checkpoint: s3://my-bucket/checkpoints/
stopping: {max_runtime: 10m, max_wait: 20m}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find spot jobs without MaxWaitTimeInSeconds."""
    if not job.is_on("EnableManagedSpotTraining") or "stopping" in job.invalid_fields:
        return
    if job.member("StoppingCondition", "MaxWaitTimeInSeconds") is None:
        runtime = job.number("StoppingCondition", "MaxRuntimeInSeconds")
        said = f", more than the {runtime:,} s of `max_runtime`" if runtime else ""
        advice = f"add `max_wait` to `stopping`: the limit on waiting and running together{said}"
        yield Found(("stopping",), "a spot job needs `stopping.max_wait`, which is missing", advice)
