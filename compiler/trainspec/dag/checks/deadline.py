"""Deadlines that Airflow would reject, or that no run can miss."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from trainspec.airflow_api.table import absent, is_older
from trainspec.dag import times
from trainspec.dag.airflow import Airflow
from trainspec.dag.called import each_of
from trainspec.dag.checks.dates import has_logical_dates
from trainspec.dag.deadlines import NAMED, averaged
from trainspec.diagnostics import codes
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.language.data import DagData, DeadlineData

_AVERAGES = "3.2"
_RESERVED = "context"


def check_deadline(dag: "DagData", airflow: Airflow) -> Iterator[Fault]:
    """What is wrong with the deadlines of `dag`; their callbacks are checked with the others."""
    if absent("dag", "deadline", airflow.minor):
        return  # reported with all other fields
    for path, each in each_of(dag.get("deadline"), ("dag", "deadline")):
        yield from _one(each, path, dag, airflow)


def _one(deadline: "DeadlineData", path: Path, dag: "DagData", airflow: Airflow) -> Iterator[Fault]:
    at, after = (*path, "after"), deadline.get("after")
    if isinstance(after, str) and after not in NAMED:
        if averaged(after) is None:
            if times.check_date(after):
                message = f"`{dotted(at)}` is not a point in time that a deadline can count from"
                yield Fault(codes.BAD_DATE, at, message, "write `queued`, `logical_date`, `average(10)` or a date")
        elif is_older(airflow.minor, _AVERAGES):
            message = f"{airflow.name} cannot average past runs: that is new in Airflow {_AVERAGES}"
            yield Fault(codes.NOT_IN_AIRFLOW, at, message, "write `queued`")
    if after == "logical_date" and not has_logical_dates(dag):
        message = f"`{dotted(at)}`: the runs of this DAG have no logical date, so the deadline would never pass"
        yield Fault(codes.CONFLICT, at, message, "write `queued`")
    if why := times.check_duration(deadline.get("within", 0)):
        yield Fault(codes.OUT_OF_RANGE, (*path, "within"), f"`{dotted((*path, 'within'))}`: {why}")
    call = deadline.get("call")
    if isinstance(call, Mapping) and _RESERVED in (call.get("arguments") or {}):
        at = (*path, "call", "arguments", _RESERVED)
        message = f"`{dotted(at)}`: Airflow itself passes `{_RESERVED}` to the callback"
        yield Fault(codes.CONFLICT, at, message, "rename the argument", on_key=True)
