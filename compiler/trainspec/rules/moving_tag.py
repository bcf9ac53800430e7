"""An image without a fixed tag can change with the next push.

`:latest`, or an image with no tag, means whatever was pushed last. A failed run cannot be repeated, and the request
does not show which image trained a model.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS560", "an image without a fixed tag", Severity.WARNING)

BAD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:latest
"""

GOOD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1.4.2
"""

PLACE = ("AlgorithmSpecification", "TrainingImage")


def check_job(job: JobView) -> Iterator[Found]:
    """Find images with the tag `latest`, or with neither tag nor digest."""
    image = job.text(*PLACE)
    if not image or "@" in image or "/" not in image or image.startswith("arn:"):
        return  # what is not an address is for another rule
    if not image.rpartition("/")[2].strip("."):
        return
    _name, colon, tag = image.rpartition("/")[2].partition(":")
    if not colon or tag in ("", "latest"):
        message = "`:latest` changes with the next push" if tag else "an image without a tag means `:latest`"
        yield Found(job.origin(*PLACE), message, "use a version, such as `:1.4.2`, or a digest: `@sha256:…`")
