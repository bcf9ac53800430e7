"""More training jobs than there are combinations.

Where all hyperparameters that are tuned have lists of values or ranges of whole numbers, there are only so many
combinations. SageMaker refuses a tuning job with more training jobs than that: "You don't have enough combinations of
hyperparameter ranges".

https://github.com/aws/amazon-sagemaker-operator-for-k8s/issues/123
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import CONFIG, ranges_of
from trainspec.rules.support.ranges import least_and_most
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
    jobs, total = job.tuned(*at), 1
    if type(jobs) is not int or "tuning.ranges" in job.spoilt or job.tuned(CONFIG, "Strategy") == "Grid":
        return
    ranges = list(ranges_of(job.tuning))
    for _, place, each in ranges:
        if "Values" in each:
            total *= len(each["Values"])
        elif "IntegerParameterRanges" in place:
            least, most = least_and_most(each)
            if least is None or most is None or most < least:
                return
            total *= int(most - least) + 1
        else:
            return
    if ranges and total and jobs > total:
        message = f"the ranges have {total:,} combinations, and `limits.jobs` is {jobs:,}"
        yield Found(job.tuning_origin(*at), message, f"write `jobs: {total}` or less, or add a range")
