"""A checkpoint location for a built-in algorithm that does not write checkpoints.

Image classification, object detection, semantic segmentation and XGBoost (0.90-1 or later) write checkpoints to
/opt/ml/checkpoints. With any other SageMaker algorithm the prefix stays empty, and an interrupted spot job starts
over.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import PLACE, built_in, writes_checkpoints
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS812", "a checkpoint location for a built-in algorithm that does not write checkpoints", Severity.NOTE)

BAD = """
image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: "text/csv;label_size=0"}}
hyperparameters: {k: 10, feature_dim: 784}
checkpoint: s3://my-bucket/checkpoints/
"""

GOOD = """
image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: "text/csv;label_size=0"}}
hyperparameters: {k: 10, feature_dim: 784}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find CheckpointConfig on algorithms without checkpoints."""
    found = built_in(job) if job.member("CheckpointConfig") else None
    if found and not writes_checkpoints(found):
        message = f"{found.name} does not write checkpoints: the prefix in `checkpoint` would stay empty"
        yield Found(job.origin(*PLACE), message, "remove `checkpoint`")
