"""The training jobs of a tuning job may take more than a day in total, without a limit.

You pay for each training job of a tuning job: up to `limits.jobs` of them, each for up to `stopping.max_runtime`.
With `limits.runtime`, SageMaker stops those that still run at that time, and the best training job so far is the
result. `trainspec cost` calculates the hours.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceLimits.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.request.bounds import bounds_of
from trainspec.request.tuned import CONFIG
from trainspec.rules.support.view import Found, JobView
from trainspec.units import duration

CODE = Code("TS797", "a tuning job that may train for days", Severity.NOTE)

BAD = """
stopping: {max_runtime: 2h}
tuning:
  limits: {jobs: 50, parallel: 5}
"""

GOOD = """
stopping: {max_runtime: 2h}
tuning:
  limits: {jobs: 50, parallel: 5, runtime: 4h}
"""

_DAY = 86_400


def check_job(job: JobView) -> Iterator[Found]:
    """Count the time of all training jobs together."""
    if not job.tuning or not {"tuning.limits", "stopping"}.isdisjoint(job.invalid_fields):
        return
    bounds, each = bounds_of(job.tuning), job.member("StoppingCondition", "MaxRuntimeInSeconds")
    if bounds.jobs is None or job.tuned(CONFIG, "ResourceLimits", "MaxRuntimeInSeconds") is not None:
        return
    if type(each) is int and each > 0 and bounds.jobs * each > _DAY:
        total = f"{bounds.jobs * each / 3600:,.0f} hours"
        message = f"the training jobs may take {total} in total: {bounds.jobs:,} of up to {duration(each)} each"
        yield Found(
            ("tuning", "limits"), message, "limit the whole tuning job, for example with `runtime: 6h`", on_key=True
        )
