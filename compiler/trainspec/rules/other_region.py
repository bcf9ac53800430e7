"""A key, bucket or other resource is in a different region than the job.

SageMaker uses data, keys, file systems and training plans in the region of the job. A resource in another region is
not found, or incurs data transfer costs.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.buckets import buckets
from trainspec.rules.support.regions import arns, partition_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS555", "a resource in a different region than the job", Severity.WARNING)

BAD = """
region: us-east-1
output:
  s3: s3://my-bucket/models/
  kms_key: arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
"""

GOOD = """
region: us-east-1
output:
  s3: s3://my-bucket/models/
  kms_key: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
"""

_DEFAULT_BUCKET = re.compile(r"sagemaker-(?P<region>[a-z]+(?:-[a-z]+)+-[0-9])-[0-9]{12}")
_BUCKET_OF_AWS = re.compile(
    r"(?:jumpstart(?:-private)?-cache-(?:prod|alpha|gamma)|sagemaker-(?:sample-data|sample-files|example-files-prod"
    r"|servicecatalog-seedcode)|aws-neuron|sagemaker-solutions-prod)-(?P<region>[a-z]+(?:-[a-z]+)+-[0-9])"
)
"""Buckets that AWS has in each region, under one name with the region in it."""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the regions that ARNs name, and those of the buckets that SageMaker's SDK makes, with the job's."""
    if not job.region:
        return
    for arn in arns(job):
        if arn.region and arn.region != job.region and arn.partition == partition_of(job.region):
            message = f"the ARN is in {arn.region}, but the job runs in {job.region}"
            yield Found(job.origin(*arn.place), message, f"use one in {job.region}")
    for bucket, place in buckets(job):
        found = _DEFAULT_BUCKET.fullmatch(bucket)
        of_aws = _BUCKET_OF_AWS.fullmatch(bucket)
        if found and found["region"] != job.region:
            message = f"`{bucket}` is the default bucket of {found['region']}, but the job runs in {job.region}"
            yield Found(job.origin(*place), message, f"use a bucket in {job.region}")
        elif of_aws and of_aws["region"] != job.region:
            message = f"`{bucket}` is AWS's bucket for {of_aws['region']}, but the job runs in {job.region}"
            yield Found(job.origin(*place), message, f"write `{bucket.replace(of_aws['region'], job.region)}`")
