"""A tuning job that may train for days, and has no limit to the whole.

A tuning job pays for its training jobs: `limits.jobs` of them at most, each for `stopping.max_runtime` at most. Where
that comes to more than a day, `limits.runtime` bounds the whole: SageMaker then stops what still runs, and the best
training job so far is the result. `trainspec cost` counts the hours.

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
        message = f"the training jobs may take {total} in all: {bounds.jobs:,} of them, each up to {duration(each)}"
        yield Found(("tuning", "limits"), message, "bound the whole with `runtime`, such as `runtime: 6h`", on_key=True)
