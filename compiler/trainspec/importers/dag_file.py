"""A DAG file with the Amazon provider's SageMakerTrainingOperator, read as syntax and never run.

https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/sagemaker.html
"""

import ast
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from trainspec.budget import OutOfBudgetError, budget
from trainspec.importers.arguments import assets_of, imported_names
from trainspec.importers.call_arguments import DURATIONS, NotLiteralError, Reading, called
from trainspec.importers.edges import edges
from trainspec.importers.literals import Constants
from trainspec.importers.model import CannotImportError, Imported, ImportedJob, ImportedTask
from trainspec.importers.other_tasks import import_task
from trainspec.importers.times import duration_of
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.units import duration, seconds

MAX_DEPTH = 90
"""Levels of a file's syntax: to write an expression out, Python recurses some eight times for each."""

OPERATORS = ("SageMakerTrainingOperator", "TrainingJobOperator")

# the argument in Python → the field in a spec
_DAG_FIELDS = {
    "dag_id": "id",
    "schedule": "schedule",
    "schedule_interval": "schedule",
    "concurrency": "max_active_tasks",
    "fail_stop": "fail_fast",
    "doc_md": "doc",
}
_LONGEST, _INTERVAL = "max_ingestion_time", "30s"
"""The stock operator's bound of its wait, in seconds, and how often it looks if it is not told."""
_ATTEMPTS = 60
"""How often our operator looks where its call says nothing."""
_MEANINGLESS = ("task_id", "dag", "config", "provide_context", "default_args")


def import_dag_file(text: str) -> list[Imported]:
    """The specs to be of a DAG file, one for each DAG.

    Raises CannotImportError where the file is no Python, or has no training job.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CannotImportError(f"not Python: {error}") from error
    if _depth(tree) > MAX_DEPTH:
        raise CannotImportError(f"its expressions are nested more than {MAX_DEPTH} levels deep")
    try:
        with budget():
            return _imported_dags(tree)
    except OutOfBudgetError:
        raise CannotImportError("reading its values takes more work than any DAG file") from None


def _depth(tree: ast.AST) -> int:
    """How many nodes of a syntax tree stand in each other."""
    level, depth = [tree], 0
    while level:
        level = [below for node in level for below in ast.iter_child_nodes(node)]
        depth += 1
    return depth


def _imported_dags(tree: ast.Module) -> list[Imported]:
    functions = {
        id(each): node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for each in node.decorator_list
    }
    reading = Reading(Constants(tree), functions, imported_names(tree))
    dags = {id(call): call for call in _calls(tree) if called(call) in ("DAG", "dag")}
    found: dict[int, list[ast.Call]] = {}
    for call, around in _operators(tree):
        found.setdefault(id(reading.dag_of(call, around, dags)), []).append(call)
    of_jobs = {key: calls for key, calls in found.items() if any(called(call) in OPERATORS for call in calls)}
    if not of_jobs:
        raise CannotImportError("no SageMakerTrainingOperator in this file")
    return [_imported(reading, dags.get(key), calls, tree) for key, calls in of_jobs.items()]


def _imported(reading: Reading, dag: ast.Call | None, calls: list[ast.Call], tree: ast.Module) -> Imported:
    reading.notes.clear()
    training = [call for call in calls if called(call) in OPERATORS]
    ids = {id(call): _task_id(reading, call) or "train" for call in training}
    others = [_other_task(reading, call) for call in calls if call not in training]
    around = {key: task for key, task in others if task is not None}
    ids |= {key: task.task_id for key, task in around.items()}
    waiting = edges(tree, reading.constants, ids)
    upstream = {key: sorted(ids[other] for other in waiting.get(key, ())) for key in ids}
    jobs = []
    for call in training:
        fields = {**_task_fields(reading, call), **_depends_on(upstream[id(call)])}
        config = next((value for name, value in reading.arguments(call) if name == "config"), None)
        request = reading.value(config, "config") if config is not None else None
        if "xcom_pull" in str(request):
            reading.note(call, "a template of config reads an XCom; this operator's `return_value` is the job's name")
        jobs.append(ImportedJob(ids[id(call)], _request(request), fields, templated=True))
    fields = _dag_fields(reading, dag) if dag else {}
    tasks = (replace(task, fields={**task.fields, **_depends_on(upstream[key])}) for key, task in around.items())
    return Imported(tuple(jobs), fields, tuple(dict.fromkeys(reading.notes)), tuple(tasks))


def _other_task(reading: Reading, call: ast.Call) -> tuple[int, ImportedTask | None]:
    """The call's id, and the task that it becomes, if it can be carried over."""
    task_id = _task_id(reading, call)
    if task_id is None:
        reading.note(call, f"the task of {called(call)} is not carried over: its `task_id` is not a literal")
    task = import_task(reading, call, task_id) if task_id is not None else None
    if task is not None and "xcom_pull" in str(task.fields):
        reading.note(call, f"a template of `{task_id}` reads an XCom; a training job's `return_value` is now its name")
    return id(call), task


def _depends_on(upstream: list[str]) -> dict[str, Any]:
    return {"depends_on": upstream if len(upstream) > 1 else upstream[0]} if upstream else {}


def _request(config: Any) -> Mapping[str, Any]:
    """The request in a `config`: the operator also takes it under `Training`."""
    if not isinstance(config, Mapping):
        return {}
    inner = config.get("Training")
    return inner if isinstance(inner, Mapping) else config


def _task_id(reading: Reading, call: ast.Call) -> str | None:
    given = next(
        (reading.value(value, "task_id") for name, value in reading.arguments(call) if name == "task_id"), None
    )
    return given if isinstance(given, str) and given else None


def _task_fields(reading: Reading, call: ast.Call) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    is_stock = called(call) == OPERATORS[0]
    operator: dict[str, Any] = {"action_if_job_exists": "timestamp"} if is_stock else {}
    known = load_schema(SPEC_SCHEMA)["$defs"]["Operator"]["properties"]
    for name, node in reading.arguments(call):
        if name == "check_interval":
            operator[name] = duration(duration_of(reading.constants, node))
        elif name in known or name == _LONGEST:
            operator[name] = reading.value(node, name)
        elif name == "region_name":
            fields["region"] = reading.value(node, name)
        elif name not in _MEANINGLESS:
            reading.put_task_argument(fields, name, node, f"the argument `{name}` of the operator")
    if operator:
        bound = _bound(operator) if is_stock else _own_bound(operator)
        kept = {name: value for name, value in operator.items() if value is not None and name != _LONGEST}
        fields["operator"] = {**kept, **bound}
    return fields


def _bound(operator: Mapping[str, Any]) -> dict[str, Any]:
    """How often the task shall look, where the stock operator bounds its wait by a time."""
    if operator.get("wait_for_completion") is False:
        return {}
    longest, pause = operator.get(_LONGEST), seconds(operator.get("check_interval") or _INTERVAL)
    if isinstance(longest, int) and isinstance(pause, int) and min(longest, pause) > 0:
        return {"max_attempts": math.ceil(longest / pause)}
    return {}


def _own_bound(operator: Mapping[str, Any]) -> dict[str, Any]:
    """The bound that our operator has where its call names none; a spec that names none has none."""
    return {} if "max_attempts" in operator else {"max_attempts": _ATTEMPTS}


def _dag_fields(reading: Reading, call: ast.Call) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if call.args:
        fields["id"] = reading.value(call.args[0], "dag_id")
    known = load_schema(SPEC_SCHEMA)["$defs"]["Dag"]["properties"]
    for name, node in reading.arguments(call):
        field_name = _DAG_FIELDS.get(name, name)
        if name == "default_args":
            fields["default_args"] = _default_args(reading, node, fields)
        elif name in ("start_date", "end_date"):
            reading.put_moment(fields, name, node)
        elif field_name == "schedule" and (assets := _assets(reading, node)) is not None:
            fields["schedule"] = {"assets": assets}
        elif field_name == "schedule" and (length := duration_of(reading.constants, node)) is not None:
            fields["schedule"] = length
        elif name in DURATIONS:
            reading.put_duration(fields, name, node)
        elif field_name in known:
            fields[field_name] = reading.value(node, name)
        else:
            reading.note(node, f"the argument `{name}` of the DAG is not carried over")
    if "id" not in fields and id(call) in reading.functions:
        fields["id"] = reading.functions[id(call)]
    return {name: value for name, value in fields.items() if value is not None or name == "schedule"}


def _assets(reading: Reading, node: ast.expr) -> Any:
    """What a schedule of assets waits for; None where it is no such schedule."""
    try:
        return assets_of(reading.constants, reading.imported, node)
    except NotLiteralError:
        return None


def _default_args(reading: Reading, node: ast.expr, dag: dict[str, Any]) -> dict[str, Any]:
    """The default arguments; a start date among them is the DAG's."""
    fields: dict[str, Any] = {}
    for name, value in reading.constants.items(node):
        if name in ("start_date", "end_date"):
            reading.put_moment(dag, name, value)
        else:
            reading.put_task_argument(fields, name, value, f"`{name}` of default_args")
    return fields


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _operators(tree: ast.AST, around: ast.Call | None = None) -> Iterator[tuple[ast.Call, ast.Call | None]]:
    """The calls of operators, each with the DAG of the `with` or of the decorated function that it stands in."""
    if isinstance(tree, ast.Call) and called(tree).endswith(("Operator", "Sensor")):
        yield tree, around
    if isinstance(tree, ast.With):
        opened = [item.context_expr for item in tree.items if isinstance(item.context_expr, ast.Call)]
        around = next((call for call in opened if called(call) == "DAG"), around)
    if isinstance(tree, ast.FunctionDef):
        decorators = [each for each in tree.decorator_list if isinstance(each, ast.Call)]
        around = next((call for call in decorators if called(call) == "dag"), around)
    for child in ast.iter_child_nodes(tree):
        yield from _operators(child, around)
