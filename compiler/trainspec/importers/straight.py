"""A DAG file without names, loops and branches: the result of reading it, and of loading it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trainspec.importers.comments import Comments
from trainspec.importers.task_groups import FoundGroup, Names

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter


@dataclass(frozen=True, slots=True)
class Straight:
    """The DAGs and the tasks of a file, as calls that are also in `tree`, where edges follow them.

    `tree` also contains what takes the place of tasks that a spec cannot express, so that edges go through them.
    """

    tree: ast.Module
    dags: list[ast.Call]
    tasks: list[ast.Call]
    notes: list[str]
    remarks: list[str]
    constants: Mapping[str, str] = field(default_factory=dict)
    comments: Comments = field(default_factory=Comments)
    groups: tuple[FoundGroup, ...] = ()
    within: Mapping[int, Names] = field(default_factory=dict)
    """The names of the group that a task is in, by the id of the task's call."""


def straightened(run: "Interpreter") -> Straight:
    """The result of an interpreter."""
    body: list[ast.stmt] = [named(f"dag {made.number}", made.call) for made in run.made_dags]
    tasks: list[ast.Call] = []
    within: dict[int, Names] = {}
    for task in run.tasks:
        call = task.call
        if not task.kept:
            call = ast.copy_location(ast.Call(ast.Name("lost"), [], []), call)
        else:
            call = task.written() if task.written else call
            if task.dag is not None:
                call.keywords.append(ast.keyword("dag", ast.Name(f"dag {task.dag.number}")))
            tasks.append(call)
            if task.group is not None:
                within[id(call)] = task.group.names
        body.append(named(f"task {task.number}", call))
    for before, after in run.links.between_tasks():
        body.append(edge(f"task {before.number}", f"task {after.number}"))
    dags = [made.call for made in run.made_dags]
    groups = tuple(
        FoundGroup(each.names, each.group_id, each.line, id(each.dag.call) if each.dag is not None else None)
        for each in run.made_groups
    )
    return Straight(
        ast.Module(body, []),
        dags,
        tasks,
        list(dict.fromkeys(run.notes)),
        run.remarks,
        run.constants,
        groups=groups,
        within=within,
    )


def named(name: str, call: ast.Call) -> ast.stmt:
    """`name = call`; the name is one that no Python file can contain."""
    return ast.Assign([ast.Name(name)], call)


def edge(before: str, after: str) -> ast.stmt:
    """`before >> after`."""
    return ast.Expr(ast.BinOp(ast.Name(before), ast.RShift(), ast.Name(after)))
