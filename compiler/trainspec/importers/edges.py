"""Which task waits for which in a DAG file: `a >> b`, `a << b`, `set_upstream`, `set_downstream`, `chain`."""

import ast
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from trainspec.importers.literals import Constants


def edges(tree: ast.Module, constants: Constants, kept: Collection[int]) -> Mapping[int, set[int]]:
    """For each call in `kept` (ids), the ones in `kept` that it waits for, directly or through other tasks."""
    direct: dict[int, set[int]] = {}

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
            for before, after in _called_links(node, name):
                link(before, after)
    found = {task: set(_nearest(task, direct, kept)) for task in kept}
    return {
        task: {other for other in others if _is_needed(task, other, direct, found)} for task, others in found.items()
    }


def _is_needed(task: int, other: int, direct: Mapping[int, set[int]], found: Mapping[int, set[int]]) -> bool:
    """Whether `task` must name `other`: a task before one that is left out may be waited for anyway."""
    if other in direct.get(task, ()):
        return True
    seen: set[int] = set()
    waiting = [each for each in found[task] if each != other]
    while waiting:
        before = waiting.pop()
        if before == other:
            return False
        if before not in seen:
            seen.add(before)
            waiting.extend(found[before])
    return True


def _called_links(call: ast.Call, name: str) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(call.func, ast.Attribute) and call.args and name in ("set_upstream", "set_downstream"):
        pair = (call.args[0], call.func.value)
        yield pair if name == "set_upstream" else (pair[1], pair[0])
    elif name == "chain":
        yield from pairwise(call.args)


def _nearest(task: int, direct: Mapping[int, set[int]], kept: Collection[int]) -> Iterator[int]:
    """The closest tasks of `kept` upstream of `task`, through any other tasks."""
    seen: set[int] = {task}
    waiting = list(direct.get(task, ()))
    while waiting:
        before = waiting.pop()
        if before in seen:
            continue
        seen.add(before)
        if before in kept:
            yield before
        else:
            waiting.extend(direct.get(before, ()))
