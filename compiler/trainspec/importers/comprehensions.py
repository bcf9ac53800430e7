"""The iterations of a comprehension in a DAG file."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trainspec.importers.derived import unknown_of
from trainspec.importers.from_environment import is_variable
from trainspec.importers.operations import SCALARS, decide, items_of
from trainspec.importers.values import Scope, unknown

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter


def comprehension(run: "Interpreter", node: ast.expr, scope: Scope) -> Any:
    """A list, set or dict comprehension, or a generator expression: the results of its iterations."""
    from trainspec.importers.evaluate import evaluate

    rounds = list(_rounds(run, node.generators, Scope({}, scope)))  # type: ignore[attr-defined]
    if None in rounds:
        inner_scope = Scope({}, scope)
        run.in_doubt += 1
        for generator in node.generators:  # type: ignore[attr-defined]
            through = evaluate(run, generator.iter, inner_scope)
            run.assign(generator.target, unknown_of(generator.target, through), inner_scope)
        values = [evaluate(run, each, inner_scope) for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        run.in_doubt -= 1
        return unknown_of(node, *inner_scope.names.values(), *values)
    inner = [each for each in rounds if each is not None]
    if isinstance(node, ast.DictComp):
        keys = [evaluate(run, node.key, each) for each in inner]
        if not all(isinstance(key, SCALARS) and not is_variable(key) for key in keys):
            return unknown(node)
        return dict(zip(keys, [evaluate(run, node.value, each) for each in inner], strict=True))
    return [evaluate(run, node.elt, each) for each in inner]  # type: ignore[attr-defined]


def _rounds(run: "Interpreter", generators: list[ast.comprehension], scope: Scope) -> Iterator[Scope | None]:
    """The scope of each iteration of a comprehension; None if the iterations are only known at run time."""
    from trainspec.importers.evaluate import evaluate

    first, *rest = generators
    items = items_of(run, evaluate(run, first.iter, scope))
    if items is None:
        yield None
        return
    for item in items:
        inner = Scope({}, scope)
        run.assign(first.target, item, inner)
        held = [decide(run, evaluate(run, test, inner)) for test in first.ifs]
        if None in held:
            yield None
        elif all(held):
            yield from _rounds(run, rest, inner) if rest else iter((inner,))
