"""Encryption between containers, and there is only one.

`encrypt_inter_container_traffic` protects what the instances of a distributed job send each other. On a single instance
there is nobody to talk to; the job only takes longer to start.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-encrypt.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.machines import instance_count
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS525", "encryption between containers on a single instance", Severity.NOTE)

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
        message = "the job has one instance: there is no traffic between containers to encrypt"
        advice = "leave it where a policy of your account asks for it, else remove it"
        yield Found(job.origin("EnableInterContainerTrafficEncryption"), message, advice)
