"""Until when AWS patches the images of a framework's version.

The dates are those of AWS's support policy; `trainspec.request.images.derive_end_of_support` reads them again.

https://docs.aws.amazon.com/deep-learning-containers/latest/devguide/support-policy.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

TABLE: Final = Path(__file__).with_name("end_of_support.json")
Dates = Mapping[str, Mapping[str, str]]
"""The last days (YYYY-MM-DD) by repository (`pytorch-training`) and version (`2.9`)."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A version that AWS patches no more: `since` is the last day of its patches, if that is known.

    The table was generated on the day `as_of`: what ends later has not ended, whatever the clock says.
    """

    version: str
    since: str | None
    as_of: str


def ended(repository: str, version: str) -> Ended | None:
    """Whether the patches of a version (`2.5.1`, its first two numbers count) had ended at the table's date."""
    table = table_of_dates()
    dates = table["end_of_patch"].get(repository)
    minor = ".".join(version.split(".")[:2])
    if not dates or not all(part.isdecimal() for part in minor.split(".")):
        return None
    last, as_of = dates.get(minor), table["as_of"]
    is_older = last is None and number(minor) < min(map(number, dates))
    return Ended(minor, last, as_of) if is_older or (last is not None and last < as_of) else None


def last_patched(framework: str, version: str) -> str | None:
    """The last day of patches of a framework's version, such as pytorch 2.9.0; None if AWS gives none."""
    dates: Mapping[str, str] = table_of_dates()["end_of_patch"].get(f"{framework}-training", {})
    return dates.get(".".join(version.split(".")[:2]))


def source() -> str:
    """Where the dates are from, and of which day."""
    table = table_of_dates()
    return f"Patched until: AWS's support policy ({table['source']}), as of {table['as_of']}."


def number(version: str) -> tuple[int, ...]:
    """A version as numbers, which sort as versions do."""
    return tuple(int(part) for part in version.split("."))


@cache
def table_of_dates() -> Mapping[str, Any]:
    """The table: `source`, `commit`, `as_of`, and the dates as `end_of_patch`."""
    table: Mapping[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table
