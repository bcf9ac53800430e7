"""A job's role, keys and other resources are of its own partition.

AWS's regions in China, and those of GovCloud, have accounts of their own, and ARNs that begin with `arn:aws-cn:` and
`arn:aws-us-gov:`. SageMaker refuses a role or key of another partition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.regions import arns, partition_of, region_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS517", "an ARN of another partition than the job's region")

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
            message = f"the ARN is of the partition `{arn.partition}`, and {region[1]}, which is of `{expected}`"
            yield Found(job.origin(*arn.place), message, f"write an ARN that begins with `arn:{expected}:`")
