"""Arguments of a DAG file that are not literals, but that a spec can express: callbacks, assets, parameters."""

import ast
from collections.abc import Callable, Mapping
from typing import Any

from trainspec.importers.literals import Constants, NotLiteralError

_ASSETS = ("Asset", "Dataset")
_CONDITIONS = {"AssetAny": "any", "DatasetAny": "any", "AssetAll": "all", "DatasetAll": "all"}
_OPERATORS: Mapping[type[ast.operator], str] = {ast.BitOr: "any", ast.BitAnd: "all"}

Read = Callable[[Constants, Mapping[str, str], ast.expr], Any]


def callbacks_of(constants: Constants, imported: Mapping[str, str], node: ast.expr) -> Any:
    """One callback or a list of them. Raises NotLiteralError for one that is defined in the file itself."""
    if isinstance(node, ast.List | ast.Tuple):
        return [callbacks_of(constants, imported, each) for each in node.elts]
    if isinstance(node, ast.Call) and not node.args and all(each.arg for each in node.keywords):
        arguments = {str(each.arg): constants.value(each.value) for each in node.keywords}
        return {"path": path_of(imported, node.func), **({"arguments": arguments} if arguments else {})}
    return path_of(imported, node)


def path_of(imported: Mapping[str, str], node: ast.expr) -> str:
    """The dotted path of a name that the file imports, or of an attribute of one. Raises NotLiteralError."""
    if isinstance(node, ast.Name) and node.id in imported and "." in imported[node.id]:
        return imported[node.id]
    if isinstance(node, ast.Attribute):
        parts = [node.attr]
        below = node.value
        while isinstance(below, ast.Attribute):
            parts.insert(0, below.attr)
            below = below.value
        if isinstance(below, ast.Name) and below.id in imported:
            return ".".join((imported[below.id], *parts))
    raise NotLiteralError(node)


def assets_of(constants: Constants, imported: Mapping[str, str], node: ast.expr) -> Any:
    """An asset, a list of them, or a condition of several. Raises NotLiteralError for anything else."""
    call = constants.call(node)
    if isinstance(node, ast.List | ast.Tuple):
        return [assets_of(constants, imported, each) for each in node.elts]
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return {_OPERATORS[type(node.op)]: [assets_of(constants, imported, each) for each in (node.left, node.right)]}
    name = _called(call) if call else ""
    if call and name in _CONDITIONS:
        return {_CONDITIONS[name]: [assets_of(constants, imported, each) for each in call.args]}
    if call and name in _ASSETS:
        members = dict(
            zip(("uri",) if len(call.args) == 1 else ("name", "uri"), map(constants.value, call.args), strict=False)
        )
        members |= {str(each.arg): constants.value(each.value) for each in call.keywords}
        return members["uri"] if set(members) == {"uri"} else members
    raise NotLiteralError(node)


def params_of(constants: Constants, imported: Mapping[str, str], node: ast.expr) -> Any:
    """Parameters: values, or `Param(...)`. Raises NotLiteralError if one is neither."""
    if not isinstance(node, ast.Dict):
        raise NotLiteralError(node)
    return {name: _param(constants, value) for name, value in constants.items(node)}


def _param(constants: Constants, node: ast.expr) -> Any:
    call = constants.call(node)
    if call is None or _called(call) != "Param":
        value = constants.value(node)
        return {"default": value} if isinstance(value, Mapping) else value
    default = {"default": constants.value(call.args[0])} if call.args else {}
    made = {**default, **{str(each.arg): constants.value(each.value) for each in call.keywords}}
    is_plain = made.keys() == {"default"} and isinstance(made["default"], str | int | float)
    return made["default"] if is_plain else made


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


READ: Mapping[str, Read] = {
    **dict.fromkeys(
        (
            "on_execute_callback",
            "on_failure_callback",
            "on_retry_callback",
            "on_skipped_callback",
            "on_success_callback",
        ),
        callbacks_of,
    ),
    "inlets": assets_of,
    "outlets": assets_of,
    "params": params_of,
}
"""How the arguments are read, by name."""
