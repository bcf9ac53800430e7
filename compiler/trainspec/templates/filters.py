"""The filters and string methods that the evaluator computes; Jinja's others are known, but their results are not.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html#filters
"""

from collections.abc import Callable, Mapping
from typing import Any

from trainspec.templates.values import UNKNOWN, Moment, Unknown


def _moment(value: Any) -> Moment:
    if not isinstance(value, Moment):
        raise TypeError("only a date")
    return value


def _text(value: Any) -> str:
    """The string of a value that Airflow writes in the same way; lists and objects may contain others."""
    if not isinstance(value, str | int | float | Moment | None):
        raise TypeError("only a string or a number")
    return str(value)


def defaulted(value: Any, is_undefined: bool, default_value: Any = "", boolean: Any = False) -> Any:
    """`value | default(default_value, boolean)`: None is not undefined, but false; unknown where `value` may be either.

    https://jinja.palletsprojects.com/en/stable/templates/#jinja-filters.default
    """
    if is_undefined:
        return default_value
    if isinstance(value, Unknown) or isinstance(boolean, Unknown):
        return UNKNOWN
    return default_value if boolean and not value else value


FILTERS: Mapping[str, Callable[..., Any]] = {
    # Airflow's
    "ds": lambda value: _moment(value).ds,
    "ds_nodash": lambda value: _moment(value).ds.replace("-", ""),
    "ts": lambda value: _moment(value).ts,
    "ts_nodash": lambda value: _moment(value).value.strftime("%Y%m%dT%H%M%S"),
    "ts_nodash_with_tz": lambda value: _moment(value).ts.replace("-", "").replace(":", ""),
    # Jinja's
    "capitalize": lambda value: _text(value).capitalize(),
    "first": lambda value: value[0],
    "float": lambda value: float(value),
    "int": lambda value: int(value),
    "join": lambda value, by="": _text(by).join(_text(item) for item in value),
    "last": lambda value: value[-1],
    "length": lambda value: len(value),
    "lower": lambda value: _text(value).lower(),
    "replace": lambda value, old, new: _text(value).replace(_text(old), _text(new)),
    "string": _text,
    "trim": lambda value, chars=None: _text(value).strip(chars),
    "upper": lambda value: _text(value).upper(),
}

OF_DATES = ("ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz")
"""Filters of which each date has a result of the same form."""

STRING_METHODS: Mapping[str, Callable[..., Any]] = {
    name: getattr(str, name)
    for name in ("endswith", "lower", "lstrip", "replace", "rstrip", "split", "startswith", "strip", "title", "upper")
}
