"""Deadlines of a DAG's runs, as expressions."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from trainspec.dag import times
from trainspec.dag.airflow import Airflow
from trainspec.dag.expressions import Call, Expression, Name

if TYPE_CHECKING:
    from trainspec.language.data import CalledBackData, DeadlineData

NAMED: Final[Mapping[str, str]] = {"queued": "DAGRUN_QUEUED_AT", "logical_date": "DAGRUN_LOGICAL_DATE"}
"""The moments of a run that a deadline may count from, as the spec and Airflow call them."""

_AVERAGE: Final = re.compile(r"average\(([1-9][0-9]{0,3})\)")


def averaged(after: str) -> int | None:
    """The number of runs in `average(10)`; None for any other word."""
    found = _AVERAGE.fullmatch(after)
    return int(found[1]) if found else None


def deadlines(value: "DeadlineData | list[DeadlineData]", zone: str, airflow: Airflow) -> Expression:
    """The `deadline` of a DAG whose dates are in `zone`: one alert, or a list of them."""
    return [_alert(each, zone, airflow) for each in value] if isinstance(value, list) else _alert(value, zone, airflow)


def _alert(value: "DeadlineData", zone: str, airflow: Airflow) -> Call:
    keywords = (
        ("reference", _reference(value["after"], zone, airflow)),
        ("interval", times.duration(value["within"])),
        ("callback", _callback(value["call"], airflow)),
    )
    return Call(airflow.deadline.bound, airflow.deadline, keywords=keywords)


def _reference(after: str, zone: str, airflow: Airflow) -> Expression:
    imported = airflow.deadline_reference
    if after in NAMED:
        return Name(imported, NAMED[after])
    runs = averaged(after)
    method = "FIXED_DATETIME" if runs is None else "AVERAGE_RUNTIME"
    return Call(imported.bound, imported, (times.date(after, zone) if runs is None else runs,), method=method)


def _callback(value: "str | CalledBackData", airflow: Airflow) -> Call:
    """The callback by its path, as a string: the triggerer imports it, not the file."""
    path, arguments = (value, None) if isinstance(value, str) else (value["path"], value.get("arguments"))
    keywords: tuple[tuple[str, Expression], ...] = (("kwargs", dict(arguments)),) if arguments else ()
    return Call(airflow.async_callback.bound, airflow.async_callback, (path,), keywords)
