"""DAGs and tasks of a loaded file as JSON maps."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

from .groups import groups_of
from .record import Record
from .values import encode, first, is_of_file, name_of

MOST_MAPPED = 64
TRAINING = (
    "SageMakerTrainingOperator", "SageMakerTrainingOperatorAsync", "SageMakerTuningOperator", "TrainingJobOperator",
    "TuningJobOperator",
)  # fmt: skip
_HARMLESS = {"ui_color", "ui_fgcolor", "custom_operator_name", "_abc_impl"}
_CALLBACKS = {f"on_{each}_callback" for each in ("execute", "failure", "retry", "skipped", "success")}
_AS_GIVEN = {"params", "inlets", "outlets", "weight_rule", "start_date", "end_date", "retry_delay", *_CALLBACKS}
_NOT_ARGUMENTS = {"task_id", "dag", "task_group", "default_args"}
_NOT_OF_DAG = {"task_group", "auto_register"}


def operator_class() -> Any:
    """The base class of operators."""
    return first("airflow.sdk.BaseOperator", "airflow.models.baseoperator.BaseOperator")


def describe_dag(record: Record, dag: Any) -> dict[str, Any]:
    """A DAG: its arguments, its groups, its tasks."""
    own = _parameters(type(dag))
    given = {name: value for name, value in record.given.get(id(dag), {}).items() if not _is_left_out(own, name, value)}
    for name in own:
        if name not in ("default_args", "fileloc", "params") and record.changed(dag, name):
            given[name] = vars(dag)[name]
    given["dag_id"] = dag.dag_id
    return {
        "line": record.lines.get(id(dag), 0),
        "arguments": {name: encode(value) for name, value in given.items() if name not in _NOT_OF_DAG},
        "groups": list(groups_of(record, dag.task_group)),
        "tasks": [_describe_task(record, each) for each in dag.task_dict.values()],
    }


def _is_left_out(own: dict[str, Any], name: str, value: Any) -> bool:
    """Whether an argument of a DAG has no effect: Airflow 2's `@dag` passes all arguments on, given or not."""
    if name not in own or name == "schedule":
        return False
    if name in ("default_view", "orientation"):  # only Airflow 2's UI has them
        return bool(value == own[name].default)
    return value is own[name].default and not isinstance(value, (bool, int, float, str))


def _describe_task(record: Record, task: Any) -> dict[str, Any]:
    is_mapped = not isinstance(task, operator_class())
    known = task.operator_class if is_mapped else type(task)
    base = _stands_for(known) or known
    found: dict[str, Any] = {
        "id": task.task_id,
        "line": record.lines.get(id(task), 0),
        "class": name_of(base),
        "upstream": sorted(task.upstream_task_ids),
        "kind": next((each for each in ("setup", "teardown") if getattr(task, f"is_{each}", False)), ""),
        "lost": _lost(task, known),
    }
    if is_mapped:
        points = _points(task) if found["lost"] is None else None
        found["lost"] = found["lost"] or (
            None if points else "the number of its mapped tasks is only known at run time"
        )
        found["mapped"] = [_encoded(each) for each in points or ()]
    elif found["lost"] is None:
        found["arguments"] = _encoded(_arguments(record, task, base))
    return found


def _encoded(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: encode(value) for name, value in arguments.items() if name not in _NOT_ARGUMENTS and name[0] != "_"}


def _stands_for(known: Any) -> Any:
    """The training operator that a class, such as one that only fills in arguments, behaves like; None for others."""
    for each in known.__mro__:
        if each.__name__ in TRAINING:
            return each
        if {name for name in vars(each) if not name.startswith("__") and "__" not in name[1:]} - _HARMLESS:
            return None
    return None


def _parameters(known: Any) -> dict[str, Any]:
    """The parameters of a class and of its base classes."""
    found: dict[str, Any] = {}
    for each in reversed(known.__mro__):
        if "__init__" in vars(each):
            found.update(inspect.signature(each.__init__).parameters)
    return {name: each for name, each in found.items() if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)}


def _arguments(record: Record, task: Any, known: Any) -> dict[str, Any]:
    """The arguments of the task, and attributes set afterwards, by the names of the class that it stands for."""
    own, now = _parameters(known), vars(task)
    given = dict(getattr(task, "_BaseOperator__init_kwargs", {}))
    found = {name: value for name, value in given.items() if name in own or known is type(task)}
    if known is not type(task):  # the names of the subclass may have another meaning
        found.update({name: now[name] for name in found if name in now and name not in _AS_GIVEN})
    if found.get("params") is not None and task.dag is not None and encode(task.dag.params) == encode(task.params):
        del found["params"]  # the DAG's: Airflow passes them to each task
    files = tuple(getattr(task, "template_ext", ()) or ())
    for name in own:
        value = given.get(name)
        is_file = isinstance(value, str) and bool(files) and value.endswith(files)  # Airflow reads the file
        if record.changed(task, name) and not is_file and name != "params":
            found[name] = now[name]
    if "config" in found and hasattr(task, "config"):
        found["config"] = task.config
    return found


def _lost(task: Any, known: Any) -> str | None:
    """Why a spec cannot express a task; None if it can."""
    function = getattr(task, "python_callable", None) or getattr(task, "partial_kwargs", {}).get("python_callable")
    inside = _trains_in(function)
    if "Decorated" in known.__name__:
        name = getattr(function, "__qualname__", "")
        said = f"it is the Python function `{name}`" if name else "it is a Python function"
        return said + (f", which runs {inside}" if inside else "")
    if inside and is_of_file(function):
        return f"its function runs {inside}"
    if _stands_for(known) is None and is_of_file(known):
        return f"its class `{known.__name__}` is defined in this file"
    group = task.task_group
    while group is not None:
        if type(group).__name__ == "MappedTaskGroup":
            return "it is in a mapped task group"
        group = getattr(group, "parent_group", None)
    return None


def _trains_in(function: Any) -> str | None:
    """The operator of a training job that a function's code names, and the function's line; None for others."""
    code = getattr(function, "__code__", None)
    for name in getattr(code, "co_names", ()):
        known = getattr(function, "__globals__", {}).get(name)
        found = getattr(known, "__name__", name)
        if found in TRAINING:
            return f"{found} in line {code.co_firstlineno}"  # type: ignore[union-attr]
    return None


def _points(task: Any) -> list[dict[str, Any]] | None:
    """The arguments of each task that a mapped task becomes; None if they are only known at run time."""
    values = getattr(task.expand_input, "value", None)
    if isinstance(values, dict):
        lists = [value for value in values.values() if isinstance(value, (list, tuple))]
        if len(lists) < len(values):
            return None
        points = [dict(zip(values, each)) for each in itertools.islice(itertools.product(*lists), MOST_MAPPED + 1)]  # noqa: B905
    elif isinstance(values, (list, tuple)) and all(isinstance(each, dict) for each in values):
        points = list(values)
    else:
        return None
    try:
        defaults = {name: encode(value) for name, value in task.operator_class.partial(task_id="x").kwargs.items()}
    except Exception:  # a class with its own `partial`
        defaults = {}
    shared = _defaults_of(task)
    own = {name: value for name, value in shared.items() if name in _parameters(task.operator_class)}
    own.update(
        (name, value)
        for name, value in task.partial_kwargs.items()
        if name in shared or defaults.get(name, ...) != encode(value)
    )
    own.update(_kept_apart(task))
    return [{**own, **point} for point in points] if 0 < len(points) <= MOST_MAPPED else None


def _defaults_of(task: Any) -> dict[str, Any]:
    """The default arguments of a mapped task's DAG and group: Airflow adds some only when the task runs."""
    around = [each for each in (task.dag, task.task_group) if each is not None]
    return {name: value for each in around for name, value in (getattr(each, "default_args", None) or {}).items()}


def _kept_apart(task: Any) -> dict[str, Any]:
    """The arguments of a mapped task that Airflow stores elsewhere: dates and parameters, without the DAG's."""
    dates = {name: getattr(task, name, None) for name in ("start_date", "end_date")}
    found = {name: value for name, value in dates.items() if value not in (None, getattr(task.dag, name, None))}
    of_dag = {name: encode(task.dag.params.get_param(name)) for name in task.dag.params}
    own = {name: task.params.get_param(name) for name in task.params}
    params = {name: value for name, value in own.items() if of_dag.get(name, ...) != encode(value)}
    return {**found, **({"params": params} if params else {})}
