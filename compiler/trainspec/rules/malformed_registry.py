"""An Amazon ECR address that cannot exist.

An AWS account ID has 12 digits; leading zeros are lost if a program reads it as a number. ECR hosts in the China
regions end in `amazonaws.com.cn`.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.arn import partition
from trainspec.rules.support.leftovers import placeholder
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS562", "an Amazon ECR address that cannot exist", Severity.WARNING)

BAD = """
role: arn:aws-cn:iam::123456789012:role/SageMakerRole
image: 123456789012.dkr.ecr.cn-north-1.amazonaws.com/my-algo:1
"""

GOOD = """
role: arn:aws-cn:iam::123456789012:role/SageMakerRole
image: 123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/my-algo:1
"""

_HOST = re.compile(r"(?P<account>[^./]*)\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?P<suffix>amazonaws\.com[^/]*)")


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the account and the end of an ECR host."""
    for leaf in job.leaves:
        host = _HOST.match(leaf.text) if leaf.shape == "AlgorithmImage" and not placeholder(leaf) else None
        if host is None or "{" in host.group():
            continue
        account, suffix = host["account"], host["suffix"]
        expected = "amazonaws.com.cn" if partition(host["region"]) == "aws-cn" else "amazonaws.com"
        if not re.fullmatch(r"[0-9]{12}", account):
            digits = f", not {len(account)}" if account.isdigit() else ""
            advice = f"write all 12 digits; with leading zeros: `{account:0>12}`" if digits else "write the account ID"
            message = f"`{account}` is not an AWS account ID: it must have 12 digits{digits}"
            yield Found(job.origin(*leaf.path), message, advice)
        elif suffix != expected:
            message = f"registries in {host['region']} end in `{expected}`, but this one ends in `{suffix}`"
            meant = leaf.text.replace(host.group(), host.group().removesuffix(suffix) + expected, 1)
            yield Found(job.origin(*leaf.path), message, f"write `{expected}`", fix=meant)
