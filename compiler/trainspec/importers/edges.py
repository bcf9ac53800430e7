"""Which task waits for which in a DAG file: `a >> b`, `a << b`, `set_upstream`, `set_downstream`, `chain`."""

import ast
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from trainspec.importers.literals import Constants


def edges(tree: ast.Module, constants: Constants, operators: Collection[str]) -> Mapping[int, set[int]]:
    """For each operator's call (by its id), the operators' calls that it waits for, tasks between looked through."""
    direct: dict[int, set[int]] = {}
    training: set[int] = set()

    def tasks(node: ast.expr) -> list[ast.Call]:
        if isinstance(node, ast.List | ast.Tuple):
            return [task for item in node.elts for task in tasks(item)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift | ast.LShift):
            return tasks(node.right)
        call = constants.call(node)
        return [call] if call is not None else []

    def link(upstream: ast.expr, downstream: ast.expr) -> None:
        for after in tasks(downstream):
            direct.setdefault(id(after), set()).update(id(before) for before in tasks(upstream))

    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift):
            link(node.left, node.right)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.LShift):
            link(node.right, node.left if not isinstance(node.left, ast.BinOp) else node.left.right)
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in operators:
                training.add(id(node))
            for before, after in _called_links(node, name):
                link(before, after)
    return {task: set(_nearest(task, direct, training)) for task in training}


def _called_links(call: ast.Call, name: str) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(call.func, ast.Attribute) and call.args and name in ("set_upstream", "set_downstream"):
        pair = (call.args[0], call.func.value)
        yield pair if name == "set_upstream" else (pair[1], pair[0])
    elif name == "chain":
        yield from pairwise(call.args)


def _nearest(task: int, direct: Mapping[int, set[int]], training: set[int]) -> Iterator[int]:
    """The training tasks before `task`, other tasks in between looked through."""
    seen: set[int] = {task}
    waiting = list(direct.get(task, ()))
    while waiting:
        before = waiting.pop()
        if before in seen:
            continue
        seen.add(before)
        if before in training:
            yield before
        else:
            waiting.extend(direct.get(before, ()))
