"""A job has one source of its algorithm, not two.

`image`, `framework` and `algorithm` each name what trains. With an image and an algorithm resource together, AWS says,
the job may break.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS508", "a job with two images")

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
        message = f"{' and '.join(f'`{name}`' for name in given)} each name what trains, and a job has one"
        advice = f"keep one of them; `{given[0]}: null` takes away what `defaults` says"
        yield Found((given[-1],), message, advice, on_key=True)
    elif all(job.member(*place) is not None for place in places):
        message = "the request has a TrainingImage and an AlgorithmName, and a job has one"
        yield Found(job.origin(*places[1]), message, "keep one of them", on_key=True)
