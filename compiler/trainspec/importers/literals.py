"""The values of a Python file that are known without running it: literals, and names for them."""

import ast
from collections.abc import Mapping
from typing import Any

from trainspec.safety.budget import spend

_STEPS_OF_NODE = 5
_LONGEST = 100_000
"""Limit on the characters of a string built from parts: no member of a request takes as many."""


def in_words(node: ast.AST) -> str:
    """An expression as a message quotes it; a placeholder made of words, which has its own quotes, as it is."""
    text = ast.unparse(node)
    return text if "`" in text else f"`{text}`"


class NotLiteralError(Exception):
    """An expression that is only known at run time; carries its node."""

    def __init__(self, node: ast.expr) -> None:
        super().__init__("not a literal")
        self.node = node


class Hole:
    """Takes the place of an expression in a list or map that is not literal."""

    def __init__(self, node: ast.expr) -> None:
        self.node = node


class Constants:
    """The names that a module binds once, at its top level or in a `with`, and their values."""

    def __init__(self, tree: ast.Module) -> None:
        self._bound: dict[str, ast.expr] = {}
        self._busy: set[str] = set()
        twice: set[str] = set()
        for node in ast.walk(tree):
            for name, value in _bindings(node):
                twice |= {name} & self._bound.keys()
                self._bound[name] = value
        for name in twice:
            del self._bound[name]

    def call(self, node: ast.expr) -> ast.Call | None:
        """The call that `node` is, or that it names."""
        if isinstance(node, ast.Name) and node.id in self._bound:
            node = self._bound[node.id]
        return node if isinstance(node, ast.Call) else None

    def items(self, node: ast.expr) -> list[tuple[str, ast.expr]]:
        """The keys of a literal map, or of one that a name stands for, with their expressions."""
        if isinstance(node, ast.Name) and node.id in self._bound:
            node = self._bound[node.id]
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            return [
                (key.value, value)
                for key, value in pairs
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            ]
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict"
        keywords = node.keywords if is_call and isinstance(node, ast.Call) else []
        return [(keyword.arg, keyword.value) for keyword in keywords if keyword.arg]

    def value(self, node: ast.expr) -> Any:
        """The value of an expression, with a Hole for each part that is not literal.

        Raises NotLiteralError if none of it is.
        """
        spend(_STEPS_OF_NODE)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | bool | None):
            return node.value
        if isinstance(node, ast.Dict):
            return self._dict(node)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            spend(len(node.elts))
            return [self._or_hole(item) for item in node.elts]
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.JoinedStr):
            parts = [self._text(part) for part in node.values]
            if sum(map(len, parts)) > _LONGEST:
                raise NotLiteralError(node)
            return "".join(parts)
        if isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
            return self.value(node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
            return self._computed(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            operand = self.value(node.operand)
            if isinstance(operand, int | float):
                return -operand
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args:
            return {keyword.arg: self._or_hole(keyword.value) for keyword in node.keywords if keyword.arg}
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "str"
            and len(node.args) == 1
        ):
            return str(self.value(node.args[0]))
        raise NotLiteralError(node)

    def _dict(self, node: ast.Dict) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for key, below in zip(node.keys, node.values, strict=True):
            if key is None:
                merged = self.value(below)
                if not isinstance(merged, Mapping):
                    raise NotLiteralError(below)
                found |= merged
            else:
                name = self.value(key)
                if not isinstance(name, str):
                    raise NotLiteralError(key)
                found[name] = self._or_hole(below)
        return found

    def _or_hole(self, node: ast.expr) -> Any:
        try:
            return self.value(node)
        except NotLiteralError as error:
            return Hole(error.node)

    def _name(self, node: ast.Name) -> Any:
        if node.id not in self._bound or node.id in self._busy:
            raise NotLiteralError(node)
        self._busy.add(node.id)
        try:
            return self.value(self._bound[node.id])
        finally:
            self._busy.discard(node.id)

    def _text(self, node: ast.expr) -> str:
        part = self.value(node)
        if not isinstance(part, str | int | float):
            raise NotLiteralError(node)
        return str(part)

    def _computed(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            if len(left) + len(right) > _LONGEST:
                raise NotLiteralError(node)
            return left + right
        if isinstance(left, int) and isinstance(right, int) and max(abs(left), abs(right)) < 10**9:
            return left + right if isinstance(node.op, ast.Add) else left * right
        raise NotLiteralError(node)


def _bindings(node: ast.AST) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return [(node.targets[0].id, node.value)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        return [(node.target.id, node.value)]
    if isinstance(node, ast.With):
        items = ((item.optional_vars, item.context_expr) for item in node.items)
        return [(target.id, value) for target, value in items if isinstance(target, ast.Name)]
    return []
