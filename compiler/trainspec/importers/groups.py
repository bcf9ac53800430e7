"""Task groups, as `TaskGroup` and `@task_group` functions create them."""

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trainspec.importers.making import plain_id
from trainspec.importers.task_groups import DEFAULTS, not_said
from trainspec.importers.values import Dag, Function, Given, Group

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter


def make_group(run: "Interpreter", node: ast.Call, given: Given) -> Group:
    """A task group, inside the one that is open, or inside its parent if it names one."""
    arguments = {**dict(zip(("group_id",), given.positional, strict=False)), **given.named}
    for name in (*not_said(arguments), *(arguments.keys() - {*DEFAULTS, *_OF_GROUP})):
        run.note(node, f"the argument `{name}` of the task group is not carried over")
    if given.open:
        run.note(node, f"`{ast.unparse(given.open[0])[:80]}` of the task group is not carried over: it cannot be read")
    named = plain_id(run, arguments.get("group_id"), node)
    if not isinstance(named, str):
        run.note(node, "the id of the task group is not a literal, so the ids of its tasks have no prefix")
        named = ""
    around = arguments.get("parent_group")
    around = around if isinstance(around, Group) else run.groups[-1] if run.groups else None
    dag = arguments.get("dag")
    dag = dag if isinstance(dag, Dag) else run.dags[-1] if run.dags else around.dag if around is not None else None
    before, names = (around.prefix, around.names) if around is not None else ("", ())
    made = Group(before, names, dag=dag, line=getattr(node, "lineno", 0))
    if named:
        named = _free(run, named, made) if arguments.get("add_suffix_on_collision") is True else named
        is_prefix = arguments.get("prefix_group_id", True) is not False
        made.prefix = f"{before}{named}." if is_prefix else ""  # which also hides outer groups from its tasks' ids
        made.names, made.group_id = (*names, named), f"{before}{named}"
        run.made_groups.append(made)
    made.default_args = {**(around.default_args if around is not None else {}), **_default_args(run, node, arguments)}
    if around is not None:
        around.members.append(made)
    return made


_OF_GROUP = ("group_id", "prefix_group_id", "dag", "parent_group", "default_args", "add_suffix_on_collision")
"""The arguments of a task group that are read."""


def _free(run: "Interpreter", name: str, inside: Group) -> str:
    """The id of a group, with a number if that name is taken: `risk__1`."""
    alike = [each for each in run.made_groups if each.dag is inside.dag and each.names[:-1] == inside.names]
    count = sum(each.names[-1].partition("__")[0] == name for each in alike)
    return f"{name}__{count}" if count else name


def _default_args(run: "Interpreter", node: ast.Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The default arguments of a group, which override those of the DAG and of the enclosing groups."""
    given = arguments.get("default_args")
    if isinstance(given, dict) and id(given) not in run.unreadable and all(isinstance(each, str) for each in given):
        return given
    if given is not None:
        run.note(node, "the argument `default_args` of the task group is not carried over: it cannot be read")
    return {}


def group_of_function(run: "Interpreter", node: ast.Call, called: Function, given: Given) -> Group:
    """The group that a call of a function creates, a new one for each call. `given` are its decorator's arguments."""
    own = {"group_id": getattr(called.node, "name", ""), "add_suffix_on_collision": True}
    group = make_group(run, called.decorator or node, Given([], {**own, **given.named, **called.overrides}, given.open))
    if "tooltip" not in given.named and isinstance(called.node, ast.FunctionDef) and ast.get_docstring(called.node):
        run.remarks.append(f"line {called.node.lineno}: the docstring of `{called.node.name}` is a tooltip in Airflow")
    return group
