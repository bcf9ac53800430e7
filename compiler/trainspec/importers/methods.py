"""What a method call in a DAG file returns or changes."""

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trainspec.importers.derived import LINKING, call_of_derived, is_derived
from trainspec.importers.known_calls import method_of_container, method_of_text
from trainspec.importers.making import link, make_lost_task
from trainspec.importers.times import seconds_of
from trainspec.importers.values import (
    Function,
    Given,
    Group,
    LocalClass,
    Method,
    Output,
    Partial,
    Residual,
    Task,
    unknown,
)

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter


def hand_over(run: "Interpreter", node: ast.Call, given: Given, to: str) -> None:
    """Arguments of a call that cannot be read may be changed by it."""
    for value in [*given.positional, *given.named.values()]:
        if isinstance(value, dict | list):
            run.spoil(value, node, f"`{to}(...)` may change a value that is passed to it")


def call_method(run: "Interpreter", node: ast.Call, called: Method, given: Given) -> Any:
    """The result of a method call whose arguments are known."""
    of, name = called.of, called.name
    others = given.positional[:1] or [value for key, value in given.named.items() if key == "task_or_task_list"]
    if isinstance(of, Task | Group | Output) and name in LINKING and others and not given.open:
        other = others[0]
        before, after = (other, of) if name == "set_upstream" else (of, other)
        link(run, before, after, node)
        return None
    if isinstance(of, Group) and name == "add":
        run.note(node, f"`{ast.unparse(node)[:80]}` is not carried over: the task stays where it was made")
        return None
    if name == "__class__" and "task_id" in given.named:
        return make_lost_task(run, node, f"its class is given by `{ast.unparse(node.func)[:80]}`", given)
    if is_derived(called):
        return call_of_derived(run, node, called)
    if isinstance(of, Partial) and name in ("expand", "expand_kwargs", "__call__"):
        named = of.task_id if isinstance(of.task_id, str) else None
        return make_lost_task(run, node, f"it is a mapped task of {of.name}", given, named)
    if isinstance(of, Function) and of.kind in ("task", "task_group"):
        if of.kind == "task_group" and name == "override":
            if given.open:
                run.note(
                    node, f"`{ast.unparse(given.open[0])[:80]}` of `override` is not carried over: it cannot be read"
                )
            return replace(of, overrides={**of.overrides, **given.named})
        if name in ("partial", "override"):
            task_id = given.named.get("task_id")
            return (
                Function(of.node, of.scope, of.kind, of.decorator, of.defaults)
                if task_id is None
                else Partial(str(task_id))
            )
        own = of.node.name if not isinstance(of.node, ast.Lambda) else None
        return make_lost_task(run, node, f"it is a mapped {of.kind.replace('_', ' ')}", given, own)
    if id(of) in run.unreadable or given.open:
        return unknown(node)
    if isinstance(of, LocalClass):
        hand_over(run, node, given, f"{of.name}.{name}")
        if of.makes_tasks():
            run.note(node, f"what `{of.name}.{name}` creates is not read: it is a class of this file")
        return unknown(node)
    if isinstance(of, Residual) and (whole := seconds_of(of.node)) is not None:
        return whole
    if isinstance(of, str):
        return method_of_text(of, name, node, given)
    if isinstance(of, dict | list):
        return method_of_container(run, of, name, node, given)
    return unknown(node)
