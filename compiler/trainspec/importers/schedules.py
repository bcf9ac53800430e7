"""Schedules of DAG files that are not strings: intervals, timetables, assets combined with times."""

import ast
from typing import Any

from trainspec.importers.arguments import assets_of
from trainspec.importers.call_arguments import NotLiteralError, Reading, called, in_words
from trainspec.importers.times import duration_of

_CRONS = ("CronTriggerTimetable", "CronDataIntervalTimetable")
_DELTAS = ("DeltaTriggerTimetable", "DeltaDataIntervalTimetable")
_BOTH = ("AssetOrTimeSchedule", "DatasetOrTimeSchedule")
_INTERVAL = "its runs have a data interval, which a spec's expression has only on Airflow 2"


def schedule_of(reading: Reading, node: ast.expr) -> Any:
    """An interval, a timetable, or assets with times, as a spec writes them; None for anything else."""
    length = duration_of(reading.constants, node)
    if length is not None:
        return length
    call = reading.constants.call(node)
    if call is None:
        return None
    try:
        return _timetable(reading, call)
    except NotLiteralError as error:
        reading.note(error.node, f"the schedule is not a literal: {in_words(error.node)}")
        return None


def _timetable(reading: Reading, call: ast.Call) -> Any:
    name, given = called(call), {each.arg: each.value for each in call.keywords}
    if name in _BOTH and "timetable" in given:
        conditions = given.get("assets", given.get("datasets"))
        if conditions is None:
            raise NotLiteralError(call)
        times = schedule_of(reading, given["timetable"])
        return {"assets": assets_of(reading.constants, reading.imported, conditions), "time": times}
    if name == "MultipleCronTriggerTimetable":
        crons = [_cron(reading, each) for each in call.args]
        return crons if crons and len(given.keys() - {"timezone"}) == 0 else _lost(reading, call)
    if name in _CRONS and call.args:
        for argument in given.keys() - {"timezone"}:
            reading.note(call, f"`{argument}` of {name} is not carried over")
        if name == _CRONS[1]:
            reading.note(call, f"{name} is written as its cron expression: {_INTERVAL}")
        return _cron(reading, call.args[0])
    if name in _DELTAS and call.args:
        if name == _DELTAS[1]:
            reading.note(call, f"{name} is written as its interval: {_INTERVAL}")
        length = duration_of(reading.constants, call.args[0])
        return length if length is not None else _lost(reading, call)
    return None


def _cron(reading: Reading, node: ast.expr) -> Any:
    inner = reading.constants.call(node)
    return reading.constants.value(inner.args[0] if inner is not None and inner.args else node)


def _lost(reading: Reading, call: ast.Call) -> None:
    raise NotLiteralError(call)
