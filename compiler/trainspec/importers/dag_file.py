"""A DAG file with the Amazon provider's operators of training and tuning jobs, read as syntax and never run.

https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/sagemaker.html
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from trainspec.importers.arguments import assets_of
from trainspec.importers.call_arguments import DURATIONS, NotLiteralError, Reading, called
from trainspec.importers.edges import edges
from trainspec.importers.from_environment import by_default, names_of_variables, remarks_on
from trainspec.importers.interpret import Interpreter, ReadModule
from trainspec.importers.literals import Constants
from trainspec.importers.making import OF_DEFAULT_ARGS
from trainspec.importers.model import CannotImportError, Imported, ImportedJob, ImportedTask
from trainspec.importers.other_tasks import import_task
from trainspec.importers.request import known_members
from trainspec.importers.schedules import schedule_of
from trainspec.importers.script import job_fields
from trainspec.importers.straight import Straight, straightened
from trainspec.importers.times import duration_of
from trainspec.safety.budget import OutOfBudgetError, budget
from trainspec.safety.unwarned import syntax
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.units import duration, seconds

if TYPE_CHECKING:
    from trainspec.language.data import DagData, JobData, OtherTaskData

MAX_DEPTH = 90
"""Levels of a file's syntax: to write an expression out, Python recurses some eight times for each."""

OURS = ("TrainingJobOperator", "TuningJobOperator")
OPERATORS = ("SageMakerTrainingOperator", "SageMakerTrainingOperatorAsync", "SageMakerTuningOperator", *OURS)

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
_PULLED = re.compile(r"""xcom_pull\([^()]*?task_ids=\[?\\?['"]([^'"\\]+)""")
_MEANINGLESS = ("task_id", "dag", "config", "provide_context", "default_args")


def import_dag_file(text: str, read_module: ReadModule = lambda name: None) -> list[Imported]:
    """The specs to be of a DAG file, one for each DAG. `read_module` gives the text of a module beside the file.

    Raises CannotImportError where the file is no Python, or has no training job.
    """
    try:
        tree = syntax(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CannotImportError(f"not Python: {str(error) or 'nested too deeply'}") from error
    if _depth(tree) > MAX_DEPTH:
        raise CannotImportError(f"its expressions are nested more than {MAX_DEPTH} levels deep")
    return read_bounded(lambda: _by_reading(tree, read_module))


def _by_reading(tree: ast.Module, read_module: ReadModule) -> list[Imported]:
    run = Interpreter(read_module)
    run.run(tree)
    return import_straight(straightened(run))


def read_bounded(read: Callable[[], list[Imported]]) -> list[Imported]:
    """What `read` gives, its work bounded. Raises CannotImportError where it takes more."""
    try:
        with budget():
            return read()
    except OutOfBudgetError:
        raise CannotImportError("reading its values takes more work than any DAG file") from None
    except RecursionError:
        raise CannotImportError("its values are nested too deeply, or hold themselves") from None


def _depth(tree: ast.AST) -> int:
    """How many nodes of a syntax tree stand in each other."""
    level, depth = [tree], 0
    while level:
        level = [below for node in level for below in ast.iter_child_nodes(node)]
        depth += 1
    return depth


def import_straight(straight: Straight) -> list[Imported]:
    """The specs to be of a file without names: DAGs, tasks with literal arguments, edges.

    Raises CannotImportError where there is no training job.
    """
    roots = {each.id for each in ast.walk(straight.tree) if isinstance(each, ast.Name)}
    reading = Reading(Constants(straight.tree), {}, {root: root for root in roots if root.isidentifier()})
    dags = {id(call): call for call in straight.dags}
    found: dict[int, list[ast.Call]] = {}
    for call in straight.tasks:
        found.setdefault(id(reading.dag_of(call, None, dags)), []).append(call)
    of_jobs = {key: calls for key, calls in found.items() if any(called(call) in OPERATORS for call in calls)}
    if not of_jobs:
        why = "".join(f"; {note}" for note in straight.notes[:3])
        raise CannotImportError(
            f"no SageMakerTrainingOperator or SageMakerTuningOperator in this file{why and ' that can be read'}{why}"
        )
    imported = [_imported(reading, dags.get(key), calls, straight.tree) for key, calls in of_jobs.items()]
    others = [
        f"line {call.lineno}: this DAG has no training job that can be read, so it is not carried over"
        for key, call in dags.items()
        if key not in of_jobs
    ]
    notes = dict.fromkeys([*straight.notes, *others, *imported[0].notes])
    first = replace(imported[0], notes=tuple(notes), remarks=tuple(dict.fromkeys(straight.remarks)))
    return [_finished(each, straight) for each in (first, *imported[1:])]


def _finished(imported: Imported, straight: Straight) -> Imported:
    """An import with what the whole file says."""
    of_jobs = (each for job in imported.jobs for each in (job.request, job.fields))
    held = (imported.dag, *of_jobs, *(each.fields for each in imported.around))
    remarks = (*imported.remarks, *remarks_on(*held))
    names = dict.fromkeys(each for job in imported.jobs for each in names_of_variables(job_fields(job.request, str)))
    notes = tuple(map(by_default, imported.notes)) + tuple(
        f"the name `{each}` depends on the environment; the spec has its default" for each in names
    )
    return replace(imported, notes=notes, remarks=remarks, constants=straight.constants)


def _imported(reading: Reading, dag: ast.Call | None, calls: list[ast.Call], tree: ast.Module) -> Imported:
    reading.notes.clear()
    training = [call for call in calls if called(call) in OPERATORS]
    ids = _ids(reading, training)
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
        jobs.append(
            ImportedJob(
                ids[id(call)], _request(reading, request, config or call), cast("JobData", fields), templated=True
            )
        )
    names = set(ids.values())
    for text in (*(str(job.request) for job in jobs), *(str(task.fields) for task in around.values())):
        for name in dict.fromkeys(_PULLED.findall(text)):
            if name not in names:
                reading.notes.append(f"a template reads what the task `{name}` returns, which is not in the spec")
    fields = _dag_fields(reading, dag) if dag else {}
    tasks = (
        replace(task, fields=cast("OtherTaskData", {**task.fields, **_depends_on(upstream[key])}))
        for key, task in around.items()
    )
    return Imported(tuple(jobs), cast("DagData", fields), tuple(dict.fromkeys(reading.notes)), tuple(tasks))


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


def _ids(reading: Reading, calls: list[ast.Call]) -> dict[int, str]:
    """The id of each training job's task: its own, or one that no other has."""
    ids: dict[int, str] = {}
    for call in calls:
        given = _task_id(reading, call)
        name, count = given or "train", 2
        while name in ids.values():
            name, count = f"{given or 'train'}-{count}", count + 1
        if name != given:
            reading.note(call, f"this task is called `{name}` here")
        ids[id(call)] = name
    return ids


def _request(reading: Reading, config: Any, node: ast.AST) -> Mapping[str, Any]:
    """The request in a `config`: the operator also takes it under `Training`."""
    if not isinstance(config, Mapping):
        return {}
    inner = config.get("Training")
    if isinstance(inner, Mapping):
        for name in config.keys() - {"Training"}:
            reading.note(node, f"config.{name} is beside `Training`, so it was left out")
    notes: list[str] = []
    request = known_members(inner if isinstance(inner, Mapping) else config, notes)
    for note in notes:
        reading.note(node, note)
    return request


def _task_id(reading: Reading, call: ast.Call) -> str | None:
    given = next(
        (reading.value(value, "task_id") for name, value in reading.arguments(call) if name == "task_id"), None
    )
    return given if isinstance(given, str) and given else None


def _task_fields(reading: Reading, call: ast.Call) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    is_stock = called(call) not in OURS
    operator: dict[str, Any] = {"action_if_job_exists": "timestamp"} if is_stock else {}
    if called(call) == OPERATORS[1]:
        operator["deferrable"] = True
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
        elif field_name in ("schedule", "timetable") and (times := schedule_of(reading, node)) is not None:
            fields["schedule"] = times
        elif name in DURATIONS:
            reading.put_duration(fields, name, node)
        elif field_name in known:
            fields[field_name] = reading.value(node, name)
        else:
            reading.note(node, f"the argument `{name}` of the DAG is not carried over")
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
    if isinstance(node, ast.Name):
        reading.note(node, f"default_args is not a literal: `{node.id}`")
    for name, value in reading.constants.items(node):
        if name in ("start_date", "end_date"):
            reading.put_moment(dag, name, value)
        elif name not in OF_DEFAULT_ARGS:
            reading.put_task_argument(fields, name, value, f"`{name}` of default_args")
    return fields
