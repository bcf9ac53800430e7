"""A job sets more than one of `image`, `framework` and `algorithm`.

Each of them selects the container that trains the model. AWS warns that a job with both an image and an algorithm
resource may fail.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS508", "a job with more than one image or algorithm")

BAD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
algorithm: my-marketplace-algorithm
"""

GOOD = """
image: null
algorithm: my-marketplace-algorithm
"""

FIELDS = ("image", "framework", "algorithm")


def check_job(job: JobView) -> Iterator[Found]:
    """Find jobs with several of the fields, or with both of the members that they become."""
    given = [name for name in FIELDS if name in job.fields]
    places = [("AlgorithmSpecification", name) for name in ("TrainingImage", "AlgorithmName")]
    if len(given) > 1:
        shown = " and ".join(f"`{name}`" for name in given)
        message = f"{shown} each select the training container, but a job can have only one"
        advice = f"keep one of them; `{given[0]}: null` removes the value from `defaults`"
        yield Found((given[-1],), message, advice, on_key=True)
    elif all(job.member(*place) is not None for place in places):
        message = "the request has both TrainingImage and AlgorithmName, but a job can have only one of them"
        yield Found(job.origin(*places[1]), message, "keep one of them", on_key=True)
