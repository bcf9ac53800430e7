"""Durations and sizes: what the short forms of a spec say in the units of the API, and back.

A value that is of no such form, such as an Airflow template, is left as it is.
"""

import re
from typing import Any

TEMPLATE_PATTERN = r"\{\{|\{%"
DURATION_PATTERN = r"^(?:[0-9]{1,10}|(?=.)([0-9]{1,6}d)?([0-9]{1,7}h)?([0-9]{1,9}m)?([0-9]{1,10}s)?)$(?!\n)"
SIZE_PATTERN = r"^[0-9]{1,9} ?(GB|TB)?$(?!\n)"

_TEMPLATE = re.compile(TEMPLATE_PATTERN)
_DURATION = re.compile(DURATION_PATTERN)
_SIZE = re.compile(SIZE_PATTERN)
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1, "": 1}
_DURATION_PART = re.compile(r"([0-9]+)([dhms]?)")


def is_template(value: object) -> bool:
    """Whether Airflow has something to render in `value`."""
    return isinstance(value, str) and _TEMPLATE.search(value) is not None


def seconds(value: int | str) -> int | str:
    """A duration in seconds: `90`, `"90s"`, `"1h30m"`, `"5d"`."""
    if isinstance(value, int) or not _DURATION.search(value):
        return value
    return sum(int(count) * _UNITS[unit] for count, unit in _DURATION_PART.findall(value))


def gigabytes(value: int | str) -> int | str:
    """A size in gigabytes: `10`, `"10GB"`, `"1TB"` (1,024 GB, as Amazon EBS counts)."""
    if isinstance(value, int) or not _SIZE.search(value):
        return value
    number = int(value.rstrip("GBT "))
    return number * 1024 if value.endswith("TB") else number


def duration(count: Any) -> Any:
    """The form of `count` seconds that reads best: 3600 as `1h`, 5400 as `1h30m`, 90 as `90s`."""
    if not isinstance(count, int) or not 0 < count < 10**9:
        return count
    if count < 120 or count % 60:
        return f"{count}s"
    parts = []
    for unit in ("d", "h", "m"):
        whole, count = divmod(count, _UNITS[unit])
        if whole:
            parts.append(f"{whole}{unit}")
    return "".join(parts)


def size(count: Any) -> Any:
    """The form of `count` gigabytes: `50GB`."""
    return f"{count}GB" if isinstance(count, int) and 0 <= count < 10**9 else count
