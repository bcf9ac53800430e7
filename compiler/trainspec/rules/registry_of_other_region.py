"""AWS's own registry has another account in this region.

The images of SageMaker's built-in algorithms and frameworks lie in a different account in nearly every region. An
address that was copied from an example of another region names a repository that does not exist, or may not be pulled.

https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import known_registry
from trainspec.rules.view import Found, JobView

CODE = Code("TS563", "an account of AWS's that does not hold the image in its region", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1
"""

GOOD = """
image: 141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1
"""

PLACE = ("AlgorithmSpecification", "TrainingImage")


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the account in the image's address with those that AWS has in that region."""
    registry = known_registry(job.text(*PLACE) or "")
    if registry is None or registry.fits:
        return
    image = registry.image
    if registry.expected:
        advice = f"in {image.region} write `{' or '.join(registry.expected)}`"
    else:
        advice = f"it holds it in {', '.join(registry.regions[:5])}{', …' if len(registry.regions) > 5 else ''}"
    message = f"AWS's account {image.account} does not hold `{image.repository}` in {image.region}"
    yield Found(job.origin(*PLACE), message, advice)
