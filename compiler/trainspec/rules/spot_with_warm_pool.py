"""Spot capacity cannot be kept in a warm pool.

`resources.keep_alive` keeps the instances for the next job, which SageMaker does not support for spot capacity: it
rejects the combination.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS506", "a warm pool on spot capacity")

BAD = """
spot: true
checkpoint: s3://my-bucket/checkpoints/
stopping: {max_runtime: 10m, max_wait: 20m}
resources: {keep_alive: 30m}
"""

GOOD = """
resources: {keep_alive: 30m}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find spot jobs with KeepAlivePeriodInSeconds."""
    keep_alive = job.number("ResourceConfig", "KeepAlivePeriodInSeconds")
    if keep_alive and job.is_on("EnableManagedSpotTraining"):
        message = f"`keep_alive` would keep spot instances for {keep_alive:,} s, which SageMaker does not support"
        advice = "remove `keep_alive`, or `spot: true`"
        yield Found(job.origin("ResourceConfig", "KeepAlivePeriodInSeconds"), message, advice, on_key=True)
