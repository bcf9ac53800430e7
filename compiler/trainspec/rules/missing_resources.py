"""A job needs instances: their type, number and storage.

SageMaker rejects a job without ResourceConfig, unless it is a serverless one.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import DEFINITION
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS502", "a job without instances")

BAD = """
resources: null
"""

GOOD = """
resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find jobs without `resources`."""
    is_invalid = not job.invalid_fields.isdisjoint(("resources", "tuning.resources"))
    tuned = job.tuned(DEFINITION, "HyperParameterTuningResourceConfig")
    if not job.is_serverless and not job.member("ResourceConfig") and not tuned and not is_invalid:
        message = f"job `{job.name}` has no `resources`"
        yield Found(("resources",), message, "add `resources: {instance_type: ml.m5.large, instance_count: 1, ...}`")
