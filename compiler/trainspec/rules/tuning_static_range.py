"""A hyperparameter has both a value and a range, or two ranges.

A hyperparameter either has one value for all training jobs, in `hyperparameters`, or the tuning job chooses a value
for each training job from `tuning.ranges`. SageMaker rejects a name that is in both, or that has two ranges.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTrainingJobDefinition.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import DEFINITION, STATIC, ranges_of
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS788", "a hyperparameter with both a value and a range")

BAD = """
hyperparameters: {eta: 0.3}
tuning:
  ranges: {eta: {min: 0.1, max: 0.5}}
"""

GOOD = """
hyperparameters: {depth: 6}
tuning:
  ranges: {eta: {min: 0.1, max: 0.5}}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look for each range's name among the values, and among the ranges before it."""
    static = job.tuned(DEFINITION, STATIC) or {}
    seen = set[str]()
    for name, place, _ in ranges_of(job.tuning) if job.tuning else ():
        if isinstance(static, dict) and name in static:
            message = f"`{name}` has both a value in `hyperparameters` and a range in `tuning.ranges`"
            advice = "remove one of them (`null` removes a value from `defaults`)"
            yield Found(job.tuning_origin(DEFINITION, STATIC, name), message, advice)
        if name in seen:
            yield Found(job.tuning_origin(*place, "Name"), f"`{name}` has two ranges", "remove one of them")
        seen.add(name)
