"""Schedules that Airflow would reject."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.airflow_api.table import absent
from trainspec.dag import times
from trainspec.dag.airflow import Airflow
from trainspec.dag.checks.assets import check_assets
from trainspec.diagnostics import codes
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.language.data import DagData

_AT = ("dag", "schedule")


def is_scheduled(dag: "DagData") -> bool:
    """Whether runs of the DAG start by themselves."""
    return dag.get("schedule") is not None


def check_dag_schedule(dag: "DagData", airflow: Airflow) -> Iterator[Fault]:
    """What is wrong with the schedule of `dag`, by itself and together with its other arguments."""
    schedule = dag.get("schedule")
    needs_start = isinstance(schedule, str | list) and schedule != "@once"
    if isinstance(schedule, Mapping):
        yield from check_assets(schedule.get("assets"), (*_AT, "assets"))
        yield from _times(schedule.get("time"), (*_AT, "time"), airflow)
        yield from _beside_assets(schedule.get("time"))
        needs_start = "time" in schedule
    else:
        yield from _times(schedule, _AT, airflow)
    if schedule == "@continuous" and dag.get("max_active_runs") != 1:
        message = "`dag.schedule`: @continuous allows only one active run"
        yield Fault(codes.BAD_SCHEDULE, _AT, message, "add `max_active_runs: 1`")
    needs_start |= airflow.any_schedule_needs_start and is_scheduled(dag)
    if needs_start and "start_date" not in dag and "start_date" not in (dag.get("default_args") or {}):
        message = "`dag.start_date` is missing: Airflow starts a schedule at its start date"
        yield Fault(
            codes.MISSING_KEY,
            _AT,
            message,
            ("add a start date, for example `start_date: 2025-04-01`"),
        )
    yield from _run_types(dag)
    yield from _partitions(dag, airflow)


def _times(value: Any, path: Path, airflow: Airflow) -> Iterator[Fault]:
    """What is wrong with a time, or with a list of cron expressions."""
    if isinstance(value, str) and (why := times.check_schedule(value)):
        meant = times.schedule_meant(value)
        quoted = f'"{meant}"' if meant and meant.startswith("@") else meant  # YAML does not allow a plain `@`
        advice = f"write `{quoted}`" if meant else None
        yield Fault(codes.BAD_SCHEDULE, path, f"`{dotted(path)}`: {why}", advice, fix=meant)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return
    for index, each in enumerate(value):
        why = times.check_schedule(each) if len(value) == 1 else times.check_cron(each)
        if why:
            yield Fault(codes.BAD_SCHEDULE, (*path, index), f"`{dotted((*path, index))}`: {why}")
    if len(value) > 1 and airflow.several_crons is None:
        message = f"{airflow.name} accepts only one cron expression"
        yield Fault(
            codes.NOT_IN_AIRFLOW, path, message, "combine them into one, such as `0 3,9 * * *`, or write two specs"
        )


def _beside_assets(value: Any) -> Iterator[Fault]:
    for each in value if isinstance(value, list) else [value]:
        if each in ("@once", "@continuous"):
            message = f"`dag.schedule.time`: {each} does not recur, so it cannot be combined with assets"
            yield Fault(codes.BAD_SCHEDULE, (*_AT, "time"), message)


def _partitions(dag: "DagData", airflow: Airflow) -> Iterator[Fault]:
    """Partitions that this minor does not have, or that do not fit the schedule."""
    partitions, schedule, at = dag.get("partitions"), dag.get("schedule"), ("dag", "partitions")
    if not isinstance(partitions, str):
        return
    if why := absent("sdk", airflow.partition_assets.bound, airflow.minor):
        yield Fault(codes.NOT_IN_AIRFLOW, at, f"{airflow.name} has no `partitions`: {why}", on_key=True)
        return
    by_assets = isinstance(schedule, Mapping)
    if isinstance(schedule, Mapping) and schedule.get("time") is not None:
        message = "`dag.partitions` cannot be used with assets and times together"
        yield Fault(codes.CONFLICT, at, message, "remove `time`, or write two specs")
    elif by_assets and partitions == "time":
        message = "`dag.partitions`: the runs of this DAG are started by assets, not by times"
        yield Fault(codes.CONFLICT, at, message, "write `same`, or the period that a run covers, such as `day`")
    elif not by_assets and not _is_cron(schedule):
        message = "`dag.partitions` requires a schedule of one cron expression, or one of assets"
        yield Fault(codes.CONFLICT, at, message, 'write `schedule: "@daily"`, or remove it')
    elif not by_assets and partitions != "time":
        message = f"`dag.partitions: {partitions}` applies to partitions of assets, but no asset starts this DAG"
        yield Fault(codes.CONFLICT, at, message, "write `time`: each run is then for its scheduled time")


def _is_cron(schedule: Any) -> bool:
    one = schedule[0] if isinstance(schedule, list) and len(schedule) == 1 else schedule
    if not isinstance(one, str) or one in ("@once", "@continuous"):
        return False
    return times.check_schedule(one) is not None or isinstance(times.schedule(one), str)


def _run_types(dag: "DagData") -> Iterator[Fault]:
    """Kinds of run without which the schedule could not start any."""
    allowed, schedule = dag.get("allowed_run_types"), dag.get("schedule")
    if not allowed:
        return
    needed = "asset_triggered" if isinstance(schedule, Mapping) else "manual" if schedule is None else "scheduled"
    if needed not in allowed:
        message = (
            f"`dag.allowed_run_types` does not include `{needed}`, the type of run that the DAG's schedule creates"
        )
        yield Fault(codes.CONFLICT, ("dag", "allowed_run_types"), message, f"add `{needed}`")
