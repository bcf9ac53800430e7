"""The filters and text methods that the evaluator computes; Jinja's others are known, but their results are not.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html#filters
"""

from collections.abc import Callable, Mapping
from typing import Any

from trainspec.templates.values import Moment


def _moment(value: Any) -> Moment:
    if not isinstance(value, Moment):
        raise TypeError("only a date")
    return value


FILTERS: Mapping[str, Callable[..., Any]] = {
    # Airflow's
    "ds": lambda value: _moment(value).ds,
    "ds_nodash": lambda value: _moment(value).ds.replace("-", ""),
    "ts": lambda value: _moment(value).ts,
    "ts_nodash": lambda value: _moment(value).value.strftime("%Y%m%dT%H%M%S"),
    "ts_nodash_with_tz": lambda value: _moment(value).ts.replace("-", "").replace(":", ""),
    # Jinja's
    "capitalize": lambda value: str(value).capitalize(),
    "default": lambda value, *_: value,
    "d": lambda value, *_: value,
    "first": lambda value: value[0],
    "float": lambda value: float(value),
    "int": lambda value: int(value),
    "join": lambda value, by="": str(by).join(str(item) for item in value),
    "last": lambda value: value[-1],
    "length": lambda value: len(value),
    "lower": lambda value: str(value).lower(),
    "replace": lambda value, old, new: str(value).replace(str(old), str(new)),
    "string": lambda value: str(value),
    "trim": lambda value, chars=None: str(value).strip(chars),
    "upper": lambda value: str(value).upper(),
}

OF_DATES = ("ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz")
"""Filters of which each date has a result of the same form."""

STRING_METHODS: Mapping[str, Callable[..., Any]] = {
    name: getattr(str, name)
    for name in ("endswith", "lower", "lstrip", "replace", "rstrip", "split", "startswith", "strip", "title", "upper")
}
