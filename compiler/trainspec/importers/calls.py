"""What a call in a DAG file makes: a DAG, a task, a group, an edge, or a value."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from trainspec.importers.evaluate import evaluate, format_text, items_of
from trainspec.importers.values import (
    Dag,
    Function,
    Group,
    LocalClass,
    Method,
    Reference,
    Residual,
    Scope,
    Task,
    unknown,
)
from trainspec.safety.budget import spend

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

MOST_CALLS = 8
"""How deep functions of the file may call each other."""
_PURE = frozenset(
    ("airflow", "builtins", "collections", "copy", "datetime", "json", "logging", "math", "os", "pathlib", "pendulum")
) | frozenset(("re", "string", "time", "typing", "warnings", "zoneinfo", "boto3", "dateutil", "pytz", "itertools"))
"""Modules whose calls change none of their arguments and make no task."""


@dataclass(eq=False, slots=True)
class Given:
    """The arguments of a call."""

    positional: list[Any]
    named: dict[str, Any]
    open: list[ast.expr]
    """Expressions after `*` or `**` that cannot be read."""


@dataclass(eq=False, slots=True)
class Label:
    """A label between two tasks: what is linked to it is linked through it."""

    before: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Partial:
    """A task whose arguments are spread over several calls: it is mapped, or has another id."""

    name: str
    task_id: Any = None


def call(run: "Interpreter", node: ast.Call, scope: Scope) -> Any:
    """The value of a call."""
    called = evaluate(run, node.func, scope)
    given = arguments(run, node, scope)
    if isinstance(called, Reference):
        return _call_reference(run, node, called, given)
    if isinstance(called, Function):
        return call_function(run, node, called, given)
    if isinstance(called, LocalClass):
        if called.name.endswith(("Operator", "Sensor")) or "task_id" in given.named:
            return run.make_lost_task(node, f"its class `{called.name}` is defined in this file", given)
        if called.makes_tasks():
            run.note(node, f"what `{called.name}` makes is not read: it is a class of this file")
        _hand_over(run, node, given, called.name)
        return unknown(node)
    if isinstance(called, Method):
        return _call_method(run, node, called, given)
    _hand_over(run, node, given, ast.unparse(node.func)[:80])
    return unknown(node)


def arguments(run: "Interpreter", node: ast.Call, scope: Scope) -> Given:
    """The arguments of a call, `*` and `**` taken apart."""
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
        elif isinstance(value, dict) and id(value) not in run.spoilt and all(isinstance(key, str) for key in value):
            spend(len(value))
            given.named |= value
        else:
            given.open.append(keyword.value)
    return given


def _call_reference(run: "Interpreter", node: ast.Call, called: Reference, given: Given) -> Any:
    name, module = called.name, called.path.rpartition(".")[0]
    owner = module.rpartition(".")[2]
    if module == "builtins":
        return _builtin(run, name, node, given)
    if name == "DAG":
        return run.make_dag(node, called, given)
    if name == "TaskGroup":
        return run.make_group(node, given)
    if name in ("chain", "chain_linear", "cross_downstream"):
        pairs = pairwise(given.positional) if name != "cross_downstream" else [tuple(given.positional[:2])]
        for before, after in (pair for pair in pairs if len(pair) == 2):
            _link_chain(run, before, after, node, crossed=name != "chain")
        return None
    if name == "Label":
        return Label()
    if name in ("partial", "expand", "expand_kwargs") and _is_task_class(owner):
        return Partial(owner, given.named.get("task_id"))
    if called.path in ("copy.deepcopy", "copy.copy") and given.positional:
        return _copied(given.positional[0], deep=name == "deepcopy")
    if called.path in ("airflow.decorators.task", "airflow.sdk.task") and given.positional:
        inner = given.positional[0]
        return Function(inner.node, inner.scope, "task") if isinstance(inner, Function) else Partial("task")
    if _is_task_class(name) or "task_id" in given.named:
        return run.make_task(node, called, given)
    if called.path.split(".")[0] not in _PURE:
        _hand_over(run, node, given, called.path)
        if run.dags or any(isinstance(each, Dag | Task | Group) for each in given.positional):
            run.note(node, f"what `{called.path}` makes is not read: it is in another module")
    return Residual(run.call_expression(node, called, given))


def _is_task_class(name: str) -> bool:
    return name.endswith(("Operator", "Sensor", "OperatorAsync", "SensorAsync"))


def _link_chain(run: "Interpreter", before: Any, after: Any, node: ast.Call, crossed: bool) -> None:
    if not crossed and isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            run.link(one, other, node)
    else:
        run.link(before, after, node)


def _hand_over(run: "Interpreter", node: ast.Call, given: Given, to: str) -> None:
    """What is handed to a call that cannot be read may be changed by it."""
    for value in [*given.positional, *given.named.values()]:
        if isinstance(value, dict | list):
            run.spoil(value, node, f"`{to}(...)` may change a value that is handed to it")


def call_function(run: "Interpreter", node: ast.Call, called: Function, given: Given) -> Any:
    """Call a function of the file: its body is read with these arguments."""
    if called.kind == "decorated":
        said = f"the call `{ast.unparse(node)[:80]}` is not read, and no task that it makes"
        run.note(node, f"{said}: its function has a decorator that may change it")
        _hand_over(run, node, given, ast.unparse(node.func)[:80])
        return unknown(node)
    if called.kind == "task":
        name = called.node.name if not isinstance(called.node, ast.Lambda) else "<lambda>"
        return run.make_lost_task(node, f"it is the Python function `{name}` of this file", given, name)
    if run.depth >= MOST_CALLS or given.open:
        run.note(node, f"the call `{ast.unparse(node)[:80]}` is not read, and no task that it makes")
        return unknown(node)
    inner = Scope({}, called.scope)
    if not _bind(run, called, given, inner, node):
        return unknown(node)
    if isinstance(called.node, ast.Lambda):
        return evaluate(run, called.node.body, inner)
    if called.kind == "dag":
        return run.run_dag_function(called.node, called, inner)
    if called.kind == "task_group":
        group = run.open_group(called.node.name)
        run.groups.append(group)
        run.run_function(called.node, inner)
        run.groups.pop()
        return group
    return run.run_function(called.node, inner)


def _bind(run: "Interpreter", called: Function, given: Given, inner: Scope, node: ast.Call) -> bool:
    """Bind the parameters of a function; whether the call fits it."""
    spec = called.node.args
    positional = [*spec.posonlyargs, *spec.args]
    defaults = dict(zip([each.arg for each in positional[len(positional) - len(spec.defaults) :]], spec.defaults,
                        strict=True))  # fmt: skip
    defaults |= {each.arg: value for each, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if value}
    named = dict(given.named)
    for parameter, value in zip(positional, given.positional, strict=False):
        inner.names[parameter.arg] = value
    if spec.vararg:
        inner.names[spec.vararg.arg] = given.positional[len(positional) :]
    for parameter in [*positional, *spec.kwonlyargs]:
        if parameter.arg in named:
            inner.names[parameter.arg] = named.pop(parameter.arg)
        elif parameter.arg not in inner.names:
            default = defaults.get(parameter.arg)
            is_literal = default is not None and called.kind != "dag"
            inner.names[parameter.arg] = (
                evaluate(run, default, called.scope) if is_literal and default is not None else unknown(node)
            )
    if spec.kwarg:
        inner.names[spec.kwarg.arg] = named
        return True
    return not named


def _call_method(run: "Interpreter", node: ast.Call, called: Method, given: Given) -> Any:
    of, name = called.of, called.name
    if isinstance(of, Task | Group) and name in ("set_upstream", "set_downstream") and given.positional:
        other = given.positional[0]
        before, after = (other, of) if name == "set_upstream" else (of, other)
        run.link(before, after, node)
        return None
    if isinstance(of, Partial) and name in ("expand", "expand_kwargs", "__call__"):
        named = of.task_id if isinstance(of.task_id, str) else None
        return run.make_lost_task(node, f"it is a mapped task of {of.name}", given, named)
    if isinstance(of, Function) and of.kind in ("task", "task_group"):
        if name in ("partial", "override"):
            task_id = given.named.get("task_id")
            return Function(of.node, of.scope, of.kind, of.decorator) if task_id is None else Partial(str(task_id))
        own = of.node.name if not isinstance(of.node, ast.Lambda) else None
        return run.make_lost_task(node, f"it is a mapped {of.kind.replace('_', ' ')}", given, own)
    if id(of) in run.spoilt or given.open:
        return unknown(node)
    if isinstance(of, str):
        return _of_text(of, name, node, given)
    if isinstance(of, dict | list):
        return _of_container(run, of, name, node, given)
    return unknown(node)


_TEXT_METHODS = ("endswith", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rstrip", "split")
_MORE_TEXT_METHODS = ("startswith", "strip", "title", "upper", "capitalize")


def _of_text(text: str, name: str, node: ast.Call, given: Given) -> Any:
    spend(len(text) // 10)
    if name == "format":
        return format_text(text, given.positional, given.named, node)
    if name == "join" and len(given.positional) == 1:
        items = given.positional[0]
        if isinstance(items, list) and all(isinstance(each, str) for each in items):
            spend(len(items) + sum(map(len, items)) // 10)
            if sum(map(len, items)) + len(text) * len(items) <= 100_000:
                return text.join(items)
    if name == "replace" and len(given.positional) > 1 and len(str(given.positional[1])) > 1000:
        return unknown(node)
    if name in (*_TEXT_METHODS, *_MORE_TEXT_METHODS) and all(isinstance(each, str | int) for each in given.positional):
        try:
            result = getattr(text, name)(*given.positional)
        except (TypeError, ValueError):
            return unknown(node)
        return result if len(str(result)) <= 100_000 else unknown(node)
    return unknown(node)


def _of_container(run: "Interpreter", of: Any, name: str, node: ast.Call, given: Given) -> Any:
    spend(len(of))
    if name in ("get", "keys", "values", "items", "copy") and isinstance(of, dict):
        if name == "get":
            known = given.positional and isinstance(given.positional[0], str | int)
            return of.get(*given.positional[:2]) if known else unknown(node)
        reads: Mapping[str, Callable[[], Any]] = {
            "keys": lambda: list(of),
            "values": lambda: list(of.values()),
            "items": lambda: [list(pair) for pair in of.items()],
            "copy": lambda: dict(of),
        }
        return reads[name]()
    if name == "copy":
        return list(of)
    if name in ("index", "count"):
        return unknown(node)
    if run.in_doubt:
        run.spoil(of, node, "it is changed where only a run decides whether")
        return unknown(node)
    return _change(run, of, name, node, given)


def _change(run: "Interpreter", of: Any, name: str, node: ast.Call, given: Given) -> Any:
    values = given.positional
    key_known = bool(values) and isinstance(values[0], str | int)
    if isinstance(of, dict):
        if name == "update" and all(isinstance(each, dict) and id(each) not in run.spoilt for each in values):
            for each in values:
                of.update(each)
            of.update(given.named)
            return None
        if name == "setdefault" and key_known:
            return of.setdefault(values[0], values[1] if len(values) > 1 else None)
        if name == "pop" and key_known:
            return of.pop(values[0], values[1] if len(values) > 1 else unknown(node))
    elif name == "append" and len(values) == 1:
        of.append(values[0])
        return None
    elif name == "extend" and len(values) == 1 and (items := items_of(run, values[0])) is not None:
        of.extend(items)
        return None
    elif name == "insert" and len(values) == 2 and isinstance(values[0], int):
        of.insert(*values)
        return None
    run.spoil(of, node, f"`.{name}(...)` changes it")
    return unknown(node)


def _copied(value: Any, deep: bool) -> Any:
    spend(5)
    if isinstance(value, dict):
        return {key: _copied(below, deep) if deep else below for key, below in value.items()}
    if isinstance(value, list):
        return [_copied(below, deep) if deep else below for below in value]
    return value


def _builtin(run: "Interpreter", name: str, node: ast.Call, given: Given) -> Any:
    """Python's own functions, of values that are known."""
    first = given.positional[0] if given.positional else None
    if any(id(each) in run.spoilt for each in given.positional) or given.open:
        return unknown(node)
    if name == "dict" and (first is None or isinstance(first, dict)):
        return {**(first or {}), **given.named}
    if name == "print":
        return None
    if name in ("int", "str", "float", "bool", "round") and len(given.positional) == 1:
        kinds: Mapping[str, Callable[[Any], Any]] = {"int": int, "str": str, "float": float, "round": round}
        try:
            is_plain = isinstance(first, str | int | float | bool) and len(str(first)) < 1000
            return {**kinds, "bool": bool}[name](first) if is_plain else unknown(node)
        except (ValueError, OverflowError):
            return unknown(node)
    if name == "range" and given.positional and all(isinstance(each, int) for each in given.positional):
        try:
            numbers = range(*given.positional)
            return list(numbers) if len(numbers) <= 10_000 else unknown(node)
        except (ValueError, TypeError, OverflowError):
            return unknown(node)
    lists = [items_of(run, each) for each in given.positional]
    if not lists or any(each is None for each in lists) or given.named:
        return unknown(node)
    known = [each for each in lists if each is not None]
    if name == "zip":
        return [list(each) for each in zip(*known, strict=False)]
    return _of_list(name, known[0], node)


def _of_list(name: str, items: list[Any], node: ast.Call) -> Any:
    if name == "enumerate":
        return [[index, each] for index, each in enumerate(items)]
    if name in ("list", "tuple", "set", "reversed"):
        return items[::-1] if name == "reversed" else items
    if name == "len":
        return len(items)
    is_text = all(isinstance(each, str) for each in items)
    if items and (is_text or all(isinstance(each, int | float) for each in items)):
        if name == "sorted":
            return sorted(items)
        if name in ("min", "max"):
            return min(items) if name == "min" else max(items)
        if name == "sum" and not is_text:
            return sum(items)
    return unknown(node)
