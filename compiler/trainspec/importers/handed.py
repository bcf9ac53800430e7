"""Python's functions that call a function passed to them, or change what is passed to them."""

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.importers.assigning import assign_attribute
from trainspec.importers.from_environment import is_variable
from trainspec.importers.operations import SCALARS, decide, items_of
from trainspec.importers.values import Fixed, Given, unknown

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

_KINDS: Mapping[str, tuple[type, ...]] = {
    "dict": (dict,), "list": (list,), "tuple": (Fixed,), "str": (str,), "int": (int,), "float": (float,),
    "bool": (bool,),
}  # fmt: skip


def _called(run: "Interpreter", node: ast.Call, function: Any, given: list[Any]) -> Any:
    from trainspec.importers.calls import call_with

    return call_with(run, node, function, Given(given, {}, []))


def _map(run: "Interpreter", node: ast.Call, given: Given) -> Any:
    lists = [items_of(run, each) for each in given.positional[1:]]
    known = [each for each in lists if each is not None]
    if not lists or len(known) < len(lists) or given.open:
        return _in_doubt(run, node, given)
    return [_called(run, node, given.positional[0], list(each)) for each in zip(*known, strict=False)]


def _filter(run: "Interpreter", node: ast.Call, given: Given) -> Any:
    function, items = (*given.positional, None, None)[:2]
    known = items_of(run, items)
    if known is None or given.open:
        return _in_doubt(run, node, given)
    held = [decide(run, each if function is None else _called(run, node, function, [each])) for each in known]
    return unknown(node) if None in held else [each for each, holds in zip(known, held, strict=True) if holds]


def _sorted(run: "Interpreter", node: ast.Call, given: Given) -> Any:
    items = items_of(run, given.positional[0]) if given.positional else None
    key, reverse = given.named.get("key"), given.named.get("reverse", False)
    if items is None or given.open or not isinstance(reverse, bool):
        return _in_doubt(run, node, given)
    keys = items if key is None else [_called(run, node, key, [each]) for each in items]
    plain = [tuple(each) if isinstance(each, list) else (each,) for each in keys]
    if not all(isinstance(part, SCALARS) and not is_variable(part) for each in plain for part in each):
        return unknown(node)
    try:
        order = sorted(range(len(items)), key=plain.__getitem__, reverse=reverse)
    except TypeError:
        return unknown(node)
    return [items[index] for index in order]


def _is_instance(run: "Interpreter", node: ast.Call, given: Given) -> Any:
    """`isinstance(value, dict)` for a plain value and Python's built-in types."""
    from trainspec.importers.values import Reference

    value, kinds = (*given.positional, None, None)[:2]
    asked = kinds if isinstance(kinds, list) else [kinds]
    names = [each.name if isinstance(each, Reference) else "" for each in asked]
    if not isinstance(value, (*SCALARS, dict, list)) or is_variable(value) or not all(name in _KINDS for name in names):
        return unknown(node)
    return any(_is_of(value, name) for name in names)


def _is_of(value: Any, name: str) -> bool:
    if name == "list" and isinstance(value, Fixed):
        return False
    return isinstance(value, _KINDS[name])


def _every(run: "Interpreter", node: ast.Call, given: Given) -> Any:
    items = items_of(run, given.positional[0]) if len(given.positional) == 1 else None
    held = [decide(run, each) for each in items] if items is not None else [None]
    if None in held:
        return unknown(node)
    return all(held) if ast.unparse(node.func) == "all" else any(held)


def _next(run: "Interpreter", node: ast.Call, given: Given) -> Any:
    """`next(...)` of an expression that iterates over a list and is used nowhere else."""
    is_fresh = node.args and isinstance(node.args[0], ast.GeneratorExp | ast.Call)
    items = items_of(run, given.positional[0]) if is_fresh and given.positional else None
    if items is None or given.open:
        return unknown(node)
    return items[0] if items else given.positional[1] if len(given.positional) > 1 else unknown(node)


def _set_attribute(run: "Interpreter", node: ast.Call, given: Given) -> Any:
    of, name, value = (*given.positional, None, None, None)[:3]
    if isinstance(name, str):
        assign_attribute(run, of, name, value, node)
    else:
        run.note(node, f"`{ast.unparse(node)[:80]}` is not read")
    return None


def _execute(run: "Interpreter", node: ast.Call, given: Given) -> Any:
    run.forget_names(node, f"what `{ast.unparse(node)[:80]}` does is not read: it may set any name in the file")
    return unknown(node)


def _in_doubt(run: "Interpreter", node: ast.Call, given: Given) -> Any:
    """The effect of a function that is called an unknown number of times with unknown arguments."""
    for each in given.positional:
        if isinstance(each, dict | list):
            run.spoil(each, node, f"`{ast.unparse(node.func)}(...)` may change a value that is passed to it")
    if run.dags and not isinstance(node.func, ast.Attribute):
        run.note(node, f"`{ast.unparse(node)[:80]}` is not read, nor any task that it creates")
    return unknown(node)


HANDED: Mapping[str, Callable[["Interpreter", ast.Call, Given], Any]] = {
    "map": _map, "filter": _filter, "sorted": _sorted, "isinstance": _is_instance, "all": _every, "any": _every,
    "next": _next, "setattr": _set_attribute, "exec": _execute, "eval": _execute,
}  # fmt: skip
