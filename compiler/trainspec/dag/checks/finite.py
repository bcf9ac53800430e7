"""Numbers that neither JSON nor a Python literal can write."""

import math
from collections.abc import Iterator
from typing import Any

from trainspec.diagnostics import codes
from trainspec.schema.values import leaves
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted


def check_finite(value: Any, path: Path) -> Iterator[Fault]:
    """Every infinite number and every NaN in the value at `path`."""
    for at, each in leaves(value, path):
        if isinstance(each, float) and not math.isfinite(each):
            message = f"`{dotted(at)}` must be a finite number"
            yield Fault(codes.MALFORMED, at, message, "quote it to pass it as a string")
