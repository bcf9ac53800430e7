"""The scale of a tuning range does not fit its values.

A logarithmic scale needs a range above zero, and a reverse logarithmic scale needs a range within 0 ≤ x < 1. A list
of values has no scale. SageMaker rejects other combinations.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.request.tuned import ranges_of
from trainspec.rules.support.ranges import is_grid, least_and_most
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS787", "a scale that the range does not allow")

BAD = """
tuning:
  ranges: {eta: {min: 0, max: 0.5, scale: Logarithmic}}
"""

GOOD = """
tuning:
  ranges: {eta: {min: 1e-4, max: 0.5, scale: Logarithmic}}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Hold the bounds of each range against its scale."""
    for name, place, each in ranges_of(job.tuning) if job.tuning and not is_grid(job) else ():
        scale = each.get("ScalingType")
        least, most = least_and_most(each)
        if scale == "Logarithmic" and least is not None and least <= 0:
            message = f"a logarithmic scale needs a range above zero, but that of `{name}` starts at {each['MinValue']}"
            advice = "start above zero, for example at 1e-6, or write `scale: Linear`"
            yield Found(job.tuning_origin(*place, "MinValue"), message, advice)
        if scale != "ReverseLogarithmic":
            continue
        if "IntegerParameterRanges" in place:
            message = f"a reverse logarithmic scale needs a range of floats, but `{name}` has a range of integers"
            yield Found(job.tuning_origin(*place, "ScalingType"), message, "write `scale: Logarithmic` or `Linear`")
        elif (least is not None and least < 0) or (most is not None and most >= 1):
            message = f"a reverse logarithmic scale of `{name}` needs a range within 0 ≤ x < 1"
            yield Found(
                job.tuning_origin(*place, "ScalingType"), message, "change the limits, or write `scale: Linear`"
            )
