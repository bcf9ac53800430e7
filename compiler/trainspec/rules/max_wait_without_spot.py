"""Only a spot job may have a `max_wait`.

`stopping.max_wait` limits the wait for spot capacity. On any other job SageMaker rejects it: "Invalid
MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true".

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS505", "`max_wait` on a job that is not a spot job")
ONLY_WITH = ("MaxWaitTimeInSeconds",)

BAD = """
stopping: {max_runtime: 10m, max_wait: 20m}
"""

GOOD = """
stopping: {max_runtime: 10m}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find MaxWaitTimeInSeconds where EnableManagedSpotTraining is off."""
    spot = job.member("EnableManagedSpotTraining")
    has_wait = job.member("StoppingCondition", "MaxWaitTimeInSeconds") is not None
    if has_wait and spot in (None, False) and "spot" not in job.invalid_fields:
        message = "SageMaker accepts `max_wait` only for spot jobs, which this is not"
        advice = "add `spot: true`, or remove `max_wait`; to limit the wait for on-demand capacity, set `max_pending`"
        yield Found(job.origin("StoppingCondition", "MaxWaitTimeInSeconds"), message, advice, on_key=True)
