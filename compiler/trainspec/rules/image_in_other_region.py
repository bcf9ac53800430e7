"""The image is in a different region than the job.

SageMaker pulls a training image from the registry of the job's own region.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import ecr_image
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS561", "an image in a different region than the job", Severity.WARNING)

BAD = """
region: eu-west-1
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
"""

GOOD = """
region: eu-west-1
image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-algo:1
"""

PLACE = ("AlgorithmSpecification", "TrainingImage")


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the region in the image's address with the job's."""
    image = ecr_image(job.text(*PLACE) or "")
    if image and job.region and image.region != job.region:
        message = f"the image is in {image.region}, but the job runs in {job.region}"
        yield Found(job.origin(*PLACE), message, f"copy the image to {job.region}, or run the job in {image.region}")
