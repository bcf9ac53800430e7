"""Limits of a tuning job contradict each other.

`limits.parallel` cannot be higher than `limits.jobs`, and Hyperband's `max_resource` cannot be lower than its
`min_resource`. SageMaker rejects such a request.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceLimits.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import CONFIG
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS785", "limits of a tuning job that contradict each other")

BAD = """
tuning:
  limits: {jobs: 4, parallel: 20}
"""

GOOD = """
tuning:
  limits: {jobs: 20, parallel: 4}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the limits."""
    limits, bounds = (CONFIG, "ResourceLimits"), (CONFIG, "StrategyConfig", "HyperbandStrategyConfig")
    jobs, at = job.tuned(*limits, "MaxNumberOfTrainingJobs"), (*limits, "MaxParallelTrainingJobs")
    parallel = job.tuned(*at)
    if type(jobs) is int and type(parallel) is int and parallel > jobs > 0:
        message = f"`parallel` is {parallel}, but there are only {jobs} training jobs in total"
        yield Found(job.tuning_origin(*at), message, f"write `parallel: {jobs}` or less")
    least, most = job.tuned(*bounds, "MinResource"), job.tuned(*bounds, "MaxResource")
    if type(least) is int and type(most) is int and least > most > 0:
        message = f"`min_resource` is {least}, but `max_resource` is only {most}"
        yield Found(job.tuning_origin(*bounds, "MinResource"), message, "swap the two values")
