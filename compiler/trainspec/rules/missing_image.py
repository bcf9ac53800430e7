"""A job must specify its algorithm in exactly one way.

SageMaker runs either a container image (`image`) or an algorithm resource. It rejects a request without either,
although the API's model has required neither since the introduction of serverless jobs.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS501", "a job without an image")

BAD = """
image: null
"""

GOOD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find jobs that name no image."""
    named = any(job.member("AlgorithmSpecification", name) is not None for name in ("TrainingImage", "AlgorithmName"))
    ways = ("image", "framework", "algorithm", "AlgorithmSpecification")  # the last is an unknown key, reported as one
    is_given = any(name in job.invalid_fields or name in job.fields for name in ways)
    if not named and not is_given and not job.is_serverless:
        message = f"job `{job.name}` has no image"
        yield Found(("image",), message, "add `image`, the image of the training container")
