"""A list of preferred machines goes together with few other things.

SageMaker refuses `preferences` with spot capacity and with a placement. The number of machines stands in every entry or
once for all, a type stands in the list once, and a training plan belongs to the job or to entries.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstancePreference.html
"""

from collections import Counter
from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS510", "preferred machines with what excludes them")

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
    """Look at what stands beside InstancePreferences, and at its entries together."""
    entries = tuple(job.places("ResourceConfig", "InstancePreferences"))
    if not entries:
        return
    if job.is_on("EnableManagedSpotTraining"):
        message = "SageMaker runs preferred machines on demand or from a plan, and not on spot capacity"
        yield Found(job.origin("EnableManagedSpotTraining"), message, "remove `spot`, or `resources.preferences`")
    if job.member("ResourceConfig", "InstancePlacementConfig") is not None:
        place = job.origin("ResourceConfig", "InstancePlacementConfig")
        message = "SageMaker takes no placement where it chooses among preferred machines"
        yield Found(place, message, "remove `placement`, or `preferences`", on_key=True)
    counted = [entry for entry in entries if job.member(*entry, "InstanceCount") is not None]
    has_count = job.member("ResourceConfig", "InstanceCount") is not None
    if (counted and (has_count or len(counted) < len(entries))) or not (counted or has_count):
        said = f"{len(counted)} of {len(entries)} preferences" + (" and beside them" if has_count else "")
        message = f"`instance_count` stands in {said}"
        advice = "write it in every preference, or once beside them"
        yield Found(job.origin("ResourceConfig", "InstancePreferences"), message, advice, on_key=True)
    types = Counter(job.text(*entry, "InstanceType") for entry in entries)
    for name, count in types.items():
        if name is not None and count > 1:
            place = job.origin("ResourceConfig", "InstancePreferences")
            yield Found(place, f"{name} stands in the preferences {count} times", "name each type once", on_key=True)
    planned = [entry for entry in entries if job.member(*entry, "TrainingPlanArns") is not None]
    if planned and job.member("ResourceConfig", "TrainingPlanArn") is not None:
        place = job.origin("ResourceConfig", "TrainingPlanArn")
        yield Found(place, "a training plan stands here and in the preferences", "keep one of the two", on_key=True)
