"""A job on UltraServers has no training plan, or has an image for x86-64.

UltraServers (ml.p6e-gb200) are only available through a training plan, neither on demand nor as spot capacity. They
have Arm processors, and an image for x86-64 does not start on them (`exec format error`).

https://docs.aws.amazon.com/sagemaker/latest/dg/reserve-capacity-with-training-plans.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.images import known_registry
from trainspec.rules.support.algorithms import PLACE
from trainspec.rules.support.machines import instance_types
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS815", "an UltraServer without a training plan or an Arm image", Severity.WARNING)

BAD = """
resources: {instance_type: ml.p6e-gb200.36xlarge, volume_size: null}
"""

GOOD = """
resources:
  instance_type: ml.p6e-gb200.36xlarge
  volume_size: null
  training_plan: arn:aws:sagemaker:us-east-1:123456789012:training-plan/my-plan
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look for the plan, and for an image of AWS's without `arm64` in its tag."""
    for name, place in instance_types(job):
        if not name.startswith("ml.p6e-gb"):
            continue
        own = job.member(*place[:-1], "TrainingPlanArns")
        if (
            job.member("ResourceConfig", "TrainingPlanArn") is None
            and not own
            and "resources" not in job.invalid_fields
        ):
            message = f"{name} is an UltraServer, which needs a training plan, but the job has none"
            yield Found(job.origin(*place), message, "add `training_plan` with the plan's ARN")
        registry = known_registry(job.text(*PLACE) or "")
        image = f"{registry.image.repository}:{registry.image.tag}" if registry else ""
        if registry and "arm64" not in image and "-training" in image:
            message = f"{name} has Arm processors, but AWS's image `{image}` is for x86-64 and does not start on them"
            yield Found(job.origin(*PLACE), message, "use an arm64 image")
