"""An image outside Amazon ECR that SageMaker cannot reach.

SageMaker pulls from private ECR repositories directly. It reaches any other registry, including `public.ecr.aws` and
Docker Hub, only through the job's VPC, which needs `image_access: {mode: Vpc}` and a `vpc`: `TrainingImageConfig with
TrainingRepositoryAccessMode set to VPC must be provided`.

https://docs.aws.amazon.com/sagemaker/latest/dg/docker-containers-adapt-your-own-private-registry.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS823", "an image outside Amazon ECR without `image_access`")

BAD = """
image: registry.example.com/team/algo:1
"""

GOOD = """
image: registry.example.com/team/algo:1
image_access: {mode: Vpc}
vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
"""

_ECR = re.compile(r"[^/]*\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com[a-z.]*|on\.aws|[a-z0-9.-]+)")


def check_job(job: JobView) -> Iterator[Found]:
    """Find hosts other than ECR's without TrainingRepositoryAccessMode."""
    image = job.text(*PLACE) or ""
    host, slash, _rest = image.partition("/")
    mode = job.member("AlgorithmSpecification", "TrainingImageConfig", "TrainingRepositoryAccessMode")
    if "." not in host or not slash or "://" in image or _ECR.fullmatch(host) or " " in image or "{" in image:
        return
    if re.search(r"[<>$]|\.\.\.", image) or "image_access" in job.invalid_fields:
        return
    if mode in (None, "Platform"):
        message = f"`{host}` is not Amazon ECR, so SageMaker can reach it only through the job's VPC"
        advice = "add `image_access: {mode: Vpc}` and a `vpc`, or copy the image to ECR"
        yield Found(job.origin(*PLACE), message, advice)
