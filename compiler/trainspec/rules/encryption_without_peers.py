"""Encryption between containers in a job with a single instance.

`encrypt_inter_container_traffic` protects the traffic between the instances of a distributed job. A single instance
has no such traffic, and the job only takes longer to start.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.machines import instance_count
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS525", "encryption between containers on a single instance", Severity.NOTE)
ONLY_WITH = ("EnableInterContainerTrafficEncryption",)

BAD = """
encrypt_inter_container_traffic: true
"""

GOOD = """
encrypt_inter_container_traffic: true
resources: {instance_count: 2}
inputs: {train: {s3: s3://my-bucket/train/, distribution: ShardedByS3Key}}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find EnableInterContainerTrafficEncryption with one instance."""
    if job.is_on("EnableInterContainerTrafficEncryption") and instance_count(job) == 1:
        message = "the job has one instance, so there is no traffic between containers to encrypt"
        advice = "remove it, unless a policy of your account requires it"
        yield Found(job.origin("EnableInterContainerTrafficEncryption"), message, advice)
