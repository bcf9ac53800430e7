"""The results of operators and formats for known values."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.importers.from_environment import is_variable
from trainspec.importers.values import Fixed, Residual, unknown
from trainspec.safety.budget import spend

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

_LONGEST = 100_000
"""Limit on the characters of a string, or items of a list, built from parts: no request takes as many."""
_LARGEST = 10**12
SCALARS = (str, int, float, bool, type(None))
_FIELD = re.compile(r"\{(\w*)\}|\{\{|\}\}")
_PERCENT = re.compile(r"%(?:\((\w+)\))?([sd%])")
COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_NUMBERS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.LShift: lambda left, right: left << right if 0 <= right < 64 else math.inf,
    ast.RShift: operator.rshift,
}


def items_of(run: "Interpreter", value: Any) -> list[Any] | None:
    """What a loop over `value` iterates over; None if that is only known at run time."""
    if id(value) in run.unreadable or is_variable(value) or not isinstance(value, list | tuple | dict | range | str):
        return None
    spend(len(value))
    return list(value)


def decide(run: "Interpreter", value: Any) -> bool | None:
    """Whether a condition holds; None if that is only known at run time."""
    if is_variable(value):
        return None
    if isinstance(value, SCALARS):
        return bool(value)
    if isinstance(value, list | dict) and id(value) not in run.unreadable:
        return bool(value)
    return None


def operate(run: "Interpreter", op: ast.operator, left: Any, right: Any, node: ast.expr) -> Any:
    """`left op right`, for strings, numbers, lists and maps; a condition of assets stays an expression."""
    if id(left) in run.unreadable or id(right) in run.unreadable:
        return unknown(node)
    if isinstance(op, ast.BitOr) and isinstance(left, dict) and isinstance(right, dict):
        spend(len(left) + len(right))
        return {**left, **right}
    if isinstance(op, ast.BitOr | ast.BitAnd) and isinstance(left, Residual) and isinstance(right, Residual):
        made = ast.copy_location(ast.BinOp(left.node, op, right.node), node)
        return Residual(made)
    if isinstance(left, str) and isinstance(op, ast.Mod) and not is_variable(left):
        return _percent(left, right, node)
    if isinstance(op, ast.Add) and isinstance(left, str) and isinstance(right, str):
        return text_of(left + right, node) if len(left) + len(right) <= _LONGEST else unknown(node)
    if isinstance(op, ast.Add) and isinstance(left, list) and isinstance(right, list):
        spend(len(left) + len(right))
        if len(left) + len(right) > _LONGEST:
            return unknown(node)
        return Fixed([*left, *right]) if isinstance(left, Fixed) else [*left, *right]
    calculate = _NUMBERS.get(type(op))
    if calculate and isinstance(left, int | float) and isinstance(right, int | float):
        try:
            result = calculate(left, right)
        except (ArithmeticError, ValueError, TypeError):
            return unknown(node)
        return result if abs(result) <= _LARGEST else unknown(node)
    return unknown(node)


def distinct(items: list[Any], node: ast.expr) -> Any:
    """The members of a set, whose order no file can rely on."""
    if not all(isinstance(each, SCALARS) and not is_variable(each) for each in items):
        return unknown(node)
    return list(dict.fromkeys(items))


def text_of(value: str, node: ast.expr) -> Any:
    """`value`, unless it is longer than any string of a request."""
    spend(len(value) // 10)
    return value if len(value) <= _LONGEST else unknown(node)


def _percent(pattern: str, given: Any, node: ast.expr) -> Any:
    """`"%s/%s" % (a, b)`, with plain `%s`, `%d` and their named forms."""
    if not re.fullmatch(r"(?:[^%]|%(?:\(\w+\))?[sd%])*", pattern):
        return unknown(node)
    positional = iter(given if isinstance(given, list | tuple) else [given])
    parts: list[str] = []
    at = 0
    for found in _PERCENT.finditer(pattern):
        name, kind = found.groups()
        if kind == "%":
            value: Any = "%"
        elif name:
            value = given.get(name, ...) if isinstance(given, dict) else ...
        else:
            value = next(positional, ...)
        if not isinstance(value, str | int | float) or (kind == "d" and isinstance(value, str)):
            return unknown(node)
        parts += [pattern[at : found.start()], str(int(value) if kind == "d" else value)]
        at = found.end()
        spend(len(parts[-1]))
    return text_of("".join([*parts, pattern[at:]]), node)


def format_text(pattern: str, given: list[Any], named: Mapping[str, Any], node: ast.expr) -> Any:
    """`"{}/{name}".format(...)`, with fields that are plain names or numbers."""
    if is_variable(pattern) or re.search(r"[{}]", _FIELD.sub("", pattern)):
        return unknown(node)
    parts: list[str] = []
    at = count = 0
    for found in _FIELD.finditer(pattern):
        name = found.group(1)
        if name is None:
            value: Any = found.group()[0]
        elif name.isdigit() or not name:
            index = int(name) if name and len(name) < 4 else count
            count += not name
            value = given[index] if index < len(given) else ...
        else:
            value = named.get(name, ...)
        if not isinstance(value, str | int | float):
            return unknown(node)
        parts += [pattern[at : found.start()], str(value)]
        at = found.end()
        spend(len(parts[-1]))
    return text_of("".join([*parts, pattern[at:]]), node)
