"""A tuning job sets its instances twice.

The instances are set either in `resources`, as for any job, or in `tuning.resources`, which has either `instances`
(several types in order of preference) or one `instance_type`. SageMaker rejects a request with more than one of them.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningResourceConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import DEFINITION
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS794", "instances of a tuning job that are set twice")

BAD = """
tuning:
  resources: {instances: [{instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}]}
resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
"""

GOOD = """
tuning:
  resources: {instances: [{instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}]}
resources: null
"""

_TUNED = (DEFINITION, "HyperParameterTuningResourceConfig")


def check_job(job: JobView) -> Iterator[Found]:
    """Look for two places that have machines."""
    if job.tuned(*_TUNED) is None or not isinstance(job.tuned(*_TUNED, "InstanceConfigs") or [], list):
        return
    if job.tuned(DEFINITION, "ResourceConfig") is not None:
        message = "`resources` and `tuning.resources` both set the instances of the training jobs"
        yield Found(("tuning", "resources"), message, "remove one of them", on_key=True)
    if job.tuned(*_TUNED, "InstanceConfigs") is not None and job.tuned(*_TUNED, "InstanceType") is not None:
        message = "`tuning.resources` has both `instances` and `instance_type`"
        yield Found(job.tuning_origin(*_TUNED, "InstanceType"), message, "move it into `instances`")
