"""A channel names an instance group that the job does not have.

A channel's `instance_groups` lists which of the groups in `resources.groups` get its data.

https://docs.aws.amazon.com/sagemaker/latest/dg/train-heterogeneous-cluster-configure.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, did_you_mean, the_one
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS514", "an instance group that does not exist")
ONLY_WITH = ("InstanceGroupNames",)

BAD = """
resources:
  instance_type: null
  instance_count: null
  groups:
    data: {instance_type: ml.c5.xlarge, instance_count: 2}
    training: {instance_type: ml.p3.2xlarge, instance_count: 1}
inputs:
  train: {s3: s3://my-bucket/train/, instance_groups: [trainings]}
"""

GOOD = """
resources:
  instance_type: null
  instance_count: null
  groups:
    data: {instance_type: ml.c5.xlarge, instance_count: 2}
    training: {instance_type: ml.p3.2xlarge, instance_count: 1}
inputs:
  train: {s3: s3://my-bucket/train/, instance_groups: [training]}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up each of InstanceGroupNames among InstanceGroups."""
    groups = tuple(job.places("ResourceConfig", "InstanceGroups"))
    known = [job.text(*group, "InstanceGroupName") for group in groups]
    names = [name for name in known if name is not None]
    if len(names) < len(groups) or "resources" in job.invalid_fields:
        return
    for channel in job.places("InputDataConfig"):
        for place in job.places(*channel, "DataSource", "S3DataSource", "InstanceGroupNames"):
            name = job.text(*place)
            if name is not None and name not in names:
                advice = did_you_mean(name, names) or _listed(names)
                message = f"the job has no instance group `{name}`"
                yield Found(job.origin(*place), message, advice, fix=the_one(name, names))


def _listed(names: list[str]) -> str:
    if not names:
        return "add the groups under `resources.groups`, or remove `instance_groups`"
    return f"its groups are {', '.join(f'`{name}`' for name in names)}"
