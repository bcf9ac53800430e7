"""Sensors, tasks, triggers and gates as calls of operators: tables of fields and arguments, as for the jobs."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trainspec.dag import times
from trainspec.dag.airflow import GATE, S3_SENSOR, Airflow
from trainspec.dag.arguments import Arguments, Given, Row, Setting, arguments_of, as_is, task_arguments
from trainspec.dag.expressions import Expression, Import
from trainspec.templates import for_airflow
from trainspec.templates.literal import pieces
from trainspec.units import seconds

_WILDCARD = re.compile(r"[*?\[]")

_WAITING: tuple[Row, ...] = (
    ("poke_interval", "poke_interval", seconds),
    ("timeout", "timeout", seconds),
    ("mode", "mode", as_is),
    ("deferrable", "deferrable", as_is),
    ("soft_fail", "soft_fail", as_is),
)


def to_letter(value: Any) -> Any:
    """A value that Airflow renders, so that what it renders is what the spec says."""
    if isinstance(value, dict):
        return {key: to_letter(below) for key, below in value.items()}
    if isinstance(value, list):
        return [to_letter(below) for below in value]
    return for_airflow(value) if isinstance(value, str) else value


_S3_SENSOR: tuple[Row, ...] = (
    ("s3", "bucket_key", to_letter),
    ("aws_conn_id", "aws_conn_id", as_is),
    ("region", "region_name", as_is),
    *_WAITING,
)

_DAG_SENSOR: tuple[Row, ...] = (
    ("dag", "external_dag_id", as_is),
    ("task", "external_task_id", as_is),
    ("tasks", "external_task_ids", as_is),
    ("group", "external_task_group_id", as_is),
    ("execution_delta", "execution_delta", times.duration),
    ("states", "allowed_states", as_is),
    ("failed_states", "failed_states", as_is),
    ("skipped_states", "skipped_states", as_is),
    ("check_existence", "check_existence", as_is),
    *_WAITING,
)

_TRIGGER: tuple[Row, ...] = (
    ("dag", "trigger_dag_id", as_is),
    ("run_id", "trigger_run_id", to_letter),
    ("conf", "conf", to_letter),
    ("logical_date", "logical_date", to_letter),
    ("wait", "wait_for_completion", as_is),
    ("poke_interval", "poke_interval", seconds),
    ("states", "allowed_states", as_is),
    ("failed_states", "failed_states", as_is),
    ("reset", "reset_dag_run", as_is),
    ("skip_if_exists", "skip_when_already_exists", as_is),
    ("deferrable", "deferrable", as_is),
)


def around_call(section: str, task: Given, place: str, setting: Setting) -> tuple[Import, Arguments]:
    """The operator of a task that stands in one of the `SECTIONS`, and its arguments but for the task's id.

    `place` is where the spec says so: Airflow shows it in the task's docs.
    """
    operator, arguments = SECTIONS[section](task, setting.airflow)
    doc = "\n\n".join(filter(None, (task.get("doc"), f"Compiled from `{place}`.")))
    return operator, (*arguments, *task_arguments(task, setting), ("doc_md", doc))


def _sensor(sensor: Given, airflow: Airflow) -> tuple[Import, Arguments]:
    if sensor.get("dag") is not None:
        return airflow.dag_sensor, arguments_of(sensor, _DAG_SENSOR)
    (bucket_key, *rest) = arguments_of(sensor, _S3_SENSOR)
    match: Arguments = (("wildcard_match", True),) if _has_wildcard(sensor) else ()
    return S3_SENSOR, (bucket_key, *match, *rest)


def _has_wildcard(sensor: Given) -> bool:
    keys: Sequence[str] = [sensor["s3"]] if isinstance(sensor["s3"], str) else sensor["s3"]
    literal = (piece for key in keys for piece, is_literal in pieces(key) if is_literal)
    return sensor.get("wildcard") is not False and any(_WILDCARD.search(piece) for piece in literal)


def _task(task: Given, airflow: Airflow) -> tuple[Import, Arguments]:
    return airflow.operator(task["operator"]), tuple((task.get("arguments") or {}).items())


def _trigger(trigger: Given, airflow: Airflow) -> tuple[Import, Arguments]:
    return airflow.trigger, arguments_of(trigger, _TRIGGER)


SECTIONS: Mapping[str, Callable[[Given, Airflow], tuple[Import, Arguments]]] = {
    "sensors": _sensor,
    "tasks": _task,
    "triggers": _trigger,
}


_CONDITION: tuple[Row, ...] = (
    ("metric", "metric", to_letter),
    ("at_least", "at_least", as_is),
    ("at_most", "at_most", as_is),
    ("above", "above", as_is),
    ("below", "below", as_is),
)


_OF_THE_GATE = ("owner", "queue", "executor", "outlets")
"""What a job's gate has of its arguments. DAGs that wait for the assets of a job are behind its gate, too."""


def gate_call(name: str, job: Given, setting: Setting) -> tuple[Import, Arguments]:
    """The gate behind the job of the task `name`, and its arguments but for its own task's id."""
    given = job["proceed_if"]
    conditions: list[Expression] = [
        dict(arguments_of(each, _CONDITION)) for each in ([given] if isinstance(given, dict) else given)
    ]
    shared = (argument for argument in task_arguments(job, setting) if argument[0] in _OF_THE_GATE)
    return GATE, (("training_task_id", name), ("conditions", conditions), *shared)
