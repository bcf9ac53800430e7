"""Some channels are assigned to instance groups, and others are not.

SageMaker requires `instance_groups` on every channel or on none. Its error: `Some channels have assigned instance
groups … while others not`.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-heterogeneous-cluster-configure.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.channels import S3, channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS840", "channels of which only some are assigned to instance groups")
ONLY_WITH = ("InstanceGroupNames",)

_GROUPS = """
resources:
  instance_type: null
  instance_count: null
  groups:
    data: {instance_type: ml.c5.xlarge, instance_count: 2}
    training: {instance_type: ml.p3.2xlarge, instance_count: 1}
inputs:
  train: {s3: s3://my-bucket/train/, instance_groups: [training]}
"""
BAD = _GROUPS + "  validation: s3://my-bucket/validation/\n"
GOOD = _GROUPS + "  validation: {s3: s3://my-bucket/validation/, instance_groups: [training, data]}\n"


def check_job(job: JobView) -> Iterator[Found]:
    """Find the channels without InstanceGroupNames where others have some."""
    having = [(each, bool(job.member(*each.place, *S3, "InstanceGroupNames"))) for each in channels(job)]
    named = [each.shown for each, has in having if has]
    for each, has in having:
        if named and not has:
            message = f"{each.shown} is not assigned to instance groups, but {named[0]} is: SageMaker needs all or none"
            advice = "add `instance_groups` with all groups that read this channel, or remove it from the others"
            yield Found(job.origin(*each.place), message, advice, on_key=True)
