"""A grid search over something else than lists of values.

The strategy Grid tries every combination once, so it takes lists of values only, and the number of training jobs is
that of the combinations: `limits.jobs` is left out, or is just that number.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

from collections.abc import Iterator
from math import prod

from trainspec.diagnostics import Code
from trainspec.request.tuned import CONFIG, ranges_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS784", "a grid search over a range of numbers")

BAD = """
tuning:
  strategy: Grid
  ranges: {eta: {min: 0.1, max: 0.5}}
"""

GOOD = """
tuning:
  strategy: Grid
  ranges: {eta: [0.1, 0.3, 0.5], depth: [4, 6]}
  limits: {jobs: 6}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look for ranges of numbers in a grid search, and count its combinations."""
    if job.tuned(CONFIG, "Strategy") != "Grid" or "tuning.ranges" in job.spoilt:
        return
    ranges = list(ranges_of(job.tuning))
    wrong = [(name, place) for name, place, each in ranges if "Values" not in each]
    for name, place in wrong:
        message = f"the strategy Grid takes lists of values only, and `{name}` is a range"
        yield Found(job.tuning_origin(*place, "Name"), message, "list the values to try: `[0.1, 0.2]`")
    at = (CONFIG, "ResourceLimits", "MaxNumberOfTrainingJobs")
    jobs = job.tuned(*at)
    total = prod(len(each.get("Values") or ()) for _, _, each in ranges)
    if ranges and not wrong and type(jobs) is int and jobs != total:
        message = f"the strategy Grid tries all {total:,} combinations, and `limits.jobs` is {jobs:,}"
        yield Found(job.tuning_origin(*at), message, "remove `jobs`")
