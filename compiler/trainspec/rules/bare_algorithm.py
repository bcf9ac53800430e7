"""`algorithm: xgboost`, without a version, refers to an algorithm resource of your own account.

AWS's built-in algorithms are images: `algorithm: xgboost@1.7-1` selects one by its version. A name without a version
becomes AlgorithmName, which SageMaker looks up among the algorithms that your account created or subscribed to.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS824", "a built-in algorithm's name without its version", Severity.WARNING)
ONLY_WITH = ("AlgorithmName",)

BAD = """
image: null
algorithm: xgboost
"""

GOOD = """
image: null
region: us-east-1
algorithm: xgboost@1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up AlgorithmName among AWS's own algorithms."""
    place = ("AlgorithmSpecification", "AlgorithmName")
    name = job.text(*place)
    if not name or name.startswith("arn:"):
        return
    from trainspec.request.images import algorithms

    known = algorithms().get(name.lower().removeprefix("sagemaker-"))
    if known:
        newest = known.versions[0].version
        message = (
            f"`{name}` is a built-in algorithm, but without a version it refers to an algorithm of your own account"
        )
        yield Found(job.origin(*place), message, f"write `algorithm: {known.name}@{newest}`, or the algorithm's ARN")
