"""An image that is not a valid registry path.

SageMaker pulls `REGISTRY/REPOSITORY[:TAG]` or `REGISTRY/REPOSITORY@sha256:DIGEST`, from Amazon ECR unless
`image_access` configures a private registry. A URL scheme, an ARN, a space, an uppercase letter, a name that Docker
would look up on Docker Hub (`my-algo:1`, `pytorch/pytorch:2.1`) or an incomplete digest is rejected: `Invalid
training image. Please provide a valid Amazon Elastic Container Registry path`.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.leftovers import placeholder
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS820", "an image that is not a valid registry path")

BAD = """
image: https://123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
"""

GOOD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
"""

_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_HOW = "write `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG`"


def check_job(job: JobView) -> Iterator[Found]:
    """Take the address apart."""
    image = job.text(*PLACE)
    if image and not any(placeholder(leaf) for leaf in job.leaves if leaf.path == PLACE):
        why = what_is_wrong(image)
        if why:
            yield Found(job.origin(*PLACE), *why)


def what_is_wrong(image: str) -> tuple[str, str] | None:
    """Why a string is not an image's address, and what to write; None for one that is."""
    if "://" in image:
        without = image.partition("://")[2]
        return f"`{image}` begins with a URL scheme, which an image must not have", f"write `{without}`"
    if image.startswith("arn:"):
        return f"`{image}` is an ARN, not an image URI", _HOW
    if image != image.strip() or " " in image:
        return f"`{image}` contains a space", "remove it"
    host, slash, rest = image.partition("/")
    has_host = "amazonaws.com" in host or (slash and ("." in host or ":" in host or host == "localhost"))
    if not has_host:
        # A word alone is what somebody has not filled in yet: another rule.
        is_of_docker = slash or ":" in image
        return (
            (f"`{image}` does not name a registry, and SageMaker does not pull from Docker Hub", _HOW)
            if is_of_docker
            else None
        )
    if not slash:
        return None
    rest, at, digest = rest.partition("@")
    if at and digest.startswith("sha256:") and not _DIGEST.fullmatch(digest):
        return f"`{digest}` is not a valid digest", "a digest is `sha256:` and 64 lowercase hexadecimal digits"
    repository, colon, tag = rest.partition(":")
    if not _REPOSITORY.fullmatch(repository):
        lower = repository.lower()
        return f"`{repository}` is not a valid repository name", f"write `{lower}`" if _REPOSITORY.fullmatch(
            lower
        ) else _HOW
    if colon and not _TAG.fullmatch(tag):
        return f"`{tag}` is not a valid tag", "a tag consists of letters, digits, `.`, `_` and `-`"
    return None
