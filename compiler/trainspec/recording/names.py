"""Names that contain the time of the recording, which every run replaces with its own."""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from trainspec.importers.request import dotted_member
from trainspec.schema.values import leaves, with_leaves
from trainspec.templates import as_literal

_ANY: Final = re.compile(r"-(?=\d{4})(\d[\dT-]*\d)$")
_FORMATS: Final = {17: "%Y%m%d%H%M%S%f", 14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 10: "%y%m%d%H%M"}
"""A time without its separators, by its digits: what the SDKs put behind names, and scripts write with strftime."""
_SECONDS: Final = {10: 1, 13: 1000}
"""Digits of a time since 1970, and how many of its units a second has."""
_NEAR: Final = timedelta(hours=1)
_RUNS: Final = (
    ("{{ ts_nodash }}", 15),
    ("{{ ts_nodash[2:13] }}", 11),
    ("{{ ts_nodash[2:8] }}{{ ts_nodash[9:13] }}", 10),
)
"""Times of a run and their lengths: to the second, to the minute as the SDKs have it, and in as few digits as any clock
that `without_clock` takes off."""


def without_clock(name: str, now: datetime) -> str:
    """`name` without the time of the recording at its end, in UTC or this machine's zone, if there is one."""
    for start in range(len(name)):
        found = _ANY.match(name, start)
        if start and found and any(abs(each - now) <= _NEAR for each in _times(found[1])):
            return name[:start]
    return name


def free_base(base: str, room: int, taken: Collection[str]) -> str:
    """`base`, or what is left of it where a time finds no room behind it; with a number where it is `taken`."""
    longest = room - 1 - _RUNS[-1][1]
    found, count = base[:longest].rstrip("-"), 1
    while found in taken:
        count += 1
        end = f"-{count}"
        found = base[: longest - len(end)].rstrip("-") + end
    return found


def templated(base: str, room: int) -> str:
    """`base`, which is a `free_base`, with the time of a run: as exact as there is room for."""
    return f"{base}-{next(time for time, length in _RUNS if len(base) + 1 + length <= room)}"


def _times(text: str) -> Iterator[datetime]:
    """What a text of digits and separators may mean: ten digits are seconds since 1970, or `%y%m%d%H%M`."""
    digits = re.sub(r"\D", "", text)
    if text == digits and len(digits) in _SECONDS:
        with suppress(ValueError, OverflowError, OSError):
            yield datetime.fromtimestamp(int(digits) / _SECONDS[len(digits)], timezone.utc)
    if len(digits) in _FORMATS:
        with suppress(ValueError, OverflowError, OSError):
            read = datetime.strptime(digits, _FORMATS[len(digits)])
            yield read.replace(tzinfo=timezone.utc)
            yield read.astimezone()


def holds_name(text: str, name: str) -> bool:
    """Whether `name` stands in a text as a whole segment of a path, or as a whole word."""
    return name in text and _whole(name).search(text) is not None


def renamed(request: dict[str, Any], name: str, new: str, kept: frozenset[str]) -> tuple[dict[str, Any], list[str]]:
    """The request with the template `new` wherever `name` is a whole segment or word; notes on where it stays.

    Texts in `kept` name what is there once only, and stay as they are. What is returned is for Airflow's templates.
    """
    notes: list[str] = []
    whole = _whole(name)

    def change(value: Any, path: tuple[str | int, ...]) -> Any:
        if not isinstance(value, str):
            return value
        literal = _for_templates(value)
        if name not in value:
            return literal
        if value in kept:
            notes.append(
                f"{dotted_member(path)} refers to what was uploaded during the recording, {value}, and keeps that value"
            )
            return literal
        made = whole.sub(lambda _: new, literal)
        if name in made:
            notes.append(
                f"{dotted_member(path)} contains the recorded name within a word, {value}: every run gets the same"
            )
        return made

    changed: dict[str, Any] = with_leaves(request, change)
    notes += [
        f"{dotted_member(path)} is named after the recorded name: every run gets the same"
        for path, _ in leaves(request)
        if any(isinstance(step, str) and name in step for step in path)
    ]
    return changed, notes


def _for_templates(text: str) -> str:
    """A literal text as Airflow's templates write it; `${` is for the spec's writer."""
    return as_literal(text).replace("$${", "${")


def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_.-]){re.escape(name)}(?![A-Za-z0-9_-]|\.[A-Za-z0-9_])")
