"""The values of expressions in a DAG file, as far as the file alone determines them. Nothing is run."""

import ast
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.importers.comprehensions import comprehension
from trainspec.importers.definitions import attribute_of, defaults_of
from trainspec.importers.derived import Derived, is_derived, unknown_of
from trainspec.importers.from_environment import is_variable, member_of_variable
from trainspec.importers.making import link
from trainspec.importers.operations import COMPARISONS, SCALARS, decide, distinct, items_of, operate, text_of
from trainspec.importers.values import (
    Fixed,
    Function,
    LocalClass,
    Member,
    Method,
    Output,
    Reference,
    Residual,
    Scope,
    Task,
    unknown,
)
from trainspec.safety.budget import spend

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

_FORMAT = re.compile(r"[<>^+0 ]?\d{0,2}(\.\d)?[dfsx]?")


def evaluate(run: "Interpreter", node: ast.expr, scope: Scope) -> Any:
    """The value of an expression: plain data, an object of the file, or a Residual."""
    spend(5)
    read = _READ.get(type(node))
    if read:
        return read(run, node, scope)
    for below in ast.iter_child_nodes(node):  # `await`, `yield`, a slice: what they create counts
        if isinstance(below, ast.expr):
            evaluate(run, below, scope)
    return unknown(node)


def _constant(run: "Interpreter", node: ast.Constant, scope: Scope) -> Any:
    return node.value if isinstance(node.value, SCALARS) else unknown(node)


def _name(run: "Interpreter", node: ast.Name, scope: Scope) -> Any:
    value = scope.find(node.id)
    if value is ...:
        return Reference(f"builtins.{node.id}") if node.id in _BUILTINS else unknown(node)
    if isinstance(value, Residual) and not isinstance(value.node, ast.Name):
        return type(value)(value.node)
    return value


def _attribute(run: "Interpreter", node: ast.Attribute, scope: Scope) -> Any:
    value = evaluate(run, node.value, scope)
    if isinstance(value, Reference):
        if value.name in ("TriggerRule", "WeightRule") and node.attr.isupper():
            return node.attr.lower()
        known = run.constant_of_module(value.path, node.attr, node)
        return Reference(f"{value.path}.{node.attr}") if known is ... else known
    if isinstance(value, Task) and node.attr == "output":
        return Output(value)
    if isinstance(value, Task) and node.attr == "task_id" and value.task_id is not None:
        return value.task_id
    if isinstance(value, Task) and node.attr in value.arguments:
        return value.arguments[node.attr]
    if isinstance(value, LocalClass) and (found := attribute_of(value, node.attr)) is not ...:
        return found
    if isinstance(value, Member) and node.attr in ("name", "value"):
        return getattr(value, node.attr)
    if isinstance(value, Residual) and not isinstance(value, Derived) and node.attr != "total_seconds":
        return unknown(node)
    return Method(value, node.attr, node)


def _subscript(run: "Interpreter", node: ast.Subscript, scope: Scope) -> Any:
    value, key = evaluate(run, node.value, scope), evaluate(run, node.slice, scope)
    if isinstance(value, Reference) and value.path == "os.environ" and isinstance(key, str):
        return unknown(node)
    if isinstance(value, Output) and not value.key and isinstance(key, str) and re.fullmatch(r"[\w.-]+", key):
        return Output(value.task, key)
    if isinstance(value, Task):
        return value
    if (member := member_of_variable(value, key)) is not None:
        return member
    if is_derived(value):
        return unknown_of(node, value)
    if isinstance(node.value, ast.Call) and ast.unparse(node.value) in ("globals()", "vars()", "locals()"):
        named = scope.find(key) if isinstance(key, str) and not is_variable(key) else ...
        return unknown_of(node, *run.outermost.names.values()) if named is ... else named
    is_readable = not (id(value) in run.unreadable or is_variable(value) or is_variable(key))
    if not is_readable or not isinstance(value, dict | list | str) or not isinstance(key, str | int | slice):
        return unknown_of(node, value)
    try:
        found: Any = value[key]  # type: ignore[index]
    except (KeyError, IndexError, TypeError, ValueError):
        return unknown(node)
    return found


def _slice(run: "Interpreter", node: ast.Slice, scope: Scope) -> Any:
    parts = [evaluate(run, each, scope) if each else None for each in (node.lower, node.upper, node.step)]
    return slice(*parts) if all(isinstance(each, int | None) for each in parts) else unknown(node)


def _dict(run: "Interpreter", node: ast.Dict, scope: Scope) -> Any:
    found: dict[Any, Any] = {}
    for key, below in zip(node.keys, node.values, strict=True):
        value = evaluate(run, below, scope)
        if key is None:
            if not isinstance(value, dict) or id(value) in run.unreadable:
                run.note(below, f"`**{ast.unparse(below)[:100]}` is not a literal, so its members are not carried over")
                continue
            spend(len(value))
            found |= value
            continue
        name = evaluate(run, key, scope)
        if not isinstance(name, SCALARS) or is_variable(name):
            run.note(key, f"the key `{ast.unparse(key)[:100]}` is not a literal, so its value is not carried over")
            continue
        found[name] = value
    return found


def _list(run: "Interpreter", node: ast.expr, scope: Scope) -> Any:
    found: list[Any] = []
    for item in node.elts:  # type: ignore[attr-defined]
        if isinstance(item, ast.Starred):
            value = evaluate(run, item.value, scope)
            more = items_of(run, value)
            found.extend([unknown_of(item.value, value)] if more is None else more)
        else:
            found.append(evaluate(run, item, scope))
    if isinstance(node, ast.Set):
        return distinct(found, node)
    return Fixed(found) if isinstance(node, ast.Tuple) else found


def _joined(run: "Interpreter", node: ast.JoinedStr, scope: Scope) -> Any:
    parts = [evaluate(run, part, scope) for part in node.values]
    return text_of("".join(parts), node) if all(isinstance(part, str) for part in parts) else unknown(node)


def _formatted(run: "Interpreter", node: ast.FormattedValue, scope: Scope) -> Any:
    value = evaluate(run, node.value, scope)
    pattern = evaluate(run, node.format_spec, scope) if node.format_spec else ""
    if not isinstance(value, str | int | float) or node.conversion not in (-1, 115) or not isinstance(pattern, str):
        return unknown(node.value)
    if not _FORMAT.fullmatch(pattern) or (pattern and is_variable(value)):
        return unknown(node.value)
    try:
        return format(value, pattern)
    except ValueError:
        return unknown(node.value)


def _operation(run: "Interpreter", node: ast.BinOp, scope: Scope) -> Any:
    left, right = evaluate(run, node.left, scope), evaluate(run, node.right, scope)
    if isinstance(node.op, ast.RShift | ast.LShift) and not (isinstance(left, int) and isinstance(right, int)):
        link(run, *((left, right) if isinstance(node.op, ast.RShift) else (right, left)), node)
        return right
    return operate(run, node.op, left, right, node)


def _unary(run: "Interpreter", node: ast.UnaryOp, scope: Scope) -> Any:
    value = evaluate(run, node.operand, scope)
    if isinstance(node.op, ast.Not):
        held = decide(run, value)
        return unknown(node) if held is None else not held
    if isinstance(node.op, ast.USub) and isinstance(value, int | float):
        return -value
    return unknown(node)


def _bool(run: "Interpreter", node: ast.BoolOp, scope: Scope) -> Any:
    value: Any = None
    for index, each in enumerate(node.values):
        value = evaluate(run, each, scope)
        held = decide(run, value)
        if held is None:
            return unknown_of(node, value, *_in_doubt(run, node.values[index + 1 :], scope))
        if held is isinstance(node.op, ast.Or):
            return value
    return value


def _compare(run: "Interpreter", node: ast.Compare, scope: Scope) -> Any:
    left, right = evaluate(run, node.left, scope), evaluate(run, node.comparators[0], scope)
    (op, *more) = node.ops
    if more or id(right) in run.unreadable or is_variable(left) or is_variable(right):
        return unknown(node)
    if isinstance(op, ast.In | ast.NotIn) and isinstance(left, SCALARS) and isinstance(right, list | dict):
        spend(len(right))
        if all(isinstance(each, SCALARS) and not is_variable(each) for each in right):
            return (left in right) is isinstance(op, ast.In)
    if isinstance(left, SCALARS) and isinstance(right, SCALARS) and type(op) in COMPARISONS:
        try:
            return bool(COMPARISONS[type(op)](left, right))
        except TypeError:
            return unknown(node)
    return unknown(node)


def _either(run: "Interpreter", node: ast.IfExp, scope: Scope) -> Any:
    held = decide(run, evaluate(run, node.test, scope))
    if held is None:
        return unknown_of(node, *_in_doubt(run, [node.body, node.orelse], scope))
    return evaluate(run, node.body if held else node.orelse, scope)


def _in_doubt(run: "Interpreter", nodes: list[ast.expr], scope: Scope) -> list[Any]:
    """The values of expressions that are evaluated or not depending on the run."""
    run.in_doubt += 1
    values = [evaluate(run, each, scope) for each in nodes]
    run.in_doubt -= 1
    return values


def _lambda(run: "Interpreter", node: ast.Lambda, scope: Scope) -> Any:
    return Function(node, scope, defaults=defaults_of(run, node, scope))


def _walrus(run: "Interpreter", node: ast.NamedExpr, scope: Scope) -> Any:
    value = evaluate(run, node.value, scope)
    run.assign(node.target, value, scope)
    return value


def _call(run: "Interpreter", node: ast.Call, scope: Scope) -> Any:
    from trainspec.importers.calls import call

    return call(run, node, scope)


_BUILTINS = frozenset(
    ("abs", "all", "any", "bool", "dict", "divmod", "enumerate", "eval", "exec", "filter", "float", "getattr")
) | frozenset(
    ("globals", "int", "isinstance", "iter", "len", "list", "locals", "map", "max", "min", "next", "print", "range")
) | frozenset(
    ("reversed", "round", "set", "setattr", "sorted", "str", "sum", "super", "tuple", "vars", "zip")
)  # fmt: skip
_READ: Mapping[type[ast.expr], Callable[..., Any]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Dict: _dict,
    ast.List: _list,
    ast.Tuple: _list,
    ast.Set: _list,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.BinOp: _operation,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool,
    ast.Compare: _compare,
    ast.IfExp: _either,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.DictComp: comprehension,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Call: _call,
}
