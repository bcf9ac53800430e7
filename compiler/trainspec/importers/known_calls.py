"""Calls of Python's built-in functions, and of methods of strings and containers, with known values."""

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.importers.from_environment import by_default, is_variable
from trainspec.importers.operations import distinct, format_text, items_of
from trainspec.importers.values import Fixed, Given, unknown
from trainspec.safety.budget import spend

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

_TEXT_METHODS = ("endswith", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rstrip", "split")
_MORE_TEXT_METHODS = ("startswith", "strip", "title", "upper", "capitalize")


def builtin(run: "Interpreter", name: str, node: ast.Call, given: Given) -> Any:
    """Python's built-in functions, for known values."""
    first = given.positional[0] if given.positional else None
    if any(id(each) in run.unreadable for each in given.positional) or given.open:
        return unknown(node)
    if name == "dict" and (first is None or isinstance(first, dict)):
        return {**(first or {}), **given.named}
    if name == "dict" and isinstance(first, list) and all(isinstance(each, list) and len(each) == 2 for each in first):
        is_plain = all(isinstance(each[0], str | int) and not is_variable(each[0]) for each in first)
        return {**dict(first), **given.named} if is_plain else unknown(node)
    if name in ("min", "max") and len(given.positional) > 1 and not given.named:
        return _of_list(name, given.positional, node)
    if name == "abs" and isinstance(first, int | float):
        return abs(first)
    if name == "divmod" and len(given.positional) == 2:
        one, other = given.positional
        is_plain = isinstance(one, int) and isinstance(other, int) and other != 0
        return Fixed(divmod(one, other)) if is_plain else unknown(node)
    if name == "print":
        return None
    if name != "str" and isinstance(first, str) and is_variable(first):
        return _of_variable(run, name, by_default(first), node)
    if name in ("int", "str", "float", "bool", "round") and len(given.positional) == 1:
        kinds: Mapping[str, Callable[[Any], Any]] = {"int": int, "str": str, "float": float, "round": round}
        try:
            is_plain = isinstance(first, str | int | float | bool) and len(str(first)) < 1000
            return {**kinds, "bool": bool}[name](first) if is_plain else unknown(node)
        except (ValueError, OverflowError):
            return unknown(node)
    if name == "range" and given.positional and all(isinstance(each, int) for each in given.positional):
        try:
            numbers = range(*given.positional)
            return list(numbers) if len(numbers) <= 10_000 else unknown(node)
        except (ValueError, TypeError, OverflowError):
            return unknown(node)
    lists = [items_of(run, each) for each in given.positional]
    if not lists or any(each is None for each in lists) or given.named:
        return unknown(node)
    known = [each for each in lists if each is not None]
    if name == "zip":
        return [list(each) for each in zip(*known, strict=False)]
    return _of_list(name, known[0], node)


def _of_variable(run: "Interpreter", name: str, default: str, node: ast.Call) -> Any:
    """A number that the environment may set: a spec has no such variable, so the default is used."""
    try:
        value = {"int": int, "float": float}[name](default)
    except (KeyError, ValueError, OverflowError):
        return unknown(node)
    run.note(node, f"`{ast.unparse(node)[:100]}` depends on the environment; the spec has its default, {value}")
    return value


def _of_list(name: str, items: list[Any], node: ast.Call) -> Any:
    if name == "enumerate":
        return [[index, each] for index, each in enumerate(items)]
    if name == "tuple":
        return Fixed(items)
    if name in ("list", "reversed", "iter"):
        return items[::-1] if name == "reversed" else items
    if name == "set":
        return distinct(items, node)
    if name == "len":
        return len(items)
    if any(map(is_variable, items)):
        return unknown(node)
    is_text = all(isinstance(each, str) for each in items)
    if items and (is_text or all(isinstance(each, int | float) for each in items)):
        if name == "sorted":
            return sorted(items)
        if name in ("min", "max"):
            return min(items) if name == "min" else max(items)
        if name == "sum" and not is_text:
            return sum(items)
    return unknown(node)


def method_of_text(text: str, name: str, node: ast.Call, given: Given) -> Any:
    """The result of a string method."""
    spend(len(text) // 10)
    if name == "format":
        return format_text(text, given.positional, given.named, node)
    if name == "join" and len(given.positional) == 1:
        items = given.positional[0]
        if isinstance(items, list) and all(isinstance(each, str) for each in items):
            spend(len(items) + sum(map(len, items)) // 10)
            if sum(map(len, items)) + len(text) * len(items) <= 100_000:
                return text.join(items)
    if any(map(is_variable, (text, *given.positional))):
        return unknown(node)
    if name == "replace" and len(given.positional) > 1 and len(str(given.positional[1])) > 1000:
        return unknown(node)
    if name in (*_TEXT_METHODS, *_MORE_TEXT_METHODS) and all(isinstance(each, str | int) for each in given.positional):
        try:
            result = getattr(text, name)(*given.positional)
        except (TypeError, ValueError):
            return unknown(node)
        return result if len(str(result)) <= 100_000 else unknown(node)
    return unknown(node)


def method_of_container(run: "Interpreter", of: Any, name: str, node: ast.Call, given: Given) -> Any:
    """The result of a list or map method; a change is applied, or the container becomes unknown."""
    spend(len(of))
    if name in ("get", "keys", "values", "items", "copy") and isinstance(of, dict):
        if name == "get":
            known = given.positional and isinstance(given.positional[0], str | int)
            known = known and not is_variable(given.positional[0])
            return of.get(*given.positional[:2]) if known else unknown(node)
        reads: Mapping[str, Callable[[], Any]] = {
            "keys": lambda: list(of),
            "values": lambda: list(of.values()),
            "items": lambda: [list(pair) for pair in of.items()],
            "copy": lambda: dict(of),
        }
        return reads[name]()
    if name == "copy":
        return list(of)
    if name in ("index", "count"):
        return unknown(node)
    if run.in_doubt:
        run.spoil(of, node, "it may be changed at run time")
        return unknown(node)
    return _change(run, of, name, node, given)


def _change(run: "Interpreter", of: Any, name: str, node: ast.Call, given: Given) -> Any:
    values = given.positional
    key_known = bool(values) and isinstance(values[0], str | int) and not is_variable(values[0])
    if isinstance(of, dict):
        if name == "update" and all(isinstance(each, dict) and id(each) not in run.unreadable for each in values):
            for each in values:
                of.update(each)
            of.update(given.named)
            return None
        if name == "setdefault" and key_known:
            return of.setdefault(values[0], values[1] if len(values) > 1 else None)
        if name == "pop" and key_known:
            return of.pop(values[0], values[1] if len(values) > 1 else unknown(node))
    elif name == "append" and len(values) == 1:
        of.append(values[0])
        return None
    elif name == "extend" and len(values) == 1 and (items := items_of(run, values[0])) is not None:
        of.extend(items)
        return None
    elif name == "insert" and len(values) == 2 and isinstance(values[0], int):
        of.insert(*values)
        return None
    run.spoil(of, node, f"`.{name}(...)` changes it")
    return unknown(node)


def copied(run: "Interpreter", value: Any, deep: bool) -> Any:
    """A copy of a list or a map; `deep` also copies what is in it. A container that became unknown stays unknown."""
    spend(5)
    if id(value) in run.unreadable:
        return unknown(run.unreadable[id(value)])
    if isinstance(value, dict):
        return {key: copied(run, below, deep) if deep else below for key, below in value.items()}
    if isinstance(value, list):
        return type(value)(copied(run, below, deep) if deep else below for below in value)
    return value
