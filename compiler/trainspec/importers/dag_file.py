"""A DAG file with the Amazon provider's SageMakerTrainingOperator, read as syntax and never run.

https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/sagemaker.html
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainspec.importers.arguments import READ, assets_of, imported_names
from trainspec.importers.edges import edges
from trainspec.importers.literals import Constants, Hole, NotLiteralError
from trainspec.importers.model import CannotImportError, Imported, ImportedJob
from trainspec.importers.times import duration_of, moment_of
from trainspec.schema_files import SPEC_SCHEMA, load_schema
from trainspec.units import duration

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
_OPERATOR_FIELDS = (
    "action_if_job_exists",
    "aws_conn_id",
    "wait_for_completion",
    "max_attempts",
    "deferrable",
    "on_timeout",
    "print_log",
)
_DURATIONS = ("retry_delay", "max_retry_delay", "execution_timeout", "dagrun_timeout")
_MEANINGLESS = ("task_id", "dag", "config", "provide_context", "default_args")


def import_dag_file(text: str) -> list[Imported]:
    """The specs to be of a DAG file, one for each DAG.

    Raises CannotImportError where the file is no Python, or has no training job.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CannotImportError(f"not Python: {error}") from error
    functions = {
        id(each): node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for each in node.decorator_list
    }
    reading = _Reading(Constants(tree), functions, imported_names(tree))
    dags = {id(call): call for call in _calls(tree) if _called(call) in ("DAG", "dag")}
    found: dict[int, list[ast.Call]] = {}
    for call, around in _operators(tree):
        found.setdefault(id(reading.dag_of(call, around, dags)), []).append(call)
    if not found:
        raise CannotImportError("no SageMakerTrainingOperator in this file")
    waiting = edges(tree, reading.constants, OPERATORS)
    return [_imported(reading, dags.get(key), calls, waiting, tree) for key, calls in found.items()]


@dataclass
class _Reading:
    """Reads arguments, and notes what cannot be carried over."""

    constants: Constants
    functions: Mapping[int, str]
    imported: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def note(self, node: ast.AST, message: str) -> None:
        self.notes.append(f"line {getattr(node, 'lineno', 0)}: {message}")

    def arguments(self, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
        for keyword in call.keywords:
            if keyword.arg is None:
                self.note(call, f"`**{ast.unparse(keyword.value)}` is not read")
            else:
                yield keyword.arg, keyword.value

    def value(self, node: ast.expr, what: str) -> Any:
        """What an argument stands for, without its parts that are not literal; None where the whole is not."""
        try:
            if what in READ:
                return READ[what](self.constants, self.imported, node)
            return self._filled(self.constants.value(node), what)
        except NotLiteralError as error:
            self.note(error.node, f"{what} is not a literal: `{ast.unparse(error.node)}`")
            return None

    def _filled(self, value: Any, what: str) -> Any:
        if isinstance(value, Mapping):
            kept = {}
            for key, below in value.items():
                if isinstance(below, Hole):
                    self.note(below.node, f"{what}.{key} is not a literal: `{ast.unparse(below.node)}`")
                else:
                    kept[key] = self._filled(below, f"{what}.{key}")
            return kept
        if isinstance(value, list):
            for hole in (each for each in value if isinstance(each, Hole)):
                self.note(hole.node, f"an entry of {what} is not a literal: `{ast.unparse(hole.node)}`")
            return [self._filled(each, what) for each in value if not isinstance(each, Hole)]
        return value

    def dag_of(self, call: ast.Call, around: ast.Call | None, dags: Mapping[int, ast.Call]) -> ast.Call | None:
        named = next((self.constants.call(value) for name, value in self.arguments(call) if name == "dag"), None)
        return named or around or (next(iter(dags.values())) if len(dags) == 1 else None)


def _imported(
    reading: _Reading, dag: ast.Call | None, calls: list[ast.Call], waiting: Mapping[int, set[int]], tree: ast.Module
) -> Imported:
    reading.notes.clear()
    ids = {id(call): _task_id(reading, call) for call in calls}
    jobs = []
    for call in calls:
        fields = _task_fields(reading, call)
        upstream = sorted(ids[other] for other in waiting.get(id(call), ()) if other in ids)
        if upstream:
            fields["depends_on"] = upstream if len(upstream) > 1 else upstream[0]
        config = next((value for name, value in reading.arguments(call) if name == "config"), None)
        request = reading.value(config, "config") if config is not None else None
        if "xcom_pull" in str(request):
            reading.note(call, "a template of config reads an XCom; this operator's `return_value` is the job's name")
        jobs.append(ImportedJob(ids[id(call)], _request(request), fields, templated=True))
    for other in _calls(tree):
        name = _called(other)
        if name.endswith(("Operator", "Sensor")) and name not in OPERATORS:
            reading.note(other, f"the task of {name} is not carried over")
    fields = _dag_fields(reading, dag) if dag else {}
    return Imported(tuple(jobs), fields, tuple(dict.fromkeys(reading.notes)))


def _request(config: Any) -> Mapping[str, Any]:
    """The request in a `config`: the operator also takes it under `Training`."""
    if not isinstance(config, Mapping):
        return {}
    inner = config.get("Training")
    return inner if isinstance(inner, Mapping) else config


def _task_id(reading: _Reading, call: ast.Call) -> str:
    given = next(
        (reading.value(value, "task_id") for name, value in reading.arguments(call) if name == "task_id"), None
    )
    return given if isinstance(given, str) and given else "train"


def _task_fields(reading: _Reading, call: ast.Call) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    is_stock = _called(call) == OPERATORS[0]
    operator: dict[str, Any] = {"action_if_job_exists": "timestamp"} if is_stock else {}
    for name, node in reading.arguments(call):
        if name == "check_interval":
            operator[name] = duration(duration_of(reading.constants, node))
        elif name in _OPERATOR_FIELDS:
            operator[name] = reading.value(node, name)
        elif name == "region_name":
            fields["region"] = reading.value(node, name)
        elif name not in _MEANINGLESS:
            _put_task_argument(reading, fields, name, node, f"the argument `{name}` of the operator")
    if operator:
        fields["operator"] = {name: value for name, value in operator.items() if value is not None}
    return fields


def _dag_fields(reading: _Reading, call: ast.Call) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if call.args:
        fields["id"] = reading.value(call.args[0], "dag_id")
    known = load_schema(SPEC_SCHEMA)["$defs"]["Dag"]["properties"]
    for name, node in reading.arguments(call):
        field_name = _DAG_FIELDS.get(name, name)
        if name == "default_args":
            fields["default_args"] = _default_args(reading, node, fields)
        elif name in ("start_date", "end_date"):
            _put_moment(reading, fields, name, node)
        elif field_name == "schedule" and (assets := _assets(reading, node)) is not None:
            fields["schedule"] = {"assets": assets}
        elif field_name == "schedule" and (length := duration_of(reading.constants, node)) is not None:
            fields["schedule"] = length
        elif name in _DURATIONS:
            _put_duration(reading, fields, name, node)
        elif field_name in known:
            fields[field_name] = reading.value(node, name)
        else:
            reading.note(node, f"the argument `{name}` of the DAG is not carried over")
    if "id" not in fields and id(call) in reading.functions:
        fields["id"] = reading.functions[id(call)]
    return {name: value for name, value in fields.items() if value is not None or name == "schedule"}


def _assets(reading: _Reading, node: ast.expr) -> Any:
    """What a schedule of assets waits for; None where it is no such schedule."""
    try:
        return assets_of(reading.constants, reading.imported, node)
    except NotLiteralError:
        return None


def _default_args(reading: _Reading, node: ast.expr, dag: dict[str, Any]) -> dict[str, Any]:
    """The default arguments; a start date among them is the DAG's."""
    fields: dict[str, Any] = {}
    for name, value in reading.constants.items(node):
        if name in ("start_date", "end_date"):
            _put_moment(reading, dag, name, value)
        else:
            _put_task_argument(reading, fields, name, value, f"`{name}` of default_args")
    return fields


def _put_task_argument(reading: _Reading, fields: dict[str, Any], name: str, node: ast.expr, what: str) -> None:
    known = load_schema(SPEC_SCHEMA)["$defs"]["TaskArguments"]["properties"]
    if name == "doc_md":
        fields["doc"] = reading.value(node, name)
    elif name not in known:
        reading.note(node, f"{what} is not carried over")
    elif name in _DURATIONS:
        _put_duration(reading, fields, name, node)
    elif name in ("start_date", "end_date"):
        _put_moment(reading, fields, name, node)
        if zone := fields.pop("timezone", None):
            reading.note(node, f"the time zone {zone} of `{name}` is not carried over: a spec has one, the DAG's")
    else:
        value = reading.value(node, name)
        if value is not None:
            fields[name] = value


def _put_duration(reading: _Reading, fields: dict[str, Any], name: str, node: ast.expr) -> None:
    length = duration_of(reading.constants, node)
    if length is None:
        reading.note(node, f"`{name}` is no literal duration: `{ast.unparse(node)}`")
    else:
        fields[name] = length


def _put_moment(reading: _Reading, fields: dict[str, Any], name: str, node: ast.expr) -> None:
    moment = moment_of(reading.constants, node)
    if moment is None:
        reading.note(node, f"`{name}` is no literal date: `{ast.unparse(node)}`")
        return
    fields[name], zone = moment
    if zone:
        fields["timezone"] = zone


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _operators(tree: ast.AST, around: ast.Call | None = None) -> Iterator[tuple[ast.Call, ast.Call | None]]:
    """The training operators, each with the DAG of the `with` or of the decorated function that it stands in."""
    if isinstance(tree, ast.Call) and _called(tree) in OPERATORS:
        yield tree, around
    if isinstance(tree, ast.With):
        opened = [item.context_expr for item in tree.items if isinstance(item.context_expr, ast.Call)]
        around = next((call for call in opened if _called(call) == "DAG"), around)
    if isinstance(tree, ast.FunctionDef):
        decorators = [each for each in tree.decorator_list if isinstance(each, ast.Call)]
        around = next((call for call in decorators if _called(call) == "dag"), around)
    for child in ast.iter_child_nodes(tree):
        yield from _operators(child, around)
