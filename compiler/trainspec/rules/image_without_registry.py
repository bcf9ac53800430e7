"""An image that names no registry, no repository, or half a digest.

SageMaker pulls `REGISTRY/REPOSITORY[:TAG]` or `REGISTRY/REPOSITORY@sha256:DIGEST`. A name that Docker would look up in
its hub is refused: `Invalid training image. Please provide a valid Amazon Elastic Container Registry path`.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.leftovers import placeholder
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS826", "an image without a registry, a repository or a whole digest", Severity.WARNING)

BAD = """
image: my-algo:1
"""

GOOD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
"""

_HOW = "write `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG`"
_DIGEST = r"sha256:[0-9a-f]{64}"


def check_job(job: JobView) -> Iterator[Found]:
    """Look for a host in front of the first slash, and for a digest of 64 digits."""
    image = job.text(*PLACE)
    if not image or "://" in image or image.startswith("arn:") or " " in image:
        return
    if any(placeholder(leaf) for leaf in job.leaves if leaf.path == PLACE):
        return
    host, slash, rest = image.partition("/")
    digest = rest.partition("@")[2]
    if not slash and "amazonaws.com" in host:
        yield Found(job.origin(*PLACE), f"`{image}` names a registry, and no repository in it", _HOW)
    elif not slash or not ("." in host or ":" in host or host == "localhost"):
        yield Found(
            job.origin(*PLACE), f"`{image}` names no registry, and SageMaker looks into no hub of Docker's", _HOW
        )
    elif digest and not re.fullmatch(_DIGEST, digest):
        yield Found(
            job.origin(*PLACE),
            f"`{digest}` is no digest",
            "a digest is `sha256:` and 64 hexadecimal digits in lower case",
        )
