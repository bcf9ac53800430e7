"""The values that the evaluator of templates computes with, in addition to strings, numbers, lists and maps."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final


class Unknown:
    """A value that is only known at run time. Any result of it is unknown, too."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Varying(Unknown):
    """A value that differs in each run, such as a date: a string can contain it in the form that some run has.

    What is decided by it, or computed from it, is unknown.
    """

    value: Any


_WHOLE_DATE = re.compile(
    r"""20\d\d ([-/._]?) (?:0[1-9]|1[0-2]) \1 (?:0[1-9]|[12]\d|3[01])
    (?: [-/._T\ ]? (?:[01]\d|2[0-3]) (?: [-:._]? [0-5]\d (?: [-:._]? [0-5]\d (?: [.]? \d{6} )? )? )? )?
    (?: \+00:?00 | Z )?""",
    re.VERBOSE,
)
"""A date from its year to its day, maybe with a time: what an expression may derive from one and is still known."""


def varying(value: Any) -> Any:
    """`value`, derived from one that differs in each run: known as a moment, or as a string that is a complete date.

    Parts of dates (`ds[5:]`, `logical_date.hour`) are few enough to be singled out, and too many to be tried.
    """
    is_known = isinstance(value, Moment) or (isinstance(value, str) and _WHOLE_DATE.fullmatch(value) is not None)
    return Varying(value) if is_known else UNKNOWN


@dataclass(frozen=True, slots=True)
class Namespace:
    """An object of which some attributes are known, and what some `methods` give. A closed one has no others."""

    attributes: Mapping[str, Any]
    closed: bool = False
    methods: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of a run, as `params` gives them to templates: their defaults by name, and no others."""

    values: Mapping[str, Any]

    METHODS: ClassVar = frozenset(("dump", "get", "items", "keys", "serialize", "validate", "values"))

    def __bool__(self) -> bool:
        return bool(self.values)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, as Airflow gives it to templates (a pendulum DateTime)."""

    value: datetime

    @property
    def ds(self) -> str:
        """The date: `2025-04-09`."""
        return self.value.strftime("%Y-%m-%d")

    @property
    def ts(self) -> str:
        """ISO 8601 with the offset: `2025-04-09T00:00:00+00:00`."""
        return self.value.isoformat()

    def attribute(self, name: str) -> Any:
        """The attributes that pendulum and datetime share and a template uses; others are unknown."""
        if name in ("year", "month", "day", "hour", "minute", "second", "microsecond"):
            return getattr(self.value, name)
        if name == "int_timestamp":
            return int(self.value.timestamp())
        return UNKNOWN

    def call(self, name: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        """The methods whose result is known here; others give an unknown value."""
        if name == "strftime" and len(args) == 1 and isinstance(args[0], str) and not kwargs:
            return self.value.strftime(args[0])
        if name in ("to_date_string", "to_datetime_string", "isoformat", "timestamp") and not args and not kwargs:
            return {
                "to_date_string": self.ds,
                "to_datetime_string": self.value.strftime("%Y-%m-%d %H:%M:%S"),
                "isoformat": self.ts,
                "timestamp": self.value.timestamp(),
            }[name]
        if name in ("add", "subtract") and not args and set(kwargs) <= {"weeks", "days", "hours", "minutes", "seconds"}:
            return self.moved(timedelta(**kwargs), -1 if name == "subtract" else 1)
        return UNKNOWN

    def moved(self, by: timedelta, sign: int = 1) -> Any:
        """The moment `by` later, or earlier; unknown outside the calendar."""
        try:
            return Moment(self.value + sign * by)
        except OverflowError:
            return UNKNOWN

    def __str__(self) -> str:
        return str(self.value)
