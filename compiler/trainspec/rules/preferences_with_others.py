"""Instance preferences can be combined with only a few other settings.

SageMaker rejects `preferences` together with spot capacity or a placement. The instance count is set either in every
entry or once for all; each type may occur only once; and a training plan is set either for the job or in the entries.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstancePreference.html
"""

from collections import Counter
from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS510", "instance preferences with settings that they exclude")
ONLY_WITH = ("InstancePreferences",)

BAD = """
resources:
  instance_type: null
  preferences:
    - {instance_type: ml.m5.xlarge}
    - {instance_type: ml.c5.xlarge, instance_count: 2}
"""

GOOD = """
resources:
  instance_type: null
  instance_count: 1
  preferences:
    - {instance_type: ml.m5.xlarge}
    - {instance_type: ml.c5.xlarge}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Check what is set next to InstancePreferences, and its entries together."""
    entries = tuple(job.places("ResourceConfig", "InstancePreferences"))
    if not entries:
        return
    if job.is_on("EnableManagedSpotTraining"):
        message = "SageMaker runs instance preferences on demand or from a training plan, but not on spot capacity"
        yield Found(job.origin("EnableManagedSpotTraining"), message, "remove `spot`, or `resources.preferences`")
    if job.member("ResourceConfig", "InstancePlacementConfig") is not None:
        place = job.origin("ResourceConfig", "InstancePlacementConfig")
        message = "SageMaker does not accept a placement together with instance preferences"
        yield Found(place, message, "remove `placement`, or `preferences`", on_key=True)
    counted = [entry for entry in entries if job.member(*entry, "InstanceCount") is not None]
    has_count = job.member("ResourceConfig", "InstanceCount") is not None
    if (counted and (has_count or len(counted) < len(entries))) or not (counted or has_count):
        said = f"{len(counted)} of {len(entries)} preferences" + (" and also next to them" if has_count else "")
        message = f"`instance_count` is set in {said}"
        advice = "set it in every preference, or once next to them"
        yield Found(job.origin("ResourceConfig", "InstancePreferences"), message, advice, on_key=True)
    types = Counter(job.text(*entry, "InstanceType") for entry in entries)
    for name, count in types.items():
        if name is not None and count > 1:
            place = job.origin("ResourceConfig", "InstancePreferences")
            yield Found(place, f"{name} is in the preferences {count} times", "list each type once", on_key=True)
    planned = [entry for entry in entries if job.member(*entry, "TrainingPlanArns") is not None]
    if planned and job.member("ResourceConfig", "TrainingPlanArn") is not None:
        place = job.origin("ResourceConfig", "TrainingPlanArn")
        yield Found(place, "a training plan is set here and in the preferences", "keep one of the two", on_key=True)
