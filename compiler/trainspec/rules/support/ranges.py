"""The ranges of a tuning job as numbers."""

import math
from collections.abc import Mapping
from typing import Any


def as_number(text: str) -> float | None:
    """The finite number that a string is, None for any other."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def least_and_most(of: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The bounds of a range; None for one that is missing, or no number."""
    return as_number(str(of.get("MinValue", ""))), as_number(str(of.get("MaxValue", "")))
