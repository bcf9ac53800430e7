"""A job on CPU instances has a training plan.

Training plans reserve instances with GPUs or Trainium. A plan's instance type must be that of the job, so no plan can
fit a job on CPU instances.

https://docs.aws.amazon.com/sagemaker/latest/dg/reserve-capacity-with-training-plans.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import processor_of_instance
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS844", "a training plan for instances without accelerators", Severity.WARNING)
ONLY_WITH = ("TrainingPlanArn", "TrainingPlanArns")

BAD = """
resources:
  instance_type: ml.m5.xlarge
  training_plan: arn:aws:sagemaker:us-east-1:123456789012:training-plan/my-plan
"""

GOOD = """
resources:
  instance_type: ml.p5.48xlarge
  volume_size: null
  training_plan: arn:aws:sagemaker:us-east-1:123456789012:training-plan/my-plan
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the machines of the plan: all of the job's, or those of one preference."""
    of_job = job.member("ResourceConfig", "TrainingPlanArn") is not None
    for name, place in instance_types(job) if of_job or job.member("ResourceConfig", "InstancePreferences") else ():
        of_its_own = job.member(*place[:-1], "TrainingPlanArns") if len(place) > 2 else None
        is_left = of_job and "InstanceGroups" not in place  # another rule is about groups
        if (is_left or of_its_own) and processor_of_instance(name) == "cpu":
            message = f"{name} has no accelerator, but training plans reserve only instances with GPUs or Trainium"
            yield Found(job.origin(*place), message, "use the instance type of the plan, or remove the plan")
