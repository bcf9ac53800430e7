"""An incomplete image: only a name, only a registry, or something other than a digest after `@`.

SageMaker pulls `REGISTRY/REPOSITORY[:TAG]` or `REGISTRY/REPOSITORY@sha256:DIGEST`. Anything less was probably not
filled in yet, and is rejected: `Please provide a valid Amazon Elastic Container Registry path`.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.leftovers import placeholder
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS826", "an incomplete image path", Severity.WARNING)

BAD = """
image: my-algo
"""

GOOD = """
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
"""

_HOW = "write `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG`"


def check_job(job: JobView) -> Iterator[Found]:
    """Look for what stands alone, and behind an `@`."""
    image = job.text(*PLACE)
    if not image or "://" in image or image.startswith("arn:") or " " in image:
        return
    if any(placeholder(leaf) for leaf in job.leaves if leaf.path == PLACE):
        return
    host, slash, rest = image.partition("/")
    digest = rest.partition("@")[2]
    if not slash and "amazonaws.com" in host:
        yield Found(job.origin(*PLACE), f"`{image}` is a registry without a repository", _HOW)
    elif not slash and ":" not in host:
        yield Found(job.origin(*PLACE), f"`{image}` does not name a registry", _HOW)
    elif digest and not digest.startswith("sha256:"):
        yield Found(
            job.origin(*PLACE), f"`{digest}` is not a digest", "a digest is `sha256:` and 64 hexadecimal digits"
        )
