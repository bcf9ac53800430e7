"""A job's role, keys and other resources must be in its own partition.

AWS's China and GovCloud regions have separate accounts, and their ARNs begin with `arn:aws-cn:` and
`arn:aws-us-gov:`. SageMaker rejects a role or key from another partition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.regions import arns, partition_of, region_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS517", "an ARN in a different partition than the job's region")

BAD = """
region: cn-north-1
image: 123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/my-algo:1
"""

GOOD = """
region: cn-north-1
image: 123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/my-algo:1
role: arn:aws-cn:iam::123456789012:role/SageMakerRole
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the partition of each ARN with that of the job's region."""
    region = region_of(job)
    expected = partition_of(region[0]) if region else None
    for arn in arns(job):
        if region and expected and arn.partition != expected:
            message = f"the ARN is in the partition `{arn.partition}`, but {region[1]}, which is in `{expected}`"
            yield Found(job.origin(*arn.place), message, f"use an ARN that begins with `arn:{expected}:`")
