"""A tuning job has more training jobs than combinations of values.

If all ranges are lists of values or ranges of integers, the number of combinations is limited. SageMaker rejects a
tuning job with more training jobs than that: "You don't have enough combinations of hyperparameter ranges".

https://github.com/aws/amazon-sagemaker-operator-for-k8s/issues/123
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import CONFIG, ranges_of
from trainspec.rules.support.ranges import combinations
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS789", "more training jobs than combinations")

BAD = """
tuning:
  ranges: {eta: [0.1, 0.3], depth: {int: [4, 6]}}
  limits: {jobs: 20, parallel: 3}
"""

GOOD = """
tuning:
  ranges: {eta: [0.1, 0.3], depth: {int: [4, 6]}}
  limits: {jobs: 6, parallel: 3}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Count the combinations."""
    at = (CONFIG, "ResourceLimits", "MaxNumberOfTrainingJobs")
    jobs = job.tuned(*at)
    if type(jobs) is not int or job.tuned(CONFIG, "Strategy") == "Grid" or not any(ranges_of(job.tuning)):
        return
    total = combinations(job)
    if total is not None and jobs > total:
        many = "1 combination" if total == 1 else f"{total:,} combinations"
        message = f"the ranges have {many}, but `limits.jobs` is {jobs:,}"
        yield Found(job.tuning_origin(*at), message, f"write `jobs: {total}` or less, or add a range")
