"""The account of AWS's registry is different in this region.

The images of SageMaker's built-in algorithms and frameworks are in a different account in almost every region. An
address copied from an example for another region names a repository that does not exist, or cannot be pulled from.

https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import known_registry
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS563", "an AWS account that does not have the image in this region", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
"""

GOOD = """
image: 141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
"""

PLACE = ("AlgorithmSpecification", "TrainingImage")

_ANY_REGION = re.compile(r"(?P<account>[0-9]{12})\.dkr\.ecr\.\{\{[^{}]*\}\}\.(?P<rest>amazonaws\.com/[a-z0-9._/-]+)")


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the account in the image's address with those that AWS has in that region."""
    image = job.member(*PLACE)
    found = _ANY_REGION.match(image) if isinstance(image, str) else None
    if found:
        yield from _in_any_region(job, f"{found['account']}.dkr.ecr.us-east-1.{found['rest']}")
        return
    registry = known_registry(job.text(*PLACE) or "")
    if registry is None or registry.fits:
        return
    parts = registry.image
    if registry.expected:
        advice = f"in {parts.region} write `{' or '.join(registry.expected)}`"
    else:
        advice = f"it has it in {', '.join(registry.regions[:5])}{', …' if len(registry.regions) > 5 else ''}"
    message = f"AWS's account {parts.account} does not have `{parts.repository}` in {parts.region}"
    yield Found(job.origin(*PLACE), message, advice)


def _in_any_region(job: JobView, image: str) -> Iterator[Found]:
    """An address whose region is a template, and whose account holds the image in one region alone."""
    registry = known_registry(image)
    if registry and len(registry.regions) == 1:
        where = registry.regions[0]
        message = f"the region of the image varies, but AWS's account {registry.image.account} has it only in {where}"
        yield Found(job.origin(*PLACE), message, f"write {where}, or let the account vary with the region")
