"""A job without a time limit can run, and cost money, for a whole day.

Without `stopping.max_runtime`, SageMaker stops a job after 24 hours. Until then, you pay for a job that hangs.
Serverless jobs are billed for their work instead, so they are not checked.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS520", "a job without a limit on its run time", Severity.WARNING)

BAD = """
stopping: null
"""

GOOD = """
stopping: {max_runtime: 30m}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find jobs without MaxRuntimeInSeconds."""
    is_open = job.member("StoppingCondition", "MaxRuntimeInSeconds") is None and "stopping" not in job.invalid_fields
    is_refused = job.tuning and job.member("StoppingCondition") is None  # the API requires it of a tuning job
    if is_open and not job.is_serverless and not is_refused:
        message = f"job `{job.name}` has no `stopping.max_runtime`: SageMaker lets it run for 24 hours"
        yield Found(("stopping", "max_runtime"), message, "add, for example, `stopping: {max_runtime: 2h}`")
