"""AWS's built-in algorithms cannot be debugged remotely.

Remote debugging works with your own containers and with the framework images. SageMaker does not support it for
built-in algorithms.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-remote-debugging.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS567", "remote debugging of a built-in algorithm", Severity.WARNING)
ONLY_WITH = ("RemoteDebugConfig",)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
remote_debug: true
"""

GOOD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
remote_debug: true
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find EnableRemoteDebug on the image of a built-in algorithm."""
    place = ("RemoteDebugConfig", "EnableRemoteDebug")
    algorithm = built_in(job) if job.is_on(*place) else None
    if algorithm:
        message = f"SageMaker does not support remote debugging of {algorithm.name}"
        yield Found(job.origin(*place), message, "remove `remote_debug`")
