"""What an assignment in a DAG file changes: a name, an item, an attribute of a task."""

import ast
from typing import TYPE_CHECKING, Any

from trainspec.importers.derived import is_derived, unknown_of
from trainspec.importers.evaluate import evaluate
from trainspec.importers.from_environment import is_variable
from trainspec.importers.operations import items_of
from trainspec.importers.values import Dag, Group, LocalClass, Output, Reference, Residual, Scope, Task, unknown
from trainspec.schema.files import SPEC_SCHEMA, load_schema

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

_OF_ITSELF = ("task_id", "dag", "task_group", "depends_on", "doc")


def assign(run: "Interpreter", target: ast.expr, value: Any, scope: Scope) -> None:
    """`target = value`."""
    if isinstance(target, ast.Name):
        undecided = run.in_doubt and target.id in scope.shared
        scope.bind(target.id, unknown(target) if undecided else value)
    elif isinstance(target, ast.Tuple | ast.List):
        items = items_of(run, value)
        fits = items is not None and len(items) == len(target.elts)
        for index, each in enumerate(target.elts):
            assign(run, each, items[index] if items is not None and fits else unknown_of(each, value), scope)
    elif isinstance(target, ast.Subscript):
        _assign_item(run, target, value, scope)
    elif isinstance(target, ast.Starred):
        assign(run, target.value, unknown_of(target.value, value), scope)
    elif isinstance(target, ast.Attribute):
        assign_attribute(run, evaluate(run, target.value, scope), target.attr, value, target)


def assign_attribute(run: "Interpreter", of: Any, name: str, value: Any, at: ast.expr) -> None:
    """`of.name = value`."""
    if isinstance(of, Task) and not run.in_doubt and (name in of.arguments or name in _task_arguments()):
        of.arguments[name] = value
    elif isinstance(of, LocalClass):
        of.attributes[name] = unknown(at) if run.in_doubt else value
    elif (
        isinstance(of, Task | Dag | Group | Output)
        or is_derived(of)
        or (isinstance(of, Reference) and run.constant_of_module(of.path, name, at) is not ...)
    ):
        run.note(at, f"`{ast.unparse(at)[:80]}` is set afterwards, which is not carried over")


def _task_arguments() -> set[str]:
    """The arguments that every task has."""
    return {*load_schema(SPEC_SCHEMA)["$defs"]["TaskArguments"]["properties"]} - {*_OF_ITSELF}


def _assign_item(run: "Interpreter", target: ast.Subscript, value: Any, scope: Scope) -> None:
    of, key = evaluate(run, target.value, scope), evaluate(run, target.slice, scope)
    if isinstance(target.value, ast.Call) and ast.unparse(target.value) in ("globals()", "vars()", "locals()"):
        _assign_global(run, target, key, value, scope)
        return
    if not isinstance(of, dict | list):
        if is_derived(of) or (isinstance(of, Residual) and isinstance(target.value, ast.Attribute)):
            run.note(target, f"`{ast.unparse(target)[:80]}` is set, which is not carried over")
        return
    is_key = isinstance(key, str | int) and not is_variable(key)
    if run.in_doubt or not is_key or (isinstance(of, list) and not isinstance(key, int)):
        run.spoil(of, target, f"`{ast.unparse(target)[:80]}` may be set: which item, if any, is only known at run time")
        return
    try:
        of[key] = value
    except IndexError:
        run.spoil(of, target, "it has no such item")


def _assign_global(run: "Interpreter", target: ast.Subscript, key: Any, value: Any, scope: Scope) -> None:
    """`globals()["name"] = value`: DAGs created in a loop are often passed to Airflow in this way."""
    outermost = scope
    while outermost.outer is not None:
        outermost = outermost.outer
    if isinstance(key, str) and not is_variable(key):
        outermost.names[key] = unknown(target) if run.in_doubt else value
    elif not isinstance(value, Dag):
        run.forget_names(target, f"`{ast.unparse(target)[:80]}` may set any name in the file")
