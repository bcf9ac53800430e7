"""A grid search has a range that is not a list of values, or a number of jobs other than that of the combinations.

The Grid strategy tries every combination once. It accepts only lists of values, and the number of training jobs is
the number of combinations: leave `limits.jobs` out, or set it to exactly that number.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trainspec.diagnostics import Code
from trainspec.request.tuned import CONFIG, KINDS, ranges_of
from trainspec.rules.support.ranges import combinations, is_grid
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
    if not is_grid(job) or "tuning.ranges" in job.invalid_fields:
        return
    ranges = list(ranges_of(job.tuning))
    wrong = [(name, place) for name, place, each in ranges if "Values" not in each and _is_one(job, name, each)]
    for name, place in wrong:
        message = f"the Grid strategy accepts only lists of values, but `{name}` is a range of numbers"
        yield Found(job.tuning_origin(*place, "Name"), message, "list the values to try: `[0.1, 0.2]`")
    at = (CONFIG, "ResourceLimits", "MaxNumberOfTrainingJobs")
    jobs = job.tuned(*at)
    total = combinations(job) if all("Values" in each for _, _, each in ranges) else None
    if total is not None and type(jobs) is int and jobs > 0 and jobs != total:
        many = "the only combination" if total == 1 else f"all {total:,} combinations"
        message = f"the Grid strategy tries {many}, but `limits.jobs` is {jobs:,}"
        yield Found(job.tuning_origin(*at), message, "remove `jobs`")


def _is_one(job: JobView, name: str, each: Mapping[str, Any]) -> bool:
    """Whether it is a whole range: one that lacks a bound, or mixes two kinds, is a finding of its own."""
    faults = job.whole.faults if job.whole else ()
    is_whole = any(all(member in each for member in members) for _, members in KINDS)
    return is_whole and all(fault.path[:3] != ("tuning", "ranges", name) for fault in faults)
