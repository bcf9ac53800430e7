"""A DAG file with the Amazon provider's operators for training and tuning jobs, parsed and never run.

https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/sagemaker.html
"""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from trainspec.importers.call_arguments import Reading, called
from trainspec.importers.comments import Comments, comments_of
from trainspec.importers.dag_arguments import dag_fields
from trainspec.importers.edges import edges
from trainspec.importers.from_environment import by_default, names_of_variables, remarks_on
from trainspec.importers.interpret import Interpreter, ReadModule
from trainspec.importers.literals import Constants
from trainspec.importers.model import CannotImportError, Imported, ImportedJob, ImportedTask
from trainspec.importers.other_tasks import import_task
from trainspec.importers.outputs import before_of, handed_to_python, pulled, with_marks
from trainspec.importers.request import known_members
from trainspec.importers.script import job_fields
from trainspec.importers.straight import Straight, straightened
from trainspec.importers.task_groups import place
from trainspec.safety.budget import OutOfBudgetError, budget
from trainspec.safety.unwarned import syntax
from trainspec.schema.files import SPEC_SCHEMA, load_schema
from trainspec.units import duration, seconds

if TYPE_CHECKING:
    from trainspec.language.data import DagData, JobData, OtherTaskData

MAX_DEPTH = 90
"""Levels of nesting in a file's syntax: to write an expression, Python recurses about eight times for each."""

OURS = ("TrainingJobOperator", "TuningJobOperator")
OPERATORS = ("SageMakerTrainingOperator", "SageMakerTrainingOperatorAsync", "SageMakerTuningOperator", *OURS)

_LONGEST, _INTERVAL = "max_ingestion_time", "30s"
"""The stock operator's default wait limit and polling interval, in seconds."""
_ATTEMPTS = 60
"""Our operator's default polling interval, in seconds."""
_MEANINGLESS = ("task_id", "dag", "config", "provide_context", "default_args")


def import_dag_file(text: str, read_module: ReadModule = lambda name: None) -> list[Imported]:
    """The specs that a DAG file becomes, one per DAG. `read_module` returns the source of a module next to the file.

    Raises CannotImportError if the file is not Python, or has no training job.
    """
    try:
        tree = syntax(text)
    except SyntaxError as error:
        raise CannotImportError(f"line {error.lineno}: not Python: {error.msg}") from error
    except ValueError as error:
        raise CannotImportError(f"not Python: {error}") from error
    except (RecursionError, MemoryError):
        raise CannotImportError("its expressions are nested too deeply to be read") from None
    if _depth(tree) > MAX_DEPTH:
        raise CannotImportError(f"its expressions are nested more than {MAX_DEPTH} levels deep")
    comments = comments_of(text)
    return read_bounded(lambda: _by_reading(tree, comments, read_module))


def _by_reading(tree: ast.Module, comments: Comments, read_module: ReadModule) -> list[Imported]:
    run = Interpreter(read_module)
    run.run(tree)
    return import_straight(replace(straightened(run), comments=comments))


def constants_of(text: str) -> Mapping[str, str]:
    """The strings that a file has names for; none if reading it takes too much work, or it is not Python."""
    run = Interpreter()
    try:
        tree = syntax(text)
        if _depth(tree) <= MAX_DEPTH:
            with budget():
                run.run(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OutOfBudgetError):
        return {}
    return run.constants


def read_bounded(read: Callable[[], list[Imported]]) -> list[Imported]:
    """The result of `read`, with its work limited. Raises CannotImportError if it takes more."""
    try:
        with budget():
            return read()
    except OutOfBudgetError:
        raise CannotImportError("reading its values takes more work than any DAG file") from None
    except RecursionError:
        raise CannotImportError("its values are nested too deeply, or contain themselves") from None


def _depth(tree: ast.AST) -> int:
    """How deeply the nodes of a syntax tree are nested."""
    level, depth = [tree], 0
    while level:
        level = [below for node in level for below in ast.iter_child_nodes(node)]
        depth += 1
    return depth


def import_straight(straight: Straight) -> list[Imported]:
    """The specs that a file without names becomes: DAGs, tasks with literal arguments, edges.

    Raises CannotImportError if there is no training job.
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
    imported = [_imported(reading, dags.get(key), calls, straight) for key, calls in of_jobs.items()]
    others = [
        f"line {call.lineno}: this DAG has no training job that can be read, so it is not carried over"
        for key, call in dags.items()
        if key not in of_jobs
    ]
    notes = dict.fromkeys([*straight.notes, *others, *imported[0].notes])
    remarks = dict.fromkeys([*straight.remarks, *imported[0].remarks])
    first = replace(imported[0], notes=tuple(notes), remarks=tuple(remarks))
    return [_finished(each, straight) for each in (first, *imported[1:])]


def _finished(imported: Imported, straight: Straight) -> Imported:
    """An import completed with what applies to the whole file."""
    of_jobs = (each for job in imported.jobs for each in (job.request, job.fields))
    held = (imported.dag, *of_jobs, *(each.fields for each in imported.other_tasks))
    remarks = (*imported.remarks, *remarks_on(*held))
    names = dict.fromkeys(each for job in imported.jobs for each in names_of_variables(job_fields(job.request, str)))
    notes = tuple(map(by_default, imported.notes)) + tuple(
        f"the name `{each}` depends on the environment; the spec has its default" for each in names
    )
    return replace(imported, notes=notes, remarks=remarks, constants=straight.constants)


def _imported(reading: Reading, dag: ast.Call | None, calls: list[ast.Call], straight: Straight) -> Imported:
    reading.notes.clear()
    dag_arguments = dag_fields(reading, dag) if dag else {}
    reading.zone = dag_arguments.get("timezone", "UTC")
    training = [call for call in calls if called(call) in OPERATORS]
    ids = _ids(reading, training)
    others = [_other_task(reading, call) for call in calls if call not in training]
    other_tasks = {key: task for key, task in others if task is not None}
    ids |= {key: task.task_id for key, task in other_tasks.items()}
    placed = place(straight.groups, straight.within, ids, id(dag) if dag else None)
    waiting = edges(straight.tree, reading.constants, ids)
    upstream = {key: sorted(ids[other] for other in waiting.get(key, ())) for key in ids}
    held = {id(call): ids[id(call)] for call in training}
    jobs = []
    for call in training:
        fields = {**_task_fields(reading, call), **placed.of(id(call)), **_depends_on(upstream[id(call)])}
        config = next((value for name, value in reading.arguments(call) if name == "config"), None)
        request = reading.value(config, "config") if config is not None else None
        request = with_marks(request, {held[each] for each in before_of(waiting, id(call)) if each in held})
        _note_pulls(reading, call, request, ids, held)
        made = _request(reading, request, config or call)
        jobs.append(ImportedJob(ids[id(call)], made, cast("JobData", fields), templated=True))
    for call in (call for call in calls if id(call) in other_tasks):
        task = other_tasks[id(call)]
        arguments = dict(cast("Mapping[str, Any]", task.fields)).get("arguments", {})
        known = {held[each] for each in before_of(waiting, id(call)) if each in held}
        given = {"arguments": with_marks(arguments, known)} if arguments else {}
        fields = {**task.fields, **given, **placed.of(id(call)), **_depends_on(upstream[id(call)])}
        other_tasks[id(call)] = replace(task, fields=cast("OtherTaskData", fields))
        _note_pulls(reading, call, other_tasks[id(call)].fields, ids, held)
        if name := handed_to_python(arguments):
            reading.note(call, f"`{name}` of `{task.task_id}` reads an XCom, which a template passes on as a string")
    for call in calls:
        _note_unset(reading, call, dag_arguments.get("default_args", {}), ids.get(id(call), ""))
    lines = {"": dag.lineno if dag else 0, **{ids[id(call)]: call.lineno for call in calls if id(call) in ids}}
    comments, of_constants = straight.comments.of(lines)
    return Imported(
        tuple(jobs),
        cast("DagData", dag_arguments),
        tuple(dict.fromkeys([*placed.notes, *reading.notes])),
        tuple(other_tasks.values()),
        tuple(placed.remarks),
        comments=comments,
        of_constants=of_constants,
    )


def _note_unset(reading: Reading, call: ast.Call, defaults: Mapping[str, Any], task_id: str) -> None:
    """Note arguments that are None at a task although the DAG's default_args have another value."""
    for name, node in reading.arguments(call):
        if name in defaults and isinstance(node, ast.Constant) and node.value is None:
            reading.note(call, f"`{name}=None` of `{task_id}` is not carried over: default_args have another value")


def _note_pulls(reading: Reading, call: ast.Call, value: Any, ids: Mapping[int, str], jobs: Mapping[int, str]) -> None:
    """Note what templates read that no task of the spec returns, or that it returns in another form."""
    for name in pulled(value):
        if name in jobs.values():
            reading.note(call, f"a template reads the XCom of `{name}`; its `return_value` is the job's name here")
        elif name not in ids.values():
            reading.notes.append(f"a template reads what the task `{name}` returns, which is not in the spec")


def _other_task(reading: Reading, call: ast.Call) -> tuple[int, ImportedTask | None]:
    """The call's id, and the task that it becomes, if it can be carried over."""
    task_id = _task_id(reading, call)
    if task_id is None:
        reading.note(call, f"the task of {called(call)} is not carried over: its `task_id` is not a literal")
    task = import_task(reading, call, task_id) if task_id is not None else None
    return id(call), task


def _depends_on(upstream: list[str]) -> dict[str, Any]:
    return {"depends_on": upstream if len(upstream) > 1 else upstream[0]} if upstream else {}


def _ids(reading: Reading, calls: list[ast.Call]) -> dict[int, str]:
    """The id of each training job's task: its own, or a unique one."""
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
    """The request in a `config`, which may also be under `Training`."""
    if not isinstance(config, Mapping):
        if config is not None:
            reading.note(node, "config is not a map that can be read, so the job has no request")
        return {}
    inner = config.get("Training")
    if isinstance(inner, Mapping):
        for name in config.keys() - {"Training"}:
            reading.note(node, f"config.{name} is next to `Training`, so it was left out")
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
        if str(known.get(name, {}).get("x-form", "")).startswith("a duration"):
            reading.put_duration(operator, name, node)
            operator[name] = duration(operator.get(name))
        elif name in known or name == _LONGEST:
            operator[name] = reading.value(node, name)
            if name == "aws_conn_id" and isinstance(node, ast.Constant) and node.value is None:
                reading.note(
                    node, "`aws_conn_id=None` is not carried over: a job always uses a connection, aws_default"
                )
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
    """How often the task polls, if the stock operator limits its wait by a time."""
    if operator.get("wait_for_completion") is False:
        return {}
    longest, pause = operator.get(_LONGEST), seconds(operator.get("check_interval") or _INTERVAL)
    if isinstance(longest, int) and isinstance(pause, int) and min(longest, pause) > 0:
        return {"max_attempts": math.ceil(longest / pause)}
    return {}


def _own_bound(operator: Mapping[str, Any]) -> dict[str, Any]:
    """The limit that our operator has by default; a spec that sets none has no limit."""
    return {} if "max_attempts" in operator else {"max_attempts": _ATTEMPTS}
