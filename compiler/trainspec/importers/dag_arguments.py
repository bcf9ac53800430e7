"""The arguments of a DAG in Python → the fields of a spec's `dag`."""

import ast
from typing import Any

from trainspec.importers.arguments import assets_of
from trainspec.importers.call_arguments import DURATIONS, NotLiteralError, Reading, in_words
from trainspec.importers.making import OF_DEFAULT_ARGS
from trainspec.importers.schedules import schedule_of
from trainspec.schema.files import SPEC_SCHEMA, load_schema

_DATES = ("start_date", "end_date")
# the argument in Python → the field of the spec
_DAG_FIELDS = {
    "dag_id": "id",
    "schedule": "schedule",
    "schedule_interval": "schedule",
    "concurrency": "max_active_tasks",
    "fail_stop": "fail_fast",
    "doc_md": "doc",
}


def dag_fields(reading: Reading, call: ast.Call) -> dict[str, Any]:
    """The spec's fields for the arguments of a DAG."""
    fields: dict[str, Any] = {}
    if call.args:
        fields["id"] = reading.value(call.args[0], "dag_id")
    known = load_schema(SPEC_SCHEMA)["$defs"]["Dag"]["properties"]
    for name, node in reading.arguments(call):
        field_name = _DAG_FIELDS.get(name, name)
        if name == "default_args":
            continue
        if name in ("start_date", "end_date"):
            reading.put_moment(fields, name, node)
        elif field_name == "schedule" and (assets := _assets(reading, node)) is not None:
            fields["schedule"] = {"assets": assets}
        elif field_name in ("schedule", "timetable") and (times := schedule_of(reading, node)) is not None:
            fields["schedule"] = times
        elif name in DURATIONS:
            reading.put_duration(fields, name, node)
        elif field_name in known:
            fields[field_name] = reading.value(node, name)
        else:
            reading.note(node, f"the argument `{name}` of the DAG is not carried over")
    for node in (node for name, node in reading.arguments(call) if name == "default_args"):
        fields["default_args"] = _default_args(reading, node, fields)
    return {name: value for name, value in fields.items() if value is not None or name == "schedule"}


def _assets(reading: Reading, node: ast.expr) -> Any:
    """What an asset schedule waits for; None for any other schedule."""
    try:
        return assets_of(reading.constants, reading.imported, node)
    except NotLiteralError:
        return None


def _default_args(reading: Reading, node: ast.expr, dag: dict[str, Any]) -> dict[str, Any]:
    """The default arguments; a start date among them becomes the DAG's if it has no other."""
    fields: dict[str, Any] = {}
    reading.zone = dag.get("timezone", "UTC")
    if isinstance(node, ast.Name):
        reading.note(node, f"default_args is not a literal: {in_words(node)}")
    for name, value in reading.constants.items(node):
        if name in ("start_date", "end_date") and name not in dag:
            reading.put_moment(dag, name, value)
        elif name not in OF_DEFAULT_ARGS:
            reading.put_task_argument(fields, name, value, f"`{name}` of default_args")
    return {name: value for name, value in fields.items() if dag.get(name) != value or name not in _DATES}
