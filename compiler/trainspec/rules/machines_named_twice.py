"""A job must specify its instances in exactly one way.

That is one instance type (`instance_type` and `instance_count`), several instance groups (`groups`), or a list of
types of which SageMaker uses the first that is available (`preferences`). SageMaker rejects a combination of these,
and a job with none of them.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS509", "no instances, or instances specified in two ways")

BAD = """
resources:
  instance_type: ml.m5.large
  instance_count: 1
  groups:
    data: {instance_type: ml.c5.xlarge, instance_count: 2}
"""

GOOD = """
resources:
  instance_type: null
  instance_count: null
  groups:
    data: {instance_type: ml.c5.xlarge, instance_count: 2}
    training: {instance_type: ml.p3.2xlarge, instance_count: 1}
"""

WAYS = {"InstanceType": "instance_type", "InstanceGroups": "groups", "InstancePreferences": "preferences"}


def check_job(job: JobView) -> Iterator[Found]:
    """Count the ways in which ResourceConfig names machines."""
    resources = job.member("ResourceConfig")
    of_tuning = job.tuned("TrainingJobDefinition", "HyperParameterTuningResourceConfig")
    if (
        not resources
        or job.is_serverless
        or "resources" in job.invalid_fields
        or (of_tuning and "InstanceConfigs" in of_tuning)
    ):
        return
    where = "tuning.resources" if of_tuning else "resources"
    given = [name for name in WAYS if job.member("ResourceConfig", name) is not None]
    shown = " and ".join(f"`{WAYS[name]}`" for name in given)
    has_count = job.member("ResourceConfig", "InstanceCount") is not None
    if len(given) > 1:
        message = f"`{where}` specifies its instances with {shown}, but only one is allowed"
        yield Found(job.origin("ResourceConfig", given[1]), message, "keep one of them", on_key=True)
    elif given == ["InstanceGroups"] and has_count:
        place = job.origin("ResourceConfig", "InstanceCount")
        yield Found(place, "each group has its own `instance_count`", "remove `resources.instance_count`", on_key=True)
    elif not given or (given == ["InstanceType"] and not has_count):
        missing = "instance_count" if given else "instance_type"
        advice = f"add `{missing}` to `{where}`" + ("" if given or of_tuning else ", or `groups`, or `preferences`")
        yield Found(tuple(where.split(".")), f"`{where}` has no `{missing}`", advice, on_key=True)
