"""The ranges of a tuning job as numbers."""

import math
from collections.abc import Mapping
from typing import Any

from trainspec.request.tuned import CONFIG, ranges_of
from trainspec.rules.support.view import JobView
from trainspec.text.tree import Path


def as_number(text: str) -> float | None:
    """The finite number that a string is, None for any other."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def is_grid(job: JobView) -> bool:
    """Whether a tuning job tries all combinations, so that a range of numbers itself is the mistake (TS784)."""
    return bool(job.tuned(CONFIG, "Strategy") == "Grid")


def least_and_most(of: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The bounds of a range; None for one that is missing, or no number."""
    return as_number(str(of.get("MinValue", ""))), as_number(str(of.get("MaxValue", "")))


def combinations(job: JobView) -> int | None:
    """How many combinations of values a tuning job's ranges hold.

    None if there is no end to them, none is known, or something else is wrong with a range.
    """
    faults = job.whole.faults if job.whole else ()
    if "tuning.ranges" in job.invalid_fields or any(fault.path[:2] == ("tuning", "ranges") for fault in faults):
        return None
    counts = [_count(place, each) for _, place, each in ranges_of(job.tuning)]
    return math.prod(each or 0 for each in counts) or None


def _count(place: Path, of: Mapping[str, Any]) -> int | None:
    """How many values a range holds."""
    if "Values" in of:
        values = of["Values"] if isinstance(of["Values"], list) else []
        return len(values) if len(set(map(str, values))) == len(values) else None
    least, most = least_and_most(of)
    if "IntegerParameterRanges" not in place or least is None or most is None or least >= most:
        return None
    return int(most - least) + 1 if least.is_integer() and most.is_integer() else None
