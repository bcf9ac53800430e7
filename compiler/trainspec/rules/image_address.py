"""An image that is no address of a registry.

SageMaker pulls `REGISTRY/REPOSITORY[:TAG]` or `REGISTRY/REPOSITORY@sha256:DIGEST`, from Amazon ECR unless
`image_access` names a registry of your own. A scheme, an ARN, a blank, a capital, a name that Docker would look up in
its hub (`my-algo:1`, `pytorch/pytorch:2.1`) or a digest that is not whole is refused:
`Invalid training image. Please provide a valid Amazon Elastic Container Registry path`.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.leftovers import placeholder
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS820", "an image that is no address of a registry")

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
    """Why a text is no image's address, and what to write; None for one that is."""
    if "://" in image:
        without = image.partition("://")[2]
        return f"`{image}` begins with a scheme, and an image has none", f"write `{without}`"
    if image.startswith("arn:"):
        return f"`{image}` is an ARN, and no image's address", _HOW
    if image != image.strip() or " " in image:
        return f"`{image}` has a blank in it", "remove it"
    host, slash, rest = image.partition("/")
    has_host = "amazonaws.com" in host or (slash and ("." in host or ":" in host or host == "localhost"))
    if not has_host:
        # A word alone is what somebody has not filled in yet: another rule.
        is_of_docker = slash or ":" in image
        return (
            (f"`{image}` names no registry, and SageMaker looks into no hub of Docker's", _HOW)
            if is_of_docker
            else None
        )
    if not slash:
        return None
    rest, at, digest = rest.partition("@")
    if at and digest.startswith("sha256:") and not _DIGEST.fullmatch(digest):
        return f"`{digest}` is no digest", "a digest is `sha256:` and 64 hexadecimal digits in lower case"
    repository, colon, tag = rest.partition(":")
    if not _REPOSITORY.fullmatch(repository):
        lower = repository.lower()
        return f"`{repository}` is no name of a repository", f"write `{lower}`" if _REPOSITORY.fullmatch(
            lower
        ) else _HOW
    if colon and not _TAG.fullmatch(tag):
        return f"`{tag}` is no tag", "a tag has letters, digits, `.`, `_` and `-`"
    return None
