"""The other tasks of a DAG file: sensors and triggers if the language has them, otherwise tasks."""

import ast
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from trainspec.importers.arguments import path_of
from trainspec.importers.call_arguments import Hole, NotLiteralError, Reading, called, in_words
from trainspec.importers.making import signature_of
from trainspec.importers.model import ImportedTask
from trainspec.importers.moved import todays_path
from trainspec.importers.times import duration_of, moment_of
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.schema.values import leaves
from trainspec.units import duration

if TYPE_CHECKING:
    from trainspec.language.data import OtherTaskData, TaskData

_WAITING = {
    "poke_interval": "poke_interval",
    "timeout": "timeout",
    "mode": "mode",
    "deferrable": "deferrable",
    "soft_fail": "soft_fail",
}
_FIELDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "S3KeySensor": (
        "sensors",
        {"bucket_key": "s3", "wildcard_match": "wildcard", "aws_conn_id": "aws_conn_id", "region_name": "region"}
        | {"bucket_name": "bucket_name"}
        | _WAITING,
    ),
    "ExternalTaskSensor": (
        "sensors",
        {
            "external_dag_id": "dag",
            "external_task_id": "task",
            "external_task_ids": "tasks",
            "external_task_group_id": "group",
            "execution_delta": "execution_delta",
            "allowed_states": "states",
            "failed_states": "failed_states",
            "skipped_states": "skipped_states",
            "check_existence": "check_existence",
        }
        | _WAITING,
    ),
    "ApprovalOperator": (
        "approvals",
        {
            "subject": "subject",
            "body": "body",
            "response_timeout": "timeout",
            "defaults": "default",
            "assigned_users": "assigned",
            "fail_on_reject": "fail_on_reject",
            "ignore_downstream_trigger_rules": "skip_all",
        },
    ),
    "TriggerDagRunOperator": (
        "triggers",
        {
            "trigger_dag_id": "dag",
            "trigger_run_id": "run_id",
            "conf": "conf",
            "logical_date": "logical_date",
            "execution_date": "logical_date",
            "wait_for_completion": "wait",
            "poke_interval": "poke_interval",
            "allowed_states": "states",
            "failed_states": "failed_states",
            "reset_dag_run": "reset",
            "skip_when_already_exists": "skip_if_exists",
            "deferrable": "deferrable",
        },
    ),
}
"""Operators that the language has its own fields for: their section, and the field of each argument."""

_OF_THE_WAIT = ("poke_interval", "states", "failed_states", "deferrable")
DURATIONS = ("poke_interval", "timeout", "execution_delta")
_WILDCARD = re.compile(r"[*?\[]")


def import_task(reading: Reading, call: ast.Call, task_id: str) -> ImportedTask | None:
    """The task of an operator's call; None, with a note, if a part is not literal or cannot be carried over."""
    name = called(call)
    try:
        return _by_words(reading, call, name, task_id) or _by_path(reading, call, name, task_id)
    except NotLiteralError as error:
        reading.note(call, f"the task of {name} is not carried over: not a literal: {in_words(error.node)}")
        return None


def _by_words(reading: Reading, call: ast.Call, name: str, task_id: str) -> ImportedTask | None:
    """The task in the language's own fields; None if they cannot express all of the call."""
    section, words = _FIELDS.get(name, ("", {}))
    of_every_task = _of_every_task()
    given = dict(reading.arguments(call))
    if not section or not given.keys() <= {*words, *of_every_task, "task_id", "dag", "doc_md"}:
        return None
    fields: dict[str, Any] = {}
    for argument, node in given.items():
        if argument not in words:
            continue
        field = words[argument]
        length = duration_of(reading.constants, node) if field in DURATIONS else None
        value = _literal(reading, node) if length is None else duration(length)
        if value is None and argument == "aws_conn_id":
            return None
        if value is not None:
            fields[field] = value
    if name == "S3KeySensor" and not _join_uri(fields):
        return None
    if section == "approvals" and not _answer(fields):
        return None
    if section == "triggers" and not fields.get("wait"):
        fields = {field: value for field, value in fields.items() if field not in _OF_THE_WAIT}
    _put_task_arguments(reading, fields, given)
    return ImportedTask(section, task_id, cast("OtherTaskData", fields))


def _join_uri(fields: dict[str, Any]) -> bool:
    """Make one URI of bucket and key, and write the wildcard setting only if it differs from the spec's default."""
    bucket = fields.pop("bucket_name", None)
    keys = fields.get("s3", [])
    whole = [key if bucket is None else f"s3://{bucket}/{key}" for key in ([keys] if isinstance(keys, str) else keys)]
    fields["s3"] = whole if isinstance(keys, list) else whole[0]
    is_wild = fields.pop("wildcard", False)
    if not is_wild and any(_WILDCARD.search(key) for key in whole):
        fields["wildcard"] = False
    return bool(whole)


def _answer(fields: dict[str, Any]) -> bool:
    """Replace Airflow's fields for the response by the language's; returns whether the language can express them."""
    default = fields.pop("default", None)
    only = default[0] if isinstance(default, list) and len(default) == 1 else default
    if only is not None and (only not in ("Approve", "Reject") or "timeout" not in fields):
        return False
    if only is not None:
        fields["default"] = only.lower()
    fails, skips_all = fields.pop("fail_on_reject", False), fields.pop("skip_all", False)
    if fails or skips_all:
        fields["on_reject"] = "fail" if fails else "skip_all"
    return True


def _by_path(reading: Reading, call: ast.Call, name: str, task_id: str) -> ImportedTask | None:
    path = reading.path_of(call)
    if path is None or call.args:
        reading.note(call, f"the task of {name} is not carried over")
        return None
    given = dict(reading.arguments(call))
    own = given.keys() - {*_of_every_task(), "task_id", "dag", "doc_md", "provide_context"}
    operator = todays_path(path)
    kinds = _kinds(operator)
    arguments = {
        argument: _argument(reading, node, kinds.get(argument, ()))
        for argument, node in given.items()
        if argument in own
    }
    fields: dict[str, Any] = {"operator": operator}
    if arguments:
        fields["arguments"] = arguments
    _put_task_arguments(reading, fields, given)
    return ImportedTask("tasks", task_id, cast("TaskData", fields))


def _put_task_arguments(reading: Reading, fields: dict[str, Any], given: Mapping[str, ast.expr]) -> None:
    for argument, node in given.items():
        if argument == "doc_md" or argument in _of_every_task():
            reading.put_task_argument(fields, argument, node, f"the argument `{argument}` of the operator")


def _of_every_task() -> frozenset[str]:
    return frozenset(load_schema(SPEC_SCHEMA)["$defs"]["TaskArguments"]["properties"])


def _kinds(path: str) -> Mapping[str, tuple[str, ...]]:
    """The kinds of value of a known operator's arguments, by the newest Airflow's table or by Airflow 2's."""
    found = signature_of(path)
    return {argument: each.kinds for argument, each in found.arguments.items()} if found else {}


def _argument(reading: Reading, node: ast.expr, kinds: tuple[str, ...]) -> Any:
    """An operator's argument: a function by its dotted path, a duration and a date as a spec writes them, else data.

    Raises NotLiteralError if a part of it is not literal.
    """
    if "callable" in kinds and not isinstance(node, ast.Constant):
        return path_of(reading.imported, node)
    if "duration" in kinds and (call := reading.constants.call(node)) is not None:
        length = duration_of(reading.constants, call)
        if length is not None:
            return duration(length)
    if "date" in kinds and (moment := moment_of(reading.constants, node)) is not None and moment[1] is None:
        return moment[0]
    return _literal(reading, node)


def _literal(reading: Reading, node: ast.expr) -> Any:
    """The value of an argument. Raises NotLiteralError if a part of it is not literal."""
    value = reading.constants.value(node)
    for _, each in leaves(value):
        if isinstance(each, Hole):
            raise NotLiteralError(each.node)
    return value
