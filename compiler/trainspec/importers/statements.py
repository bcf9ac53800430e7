"""How each kind of statement in a DAG file is read."""

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.importers.definitions import defaults_of, read_class
from trainspec.importers.derived import is_derived, touches, unknown_of
from trainspec.importers.evaluate import evaluate
from trainspec.importers.from_environment import is_variable
from trainspec.importers.making import link
from trainspec.importers.operations import decide, items_of, operate
from trainspec.importers.values import Dag, Fixed, Function, Group, Reference, Scope, Task, unknown
from trainspec.safety.budget import spend

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

_MOST_ROUNDS = 2_000
_TRANSPARENT = ("cache", "lru_cache", "wraps", "staticmethod", "deprecated")
"""Decorators that do not change what a call creates."""


def _assign(run: "Interpreter", node: ast.Assign, scope: Scope) -> str:
    value = evaluate(run, node.value, scope)
    for target in node.targets:
        run.assign(target, value, scope)
    return ""


def _annotated(run: "Interpreter", node: ast.AnnAssign, scope: Scope) -> str:
    if node.value is not None:
        run.assign(node.target, evaluate(run, node.value, scope), scope)
    return ""


def _augmented(run: "Interpreter", node: ast.AugAssign, scope: Scope) -> str:
    at = ast.copy_location(ast.BinOp(node.target, node.op, node.value), node)
    before, value = evaluate(run, node.target, scope), evaluate(run, node.value, scope)
    if isinstance(before, list | dict) and run.in_doubt:
        run.spoil(before, node, "it may be changed at run time")
    elif isinstance(before, Fixed):
        run.assign(node.target, operate(run, node.op, before, value, at), scope)
    elif isinstance(before, list) and isinstance(value, list) and isinstance(node.op, ast.Add):
        spend(len(value))
        before.extend(value)
    elif isinstance(before, dict) and isinstance(value, dict) and isinstance(node.op, ast.BitOr):
        before.update(value)
    elif isinstance(before, list | dict):
        run.spoil(before, node, "it is changed by code that cannot be read")
    elif isinstance(node.op, ast.RShift | ast.LShift) and not isinstance(before, int):
        link(run, *((before, value) if isinstance(node.op, ast.RShift) else (value, before)), at)
    else:
        run.assign(node.target, operate(run, node.op, before, value, at), scope)
    return ""


def _expression(run: "Interpreter", node: ast.Expr, scope: Scope) -> str:
    evaluate(run, node.value, scope)
    return ""


def _if(run: "Interpreter", node: ast.If, scope: Scope) -> str:
    held = decide(run, evaluate(run, node.test, scope))
    if ast.unparse(node.test)[:40] in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
        held = False
    if held is None:
        return run.in_branches([node.body, node.orelse], scope)
    return run.block(node.body if held else node.orelse, scope)


def _for(run: "Interpreter", node: ast.For, scope: Scope) -> str:
    through = evaluate(run, node.iter, scope)
    items = items_of(run, through)
    if items is None or len(items) > _MOST_ROUNDS:
        targets = [each.id for each in ast.walk(node.target) if isinstance(each, ast.Name)]
        for name in targets:
            scope.bind(name, unknown_of(ast.copy_location(ast.Name(name), node), through))
        return run.in_branches([node.body, []], scope)
    for item in items:
        run.assign(node.target, item, scope)
        ended = run.block(node.body, scope)
        if ended in ("return", "raise"):
            return ended
        if ended == "break":
            break
    else:
        run.block(node.orelse, scope)
    return ""


def _while(run: "Interpreter", node: ast.While, scope: Scope) -> str:
    for _ in range(_MOST_ROUNDS):
        held = decide(run, evaluate(run, node.test, scope))
        if held is None:
            return run.in_branches([node.body, []], scope)
        if not held:
            return run.block(node.orelse, scope)
        ended = run.block(node.body, scope)
        if ended in ("return", "raise", "break"):
            return ended if ended != "break" else ""
    return run.in_branches([node.body, []], scope)


def _try(run: "Interpreter", node: ast.Try, scope: Scope) -> str:
    if all(isinstance(handler.body[-1], ast.Raise) for handler in node.handlers):  # or none at all: the file loads
        return run.block([*node.body, *node.finalbody], scope)
    for handler in node.handlers:
        if handler.name is not None:
            scope.bind(handler.name, unknown(ast.copy_location(ast.Name(handler.name), handler)))
    handlers = [handler.body for handler in node.handlers]
    ended = run.in_branches([[*node.body, *node.orelse], *handlers], scope, tried=True)
    return ended or run.block(node.finalbody, scope)


def _with(run: "Interpreter", node: ast.With | ast.AsyncWith, scope: Scope) -> str:
    opened: list[list[Any]] = []
    for item in node.items:
        value = evaluate(run, item.context_expr, scope)
        if item.optional_vars is not None:
            run.assign(item.optional_vars, value, scope)
        if isinstance(value, Dag):
            run.dags.append(value)
            opened.append(run.dags)
        elif isinstance(value, Group):
            run.groups.append(value)
            opened.append(run.groups)
        elif is_derived(value) or isinstance(value, Task):
            said = f"`with {ast.unparse(item.context_expr)[:80]}` is not read"
            run.note(node, f"{said}, and its effect on tasks is not carried over")
    ended = run.block(node.body, scope)
    for stack in opened:
        stack.pop()
    return ended


def _function(run: "Interpreter", node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> str:
    kind, decorator = "", None
    for each in node.decorator_list:
        called = each.func if isinstance(each, ast.Call) else each
        value = evaluate(run, called, scope)
        parts = value.path.split(".") if isinstance(value, Reference) else []
        found = next((part for part in ("dag", "task_group", "task") if part in parts[-2:]), "")
        if found:
            kind, decorator = found, each if isinstance(each, ast.Call) else None
    is_plain = bool(kind) or all(_is_transparent(each) for each in node.decorator_list)
    defaults = defaults_of(run, node, scope)
    scope.bind(node.name, Function(node, scope, kind if is_plain else "decorated", decorator, defaults))
    return ""


def _is_transparent(decorator: ast.expr) -> bool:
    """Whether a call of the decorated function creates the same as a call of the function itself."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(called).rpartition(".")[2] in _TRANSPARENT


def _class(run: "Interpreter", node: ast.ClassDef, scope: Scope) -> str:
    scope.bind(node.name, read_class(run, node, scope))
    return ""


def _return(run: "Interpreter", node: ast.Return, scope: Scope) -> str:
    run.frames[-1].result = evaluate(run, node.value, scope) if node.value else None
    return "return"


def _raise(run: "Interpreter", node: ast.Raise, scope: Scope) -> str:
    if not run.in_doubt and not run.caught:
        run.note(node, "an exception is raised here, so what follows is not read")
    return "raise"


def _match(run: "Interpreter", node: ast.Match, scope: Scope) -> str:
    """A `match` is decided if its cases are literals; otherwise it is only decided at run time."""
    subject = evaluate(run, node.subject, scope)
    decided = isinstance(subject, str | int | float | bool | None) and not is_variable(subject)
    for case in node.cases:
        held = _fits(run, subject, case.pattern, scope) if decided and case.guard is None else None
        if held:
            return run.block(case.body, scope)
        if held is None:
            break
    else:
        return ""
    for name in (each for case in node.cases for each in _captured(case.pattern)):
        scope.bind(name, unknown_of(ast.copy_location(ast.Name(name), node), subject))
    return run.in_branches([*(case.body for case in node.cases), []], scope)


def _fits(run: "Interpreter", subject: Any, pattern: ast.pattern, scope: Scope) -> bool | None:
    if isinstance(pattern, ast.MatchValue):
        value = evaluate(run, pattern.value, scope)
        return subject == value if isinstance(value, str | int | float | bool) else None
    if isinstance(pattern, ast.MatchSingleton):
        return subject is pattern.value
    if isinstance(pattern, ast.MatchOr):
        held = [_fits(run, subject, each, scope) for each in pattern.patterns]
        return None if None in held else any(held)
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
        if pattern.name is not None:
            scope.bind(pattern.name, subject)
        return True
    return None


def _captured(pattern: ast.pattern) -> list[str]:
    """The names that a pattern binds."""
    names = [getattr(each, field, None) for each in ast.walk(pattern) for field in ("name", "rest")]
    return [name for name in names if isinstance(name, str)]


def _import(run: "Interpreter", node: ast.Import, scope: Scope) -> str:
    for alias in node.names:
        first = alias.name.partition(".")[0]
        scope.bind(alias.asname or first, Reference(alias.name if alias.asname else first))
    return ""


def _import_from(run: "Interpreter", node: ast.ImportFrom, scope: Scope) -> str:
    module = node.module or ""
    for alias in node.names:
        if alias.name == "*":
            run.note(node, f"the names of `from {module} import *` are not read")
            continue
        known = run.constant_of_module(module, alias.name, node) if module else ...
        path = Reference(f"{module}.{alias.name}" if module else alias.name)
        scope.bind(alias.asname or alias.name, path if known is ... else known)
    return ""


def _shared(run: "Interpreter", node: ast.Global | ast.Nonlocal, scope: Scope) -> str:
    scope.shared |= set(node.names)
    return ""


def _delete(run: "Interpreter", node: ast.Delete, scope: Scope) -> str:
    for target in node.targets:
        if isinstance(target, ast.Subscript):
            of, key = evaluate(run, target.value, scope), evaluate(run, target.slice, scope)
            if isinstance(of, dict) and isinstance(key, str | int) and key in of and not run.in_doubt:
                del of[key]
            elif isinstance(of, dict | list):
                run.spoil(of, target, "a part of it is deleted")
            elif is_derived(of):
                run.note(target, f"`{ast.unparse(target)[:80]}` is deleted, which is not carried over")
        elif isinstance(target, ast.Attribute) and touches(evaluate(run, target.value, scope)):
            run.note(target, f"`{ast.unparse(target)[:80]}` is deleted, which is not carried over")
        elif isinstance(target, ast.Name):
            scope.bind(target.id, unknown(target))
    return ""


STATEMENTS: Mapping[type[ast.stmt], Callable[..., str]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Try: _try,
    **({ast.TryStar: _try} if hasattr(ast, "TryStar") else {}),
    ast.Match: _match,
    ast.Raise: _raise,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _shared,
    ast.Nonlocal: _shared,
    ast.Delete: _delete,
    ast.Break: lambda run, node, scope: "break",
    ast.Continue: lambda run, node, scope: "continue",
}
