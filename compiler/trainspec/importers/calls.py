"""What a call in a DAG file creates: a DAG, a task, a group, an edge, or a value."""

import ast
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from trainspec.importers.definitions import stands_for, trains_in
from trainspec.importers.derived import LINKING, Derived, note_edge, note_unread_call, touches
from trainspec.importers.evaluate import evaluate
from trainspec.importers.from_environment import AIRFLOW_GETTERS, GETTERS, airflow_variable, variable
from trainspec.importers.groups import group_of_function, make_group
from trainspec.importers.handed import HANDED
from trainspec.importers.known_calls import builtin, copied
from trainspec.importers.making import (
    call_expression,
    link,
    make_dag,
    make_lost_task,
    make_task,
)
from trainspec.importers.methods import call_method, hand_over
from trainspec.importers.operations import items_of
from trainspec.importers.standard import STANDARD, of_standard
from trainspec.importers.values import (
    Bound,
    Function,
    Given,
    Label,
    LocalClass,
    Method,
    Partial,
    Reference,
    Residual,
    Scope,
    unknown,
)
from trainspec.safety.budget import spend

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

TRAINING = (
    "SageMakerTrainingOperator", "SageMakerTrainingOperatorAsync", "SageMakerTuningOperator", "TrainingJobOperator",
    "TuningJobOperator",
)  # fmt: skip
_NAMES_OF_THE_FILE = ("globals().update", "globals().setdefault", "globals().pop", "vars().", "locals().")
_OPEN = ("get_current", "get_current_dag", "get_current_task_group")
"""Functions of Airflow that return the DAG or the group that is open."""
MOST_CALLS = 8
"""How deeply functions of the file may call each other."""
_PURE = frozenset(
    ("airflow", "boto3", "builtins", "collections", "copy", "datetime", "dateutil", "itertools", "json", "logging")
) | frozenset(
    ("math", "os", "pathlib", "pendulum", "posixpath", "pytz", "re", "string", "textwrap", "time", "types", "typing")
) | frozenset(("uuid", "warnings", "zoneinfo"))  # fmt: skip
"""Modules whose functions change none of their arguments and create no tasks."""


def call(run: "Interpreter", node: ast.Call, scope: Scope) -> Any:
    """The value of a call."""
    called = evaluate(run, node.func, scope)
    given = arguments(run, node, scope)
    made = call_with(run, node, called, given)
    is_derived = type(made) is Residual and touches(called, *given.positional, *given.named.values())
    return Derived(made.node) if is_derived else made


def call_with(run: "Interpreter", node: ast.Call, called: Any, given: Given) -> Any:
    """The value of a call whose arguments are known."""
    if isinstance(called, Bound):
        more = Given([*called.given.positional, *given.positional], {**called.given.named, **given.named}, given.open)
        return call_with(run, node, called.called, more)
    if isinstance(called, Reference):
        return _call_reference(run, node, called, given)
    if isinstance(called, Function):
        return call_function(run, node, called, given)
    if isinstance(called, LocalClass) and (operator := stands_for(called, TRAINING)) is not None:
        return _call_reference(run, node, operator, given)
    if isinstance(called, LocalClass):
        if called.name.endswith(("Operator", "Sensor")) or "task_id" in given.named:
            return make_lost_task(run, node, f"its class `{called.name}` is defined in this file", given)
        if called.makes_tasks():
            run.note(node, f"what `{called.name}` creates is not read: it is a class of this file")
        hand_over(run, node, given, called.name)
        return unknown(node)
    if isinstance(called, Method):
        return call_method(run, node, called, given)
    if "task_id" in given.named and isinstance(called, Derived):
        return make_lost_task(run, node, f"its class is given by `{ast.unparse(node.func)[:80]}`", given)
    hand_over(run, node, given, ast.unparse(node.func)[:80])
    note_unread_call(run, node, *given.positional, *given.named.values())
    if ast.unparse(node.func).startswith(_NAMES_OF_THE_FILE):
        run.forget_names(node, f"`{ast.unparse(node)[:80]}` may set any name in the file")
    return unknown(node)


def arguments(run: "Interpreter", node: ast.Call, scope: Scope) -> Given:
    """The arguments of a call, with `*` and `**` unpacked."""
    given = Given([], {}, [])
    for each in node.args:
        if isinstance(each, ast.Starred):
            items = items_of(run, evaluate(run, each.value, scope))
            if items is None:
                given.open.append(each.value)
            else:
                given.positional += items
        else:
            given.positional.append(evaluate(run, each, scope))
    for keyword in node.keywords:
        value = evaluate(run, keyword.value, scope)
        if keyword.arg is not None:
            given.named[keyword.arg] = value
        elif isinstance(value, dict) and id(value) not in run.unreadable and all(isinstance(key, str) for key in value):
            spend(len(value))
            given.named |= value
        else:
            given.open.append(keyword.value)
    return given


def _call_reference(run: "Interpreter", node: ast.Call, called: Reference, given: Given) -> Any:
    name, module = called.name, called.path.rpartition(".")[0]
    owner = module.rpartition(".")[2]
    if module == "builtins" and name in HANDED:
        return HANDED[name](run, node, given)
    if module == "builtins":
        return builtin(run, name, node, given)
    if called.path in GETTERS:
        return _of_environment(run, node, called, given)
    if called.path in AIRFLOW_GETTERS:
        return _of_airflow(run, node, called, given)
    if name == "DAG":
        return make_dag(run, node, called, given)
    if name == "TaskGroup":
        return make_group(run, node, given)
    if name in ("chain", "chain_linear", "cross_downstream") and module != "itertools":
        pairs = pairwise(given.positional) if name != "cross_downstream" else [tuple(given.positional[:2])]
        for before, after in (pair for pair in pairs if len(pair) == 2):
            _link_chain(run, before, after, node, crossed=name != "chain")
        if given.open:
            note_edge(run, node)
        return None
    if name == "Label":
        return Label()
    if name in ("partial", "expand", "expand_kwargs") and _is_task_class(owner):
        return Partial(owner, given.named.get("task_id"))
    if called.path == "functools.partial" and given.positional and not given.open:
        return Bound(given.positional[0], Given(given.positional[1:], given.named, []))
    if called.path in ("copy.deepcopy", "copy.copy") and given.positional:
        return copied(run, given.positional[0], deep=name == "deepcopy")
    if called.path in ("airflow.decorators.task", "airflow.sdk.task") and given.positional:
        inner = given.positional[0]
        return (
            Function(inner.node, inner.scope, "task", None, inner.defaults)
            if isinstance(inner, Function)
            else Partial("task")
        )
    if (function := given.named.get("python_callable")) and (inside := _job_inside(run, function)):
        return make_lost_task(run, node, f"its function runs {inside}", given)
    if _is_task_class(name) or "task_id" in given.named:
        return make_task(run, node, called, given)
    if called.path.startswith("airflow.") and name in _OPEN:
        return Derived(unknown(node).node)
    if name in LINKING:
        note_edge(run, node)
    if called.path in STANDARD and (known := of_standard(run, called.path, given)) is not ...:
        return known
    if called.path.split(".")[0] not in _PURE:
        hand_over(run, node, given, called.path)
        if run.dags or touches(*given.positional, *given.named.values()):
            run.note(node, f"what `{called.path}` creates is not read: it is in another module")
    return Residual(call_expression(run, node, called, given))


def _of_environment(run: "Interpreter", node: ast.Call, called: Reference, given: Given) -> Any:
    """An environment variable; without a default, its value is unknown."""
    name, default, *_ = (*given.positional, given.named.get("default"), None)
    made = variable(name, default)
    if made is None or given.open:
        return Residual(call_expression(run, node, called, given))
    return made


def _of_airflow(run: "Interpreter", node: ast.Call, called: Reference, given: Given) -> Any:
    """A variable of Airflow, as the template that reads it when the task runs."""
    names = ("key", "default_var" if ".models." in called.path else "default", "deserialize_json")
    named = {**dict(zip(names, given.positional, strict=False)), **given.named}
    default = named.get(names[1], ...)
    is_json = named.get("deserialize_json", False)
    made = airflow_variable(named.get("key"), default, is_json is True) if isinstance(is_json, bool) else None
    if made is None or given.open or len(given.positional) > len(names) or given.named.keys() - set(names):
        return Residual(call_expression(run, node, called, given))
    return made


def _job_inside(run: "Interpreter", function: Any) -> str | None:
    """The training job that a function of this file creates; a function of another module keeps its path."""
    return trains_in(run, function, TRAINING) if isinstance(function, Function) and not function.module else None


def _is_task_class(name: str) -> bool:
    return name.endswith(("Operator", "Sensor", "OperatorAsync", "SensorAsync"))


def _link_chain(run: "Interpreter", before: Any, after: Any, node: ast.Call, crossed: bool) -> None:
    if not crossed and isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            link(run, one, other, node)
    else:
        link(run, before, after, node)


def call_function(run: "Interpreter", node: ast.Call, called: Function, given: Given) -> Any:
    """Call a function of the file: its body is read with these arguments."""
    if called.kind == "decorated":
        said = f"the call `{ast.unparse(node)[:80]}` is not read, nor any task that it creates"
        run.note(node, f"{said}: its function has a decorator that may change it")
        hand_over(run, node, given, ast.unparse(node.func)[:80])
        return unknown(node)
    if called.kind == "task":
        name = called.node.name if not isinstance(called.node, ast.Lambda) else "<lambda>"
        inside = trains_in(run, called, TRAINING)
        why = f"it is the Python function `{name}` of this file" + (f", which runs {inside}" if inside else "")
        return make_lost_task(run, node, why, given, name)
    if run.depth >= MOST_CALLS or given.open:
        run.note(node, f"the call `{ast.unparse(node)[:80]}` is not read, nor any task that it creates")
        return unknown(node)
    inner = Scope({}, called.scope)
    if not _bind(run, called, given, inner, node):
        return unknown(node)
    if isinstance(called.node, ast.Lambda):
        return evaluate(run, called.node.body, inner)
    if called.kind == "dag":
        return run.run_dag_function(called.node, called, inner)
    if called.kind == "task_group":
        given = arguments(run, called.decorator, called.scope) if called.decorator else Given([], {}, [])
        group = group_of_function(run, node, called, given)
        run.groups.append(group)
        returned = run.run_function(called.node, inner)
        run.groups.pop()
        return group if returned is None else returned  # as in Airflow: edges belong to what is returned
    return run.run_function(called.node, inner)


def _bind(run: "Interpreter", called: Function, given: Given, inner: Scope, node: ast.Call) -> bool:
    """Bind the parameters of a function; returns whether the call fits it."""
    spec = called.node.args
    positional = [*spec.posonlyargs, *spec.args]
    named = dict(given.named)
    for parameter, value in zip(positional, given.positional, strict=False):
        inner.names[parameter.arg] = value
    if spec.vararg:
        inner.names[spec.vararg.arg] = given.positional[len(positional) :]
    for parameter in [*positional, *spec.kwonlyargs]:
        if parameter.arg in named:
            inner.names[parameter.arg] = named.pop(parameter.arg)
        elif parameter.arg not in inner.names:
            inner.names[parameter.arg] = called.defaults.get(parameter.arg, unknown(node))
    if spec.kwarg:
        inner.names[spec.kwarg.arg] = named
        return True
    return not named
