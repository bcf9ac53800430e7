"""Durations and sizes: converts the short forms of a spec to the units of the API, and back.

Any other value, such as an Airflow template, is left as it is.
"""

import re
from typing import Any

TEMPLATE_PATTERN = r"\{\{|\{%"
DURATION_PATTERN = r"^(?:[0-9]{1,10}|(?=.)([0-9]{1,6}d)?([0-9]{1,7}h)?([0-9]{1,9}m)?([0-9]{1,10}s)?)$(?!\n)"
SIZE_PATTERN = r"^[0-9]{1,9} ?(GB|TB)?$(?!\n)"
REGION_PATTERN = r"^[a-z]{2,3}(-[a-z]+)+-[0-9]$(?!\n)"
ACCOUNT_PATTERN = r"^[0-9]{12}$(?!\n)"

_TEMPLATE = re.compile(TEMPLATE_PATTERN)
_DURATION = re.compile(DURATION_PATTERN)
_SIZE = re.compile(SIZE_PATTERN)
_COUNT = r"([0-9]{1,9}(?:\.[0-9]{1,6})?)"
_WORDS = rf"{_COUNT} ?([a-z]*)[ ,]*"
_ISO = rf"P(?:{_COUNT}D)?(?:T(?:{_COUNT}H)?(?:{_COUNT}M)?(?:{_COUNT}S)?)?"
_LONG_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
    **dict.fromkeys(("w", "week", "weeks"), 604800),
}
_LONG_SIZES = {"": "GB", "g": "GB", "gb": "GB", "gi": "GB", "gib": "GB", "t": "TB", "tb": "TB", "ti": "TB", "tib": "TB"}
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


def duration_meant(text: str) -> str | None:
    """The duration that an invalid one can only mean: `1hr`, `30 min`, `1.5h`, `PT1H30M`.

    None if in doubt, for example for `30M`, which is minutes or months.
    """
    from fractions import Fraction  # slow to load, and few specs say a duration in another form

    if found := re.fullmatch(_ISO, text):
        counts = zip(found.groups(), ("d", "h", "m", "s"), strict=True)
        parts = [(count, unit) for count, unit in counts if count is not None]
    else:
        small = text[:-1] + text[-1:].lower() if text[-1:] in ("H", "S", "D") else text
        parts = re.findall(_WORDS, small)
        if re.sub(_WORDS, "", small) or not all(unit for _, unit in parts):
            return None
    if not parts or any(unit not in _LONG_UNITS for _, unit in parts):
        return None
    total = sum(Fraction(count) * _LONG_UNITS[unit] for count, unit in parts)
    return str(duration(int(total))) if total == int(total) and 0 < total < 10**9 else None


def size_meant(text: str) -> str | None:
    """The size that an invalid one can only mean: `10gb`, `10 GiB`, `1T`."""
    found = re.fullmatch(r"([0-9]{1,9}) *([A-Za-z]*)", text.strip())
    unit = _LONG_SIZES.get(found[2].lower()) if found else None
    return f"{found[1]}{unit}" if found and unit else None


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
