"""A spot job of a built-in algorithm without checkpoints may wait for an hour at most.

Image classification, object detection, semantic segmentation and XGBoost (0.90-1 or later) write checkpoints. All
other SageMaker algorithms start over after an interruption, and SageMaker rejects the request if `max_wait` is more
than 3,600 s.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.algorithms import built_in, writes_checkpoints
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS807", "a `max_wait` of more than an hour for a spot job of an algorithm without checkpoints")

LIMIT = 3600
"""Seconds."""

BAD = """
image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: "text/csv;label_size=0"}}
hyperparameters: {k: 10, feature_dim: 784}
spot: true
stopping: {max_runtime: 10m, max_wait: 4h}
operator: {max_attempts: null}
"""

GOOD = """
image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: "text/csv;label_size=0"}}
hyperparameters: {k: 10, feature_dim: 784}
spot: true
stopping: {max_runtime: 10m, max_wait: 1h}
operator: {max_attempts: null}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare MaxWaitTimeInSeconds of a spot job with the hour."""
    place = ("StoppingCondition", "MaxWaitTimeInSeconds")
    wait = job.number(*place)
    found = built_in(job) if wait and wait > LIMIT and job.is_on("EnableManagedSpotTraining") else None
    if found and not writes_checkpoints(found):
        message = f"{found.name} does not write checkpoints, so `max_wait` may be {LIMIT:,} s at most on spot"
        advice = f"set `max_wait: 1h` (and `max_runtime` below it), or `spot: false`; now it is {wait:,} s"
        yield Found(job.origin(*place), message, advice)
