"""What Airflow accepts but does not do as written: schedules with another meaning, arguments that it ignores."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.dag import times
from trainspec.dag.airflow import Airflow
from trainspec.diagnostics import codes
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import DagData, SensorData, SpecData

_FAR = "2100"
"""A date from this year on is a typing error."""
_IGNORED_2 = ("failed_states", "skipped_states", "timeout", "check_existence")
"""What Airflow 2.11's sensor of another DAG ignores when it is deferred (airflow#47298, #41140)."""


def check_doubtful(data: "SpecData", airflow: Airflow) -> Iterator[Fault]:
    """The warnings about the schedule and the sensors of the validated `data` of a spec."""
    yield from _schedule(data.get("dag") or {}, airflow)
    for name, sensor in (data.get("sensors") or {}).items():
        if sensor.get("dag") is not None:
            yield from _dag_sensor(sensor, ("sensors", name), airflow)
        elif sensor.get("deferrable"):
            message = "a deferrable S3 sensor requires the package aiobotocore in the Airflow environment"
            advice = "install apache-airflow-providers-amazon[aiobotocore], or write `mode: reschedule`"
            yield Fault(codes.NEEDS_PACKAGE, ("sensors", name, "deferrable"), message, advice)


def _schedule(dag: "DagData", airflow: Airflow) -> Iterator[Fault]:
    schedule = dag.get("schedule")
    at: Path = ("dag", "schedule")
    for path, cron in _crons(schedule, at):
        if len(cron.split()) == 6 and times.check_cron(cron) is None:
            message = f"the sixth field of `{cron}` is seconds: Airflow reads it last, not first"
            advice = "write five fields: minute, hour, day of the month, month, day of the week"
            yield Fault(codes.DOUBTFUL_SCHEDULE, path, message, advice)
    start, end = dag.get("start_date"), dag.get("end_date")
    if isinstance(start, str) and start >= _FAR and times.check_date(start) is None:
        message = f"`dag.start_date` is {start}: the DAG does not run until then"
        yield Fault(codes.DOUBTFUL_SCHEDULE, ("dag", "start_date"), message)
    if isinstance(start, str) and isinstance(end, str) and end[:10] < start[:10]:
        message = "`dag.end_date` is before `dag.start_date`: the DAG never runs"
        yield Fault(codes.BAD_DATE, ("dag", "end_date"), message, other=("dag", "start_date"))
    by_time = isinstance(schedule, str | list) and schedule not in ("@once", "@continuous")
    if airflow.makes_up_for_runs and by_time and "start_date" in dag and "catchup" not in dag:
        message = (
            f"{airflow.name} backfills all runs since `start_date` unless `catchup` is false, and each is a paid job"
        )
        yield Fault(codes.DOUBTFUL_SCHEDULE, at, message, "add `catchup: false`, or `catchup: true` if you want them")


def _crons(schedule: Any, at: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(schedule, Mapping):
        yield from _crons(schedule.get("time"), (*at, "time"))
    elif isinstance(schedule, list):
        yield from (((*at, index), each) for index, each in enumerate(schedule) if isinstance(each, str))
    elif isinstance(schedule, str):
        yield at, schedule


def _dag_sensor(sensor: "SensorData", path: Path, airflow: Airflow) -> Iterator[Fault]:
    if airflow.minor.startswith("2."):
        for field in _IGNORED_2 if sensor.get("deferrable") else ():
            if field in sensor:
                message = f"{airflow.name} ignores `{field}` of a deferrable sensor, so it may wait forever"
                advice = "write `mode: reschedule` instead of `deferrable: true`"
                yield Fault(codes.IGNORED, (*path, field), message, advice, on_key=True)
    elif sensor.get("check_existence"):
        message = f"{airflow.name} ignores `check_existence`: the sensor waits even for a DAG that does not exist"
        advice = "set `timeout`, which ends the wait"
        yield Fault(codes.IGNORED, (*path, "check_existence"), message, advice, on_key=True)
