"""A tuning range is empty, or its limits are not numbers.

The minimum of a range must be below its maximum, and both must be numbers: integers in a range of integers. A list
must not have duplicate values. SageMaker rejects such a range.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trainspec.diagnostics import Code
from trainspec.request.tuned import ranges_of
from trainspec.rules.support.ranges import as_number, is_grid
from trainspec.rules.support.view import Found, JobView
from trainspec.templates import has_template
from trainspec.text.tree import Path

CODE = Code("TS786", "an empty range, or one with invalid limits")

BAD = """
tuning:
  ranges: {eta: {min: 0.5, max: 0.1}}
"""

GOOD = """
tuning:
  ranges: {eta: {min: 0.1, max: 0.5}}
"""

_LONGEST = 256
"""The most characters of a bound that the API's model takes: it says itself what is wrong with longer ones."""


def check_job(job: JobView) -> Iterator[Found]:
    """Read the bounds of each range as numbers, and compare them."""
    for name, place, each in ranges_of(job.tuning) if job.tuning else ():
        if "Values" in each:
            yield from _repeated(job, name, place, each["Values"])
        elif "MinValue" in each and "MaxValue" in each and not is_grid(job):
            yield from _bounds(job, name, place, each)


def _repeated(job: JobView, name: str, place: Path, values: Any) -> Iterator[Found]:
    listed = [str(each) for each in values] if isinstance(values, list) else []
    twice = next((each for index, each in enumerate(listed) if each in listed[:index]), None)
    if twice is not None:
        message = f"the value `{twice}` of `{name}` is a duplicate"
        yield Found(job.tuning_origin(*place, "Values"), message, "list each value once")


def _bounds(job: JobView, name: str, place: Path, each: Mapping[str, Any]) -> Iterator[Found]:
    whole = "IntegerParameterRanges" in place
    known = []
    for member in ("MinValue", "MaxValue"):
        text = str(each[member])
        if has_template(text) or len(text) > _LONGEST:
            return
        number = as_number(text)
        if number is None or (whole and not number.is_integer()):
            what = "an integer" if whole else "a number"
            yield Found(job.tuning_origin(*place, member), f"`{text}` is not {what}, but a limit of `{name}` must be")
            return
        known.append(number)
    if known[0] >= known[1]:
        message = f"the range of `{name}` is empty: {each['MinValue']} is not below {each['MaxValue']}"
        yield Found(job.tuning_origin(*place, "MinValue"), message, "write the minimum first, then the maximum")
