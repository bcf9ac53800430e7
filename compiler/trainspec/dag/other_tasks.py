"""Sensors, tasks, approvals, triggers and gates as calls of operators, and which of their fields are converted."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from trainspec.dag.airflow import APPROVAL, GATE, S3_SENSOR
from trainspec.dag.arguments import (
    Arguments,
    Fields,
    Given,
    Setting,
    arguments_of,
    callbacks,
    duration,
    in_seconds,
    task_arguments,
)
from trainspec.dag.callables import signature_of, written
from trainspec.dag.expressions import Expression, Import
from trainspec.schema.values import with_leaves
from trainspec.templates import for_airflow
from trainspec.templates.literal import pieces

if TYPE_CHECKING:
    from trainspec.language.data import ApprovalData, JobData, OtherTaskData, SensorData, TaskData, TriggerData

_WILDCARD = re.compile(r"[*?\[]")


def to_letter(value: Any) -> Any:
    """A value that Airflow renders, so that what it renders is what the spec says."""
    return with_leaves(value, lambda each, _: for_airflow(each) if isinstance(each, str) else each)


def _to_letter(value: Any, setting: Setting) -> Expression:
    expression: Expression = to_letter(value)
    return expression


_OF_THE_PLAN = frozenset({"depends_on", "task_group", "doc"})

SENSOR = Fields(
    "Sensor",
    converts={
        **dict.fromkeys(("poke_interval", "timeout"), in_seconds),
        "s3": _to_letter,
        "execution_delta": duration,
    },
    renamed={
        "s3": "bucket_key",
        "region": "region_name",
        "dag": "external_dag_id",
        "task": "external_task_id",
        "tasks": "external_task_ids",
        "group": "external_task_group_id",
        "states": "allowed_states",
    },
    left_out=_OF_THE_PLAN | {"wildcard"},  # which is found out below
)
"""For both kinds: messages about one kind do not apply to the other, which is checked before."""

TRIGGER = Fields(
    "Trigger",
    converts={**dict.fromkeys(("run_id", "conf", "logical_date"), _to_letter), "poke_interval": in_seconds},
    renamed={
        "dag": "trigger_dag_id",
        "run_id": "trigger_run_id",
        "wait": "wait_for_completion",
        "states": "allowed_states",
        "reset": "reset_dag_run",
        "skip_if_exists": "skip_when_already_exists",
    },
    left_out=_OF_THE_PLAN | {"job"},  # which has become part of `conf`
    first=("dag", "run_id", "conf"),
)

ASKED = Fields(
    "Approval",
    converts={
        **dict.fromkeys(("subject", "body"), _to_letter),
        "timeout": duration,
        "default": lambda answer, _: answer.title(),
        "assigned": lambda users, _: [dict(each) for each in (users if isinstance(users, list) else [users])],
        "notify": lambda given, setting: callbacks(given if isinstance(given, list) else [given], setting),
    },
    renamed={"timeout": "response_timeout", "default": "defaults", "assigned": "assigned_users", "notify": "notifiers"},
    left_out=_OF_THE_PLAN | {"on_reject"},
)
_REJECTED: Mapping[str, Arguments] = {
    "fail": (("fail_on_reject", True),),
    "skip_all": (("ignore_downstream_trigger_rules", True),),
}


def other_task_call(section: str, task: "OtherTaskData", place: str, setting: Setting) -> tuple[Import, Arguments]:
    """The operator of a task that is in one of the `SECTIONS`, and its arguments but for the task's id.

    `place` is its place in the spec: Airflow shows it in the task's docs.
    """
    operator, arguments = SECTIONS[section](task, setting)
    doc = "\n\n".join(filter(None, (task.get("doc"), f"Compiled from `{place}`.")))
    return operator, (*arguments, *task_arguments(task, setting), ("doc_md", doc))


def _sensor(sensor: "SensorData", setting: Setting) -> tuple[Import, Arguments]:
    arguments = arguments_of(sensor, SENSOR, setting)
    if sensor.get("dag") is not None:
        return setting.airflow.dag_sensor, arguments
    (bucket_key, *rest) = arguments
    match: Arguments = (("wildcard_match", True),) if _has_wildcard(sensor) else ()
    return S3_SENSOR, (bucket_key, *match, *rest)


def _has_wildcard(sensor: "SensorData") -> bool:
    keys: Sequence[str] = [sensor["s3"]] if isinstance(sensor["s3"], str) else sensor["s3"]
    literal = (piece for key in keys for piece, is_literal in pieces(key) if is_literal)
    return sensor.get("wildcard") is not False and any(_WILDCARD.search(piece) for piece in literal)


def _task(task: "TaskData", setting: Setting) -> tuple[Import, Arguments]:
    operator = setting.airflow.operator(task["operator"])
    given = task.get("arguments") or {}
    signature = signature_of(operator, setting.airflow, setting.own) if given else None
    return operator, written(given, signature, setting.zone)


def _approval(approval: "ApprovalData", setting: Setting) -> tuple[Import, Arguments]:
    return APPROVAL, (*arguments_of(approval, ASKED, setting), *_REJECTED.get(approval.get("on_reject", ""), ()))


def asked_once(approval: "ApprovalData", defaults: Given) -> "ApprovalData":
    """An approval with what keeps the DAG's `defaults` from it: nobody is asked again, and nothing ends the wait.

    Airflow takes an `execution_timeout` for the time to answer, and retries a task that fails for a rejection, too.
    """
    asked = dict(approval)
    if defaults.get("execution_timeout") is not None:
        asked["execution_timeout"] = None
    if approval.get("on_reject") == "fail" or (approval.get("timeout") is not None and "default" not in approval):
        asked.setdefault("retries", 0)
    return cast("ApprovalData", asked)


def _trigger(trigger: "TriggerData", setting: Setting) -> tuple[Import, Arguments]:
    return setting.airflow.trigger, arguments_of(trigger, TRIGGER, setting)


SECTIONS: Mapping[str, Callable[[Any, Setting], tuple[Import, Arguments]]] = {
    "sensors": _sensor,
    "tasks": _task,
    "approvals": _approval,
    "triggers": _trigger,
}


CONDITION = Fields("Condition", converts={"metric": _to_letter})

_OF_THE_GATE = ("owner", "queue", "executor", "outlets")
"""What a job's gate has of its arguments. DAGs that wait for the assets of a job are behind its gate, too."""


def gate_call(name: str, job: "JobData", setting: Setting) -> tuple[Import, Arguments]:
    """The gate behind the job of the task `name`, and its arguments but for its own task's id."""
    given = job["proceed_if"]
    conditions: list[Expression] = [
        dict(arguments_of(each, CONDITION, setting)) for each in ([given] if isinstance(given, dict) else given)
    ]
    shared = (argument for argument in task_arguments(job, setting) if argument[0] in _OF_THE_GATE)
    return GATE, (("training_task_id", name), ("conditions", conditions), *shared)
