"""A file system can be reached only through a VPC.

Amazon EFS and FSx for Lustre file systems are in a VPC. SageMaker rejects a channel that reads one if the job has no
VPC.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS512", "a channel from a file system in a job without a VPC")
ONLY_WITH = ("FileSystemDataSource",)

BAD = """
inputs:
  train: {file_system: {id: fs-0123456789abcdef0, type: EFS, path: /train, access: ro}}
"""

GOOD = """
inputs:
  train: {file_system: {id: fs-0123456789abcdef0, type: EFS, path: /train, access: ro}}
vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find the first channel with a FileSystemDataSource in a job without VpcConfig."""
    places = [(*channel, "DataSource", "FileSystemDataSource") for channel in job.places("InputDataConfig")]
    places = [place for place in places if job.member(*place) is not None]
    if places and not job.member("VpcConfig") and "vpc" not in job.invalid_fields:
        message = "a file system can be reached only through a VPC, but the job has none"
        advice = "add `vpc: {subnets: […], security_groups: […]}`: with subnets that can reach the file system"
        yield Found(job.origin(*places[0]), message, advice, on_key=True)
