"""What a class takes and renders, read off its source and that of its bases."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from trainspec.airflow_api.model import EVENT_TRIGGER, Argument, Signature
from trainspec.airflow_api.syntax import Module, Packages

KINDS: Final[Mapping[str, str]] = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "timedelta": "duration",
    "datetime": "date",
    "DateTime": "date",
    "date": "date",
    "Callable": "callable",
    "dict": "map",
    "Dict": "map",
    "Mapping": "map",
    "MutableMapping": "map",
    "list": "list",
    "List": "list",
    "tuple": "list",
    "Tuple": "list",
    "set": "list",
    "Sequence": "list",
    "Iterable": "list",
    "Collection": "list",
    "None": "null",
    "ArgNotSet": "null",
}
"""The names in annotations that say what kind of YAML value an argument takes. Any other name says nothing."""

ANY: Final = ("any",)
ROOTS: Final = (
    "BaseOperator", "BaseSensorOperator", "BaseNotifier", "BaseBranchOperator", "BaseTrigger", EVENT_TRIGGER,
)  # fmt: skip
"""Where a chain of bases ends: what these take, every task or notifier takes."""


def signature(packages: Packages, path: str, depth: int = 0) -> Signature | None:
    """The signature of the class of that dotted path; None if there is no such class."""
    name = path.rpartition(".")[2]
    if depth and name in ROOTS:
        return Signature({}, (), name)
    found = packages.find_class(path)
    if found is None or depth > _DEEPEST:
        return None
    module, definition = found
    below = [signature(packages, each, depth + 1) for each in filter(None, map(module.path_of, definition.bases))]
    bases = [each for each in below if each]
    roots = [each.root for each in bases if each.root]
    root = EVENT_TRIGGER if EVENT_TRIGGER in roots else next(iter(roots), None)
    inherited: dict[str, Argument] = {}
    for base in reversed(bases):
        inherited |= base.arguments
    is_open = any(each.open for each in bases) or any(
        each is None and path_.rpartition(".")[2] not in _WITHOUT_ARGUMENTS
        for each, path_ in zip(below, filter(None, map(module.path_of, definition.bases)), strict=True)
    )
    renders = _rendered(module, definition, bases)
    init = next((each for each in definition.body if _is_init(each)), None)
    if not isinstance(init, ast.FunctionDef):
        return Signature(inherited, renders, root, is_open)
    own = _own(module, init)
    renders = renders and (*renders, *sorted(_rendered_as(init, renders) & own.keys() - {*renders}))
    if init.args.kwarg is None:
        return Signature(own, renders, root)
    given = _handed_on(init)
    return Signature({**{key: inherited[key] for key in inherited if key not in given}, **own}, renders, root, is_open)


_DEEPEST = 12
_WITHOUT_ARGUMENTS = ("ABC", "Generic", "Protocol", "LoggingMixin", "SkipMixin", "object")


def _is_init(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "__init__"


def _rendered_as(init: ast.FunctionDef, renders: tuple[str, ...]) -> set[str]:
    """The arguments that become a template field of another name: `self.query = sql`."""
    found: set[str] = set()
    for node in ast.walk(init):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        if value is not None and any(isinstance(each, ast.Attribute) and each.attr in renders for each in targets):
            found |= {each.id for each in ast.walk(value) if isinstance(each, ast.Name)}
    return found


def _own(module: Module, init: ast.FunctionDef) -> dict[str, Argument]:
    arguments = init.args
    positional = [*arguments.posonlyargs, *arguments.args][1:]
    without = len(positional) - len(arguments.defaults)
    found = {}
    for index, each in enumerate(positional):
        found[each.arg] = Argument(kinds(module, each.annotation), index < without)
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found[each.arg] = Argument(kinds(module, each.annotation), default is None)
    return {name: _nullable(each, init, name) for name, each in found.items() if not name.startswith("_")}


def _nullable(argument: Argument, init: ast.FunctionDef, name: str) -> Argument:
    """`x: str = None` takes None, too, whatever its annotation says."""
    arguments = init.args
    defaults = dict(zip([each.arg for each in arguments.kwonlyargs], arguments.kw_defaults, strict=True))
    positional = [*arguments.posonlyargs, *arguments.args]
    named = positional[len(positional) - len(arguments.defaults) :]
    defaults |= dict(zip([each.arg for each in named], arguments.defaults, strict=True))
    default = defaults.get(name)
    is_none = isinstance(default, ast.Constant) and default.value is None
    if not is_none or "null" in argument.kinds or argument.kinds == ANY:
        return argument
    return replace(argument, kinds=tuple(sorted((*argument.kinds, "null"))))


def _handed_on(init: ast.FunctionDef) -> frozenset[str]:
    """The arguments that `super().__init__(…)` is given by name: a caller may not give these again."""
    for node in ast.walk(init):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "__init__"
            and isinstance(node.func.value, ast.Call)
            and isinstance(node.func.value.func, ast.Name)
            and node.func.value.func.id == "super"
        ):
            return frozenset(each.arg for each in node.keywords if each.arg)
    return frozenset()


def kinds(module: Module, annotation: ast.expr | None) -> tuple[str, ...]:
    """The kinds of value that an annotation allows, sorted; `any` as soon as one part of it is empty.

    >>> kinds(read("m", ""), ast.parse("dict | None", mode="eval").body)
    ('map', 'null')
    """
    found = set(_kinds(module, annotation))
    return ANY if "any" in found else tuple(sorted(found))


def _kinds(module: Module, node: ast.expr | None) -> Iterator[str]:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _kinds(module, left)
            yield from _kinds(module, right)
        case ast.Constant(value=None):
            yield "null"
        case ast.Constant(value=str() as text):
            try:
                yield from _kinds(module, ast.parse(text, mode="eval").body)
            except SyntaxError:
                yield "any"
        case ast.Subscript(value=value, slice=inner):
            outer = (module.path_of(value) or "").rpartition(".")[2]
            if outer == "Optional":
                yield "null"
                yield from _kinds(module, inner)
            elif outer == "Union":
                for each in inner.elts if isinstance(inner, ast.Tuple) else [inner]:
                    yield from _kinds(module, each)
            elif outer == "Literal":
                values = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                yield from (_kind_of(each) for each in values)
            else:
                yield KINDS.get(outer, "any")
        case ast.Name() | ast.Attribute():
            yield KINDS.get((module.path_of(node) or "").rpartition(".")[2], "any")
        case _:
            yield "any"


def _kind_of(node: ast.expr) -> str:
    value = node.value if isinstance(node, ast.Constant) else ...
    return {str: "string", bool: "boolean", int: "integer", type(None): "null"}.get(type(value), "any")


# ------------------------------------------------------------------ template fields


def _rendered(module: Module, definition: ast.ClassDef, bases: Iterable[Signature]) -> tuple[str, ...] | None:
    for node in definition.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == "template_fields" and getattr(node, "value", None):
            bases = tuple(bases)
            found = _fields(node.value, bases)  # type: ignore[attr-defined]  # both kinds of assignment have one
            return None if found is None else tuple(sorted(found))
        if isinstance(node, ast.FunctionDef) and node.name == "template_fields":
            return None
    return next((each.renders for each in bases if each.renders or each.renders is None), ())


def _fields(node: ast.expr, bases: tuple[Signature, ...]) -> set[str] | None:
    """The names in an expression of template fields; None for one that cannot be read."""
    match node:
        case ast.Constant(value=str() as name):
            return {name}
        case ast.Starred(value=value):
            return _fields(value, bases)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return _joined(parts, bases)
        case ast.BinOp(left=left, op=ast.Add() | ast.BitOr(), right=right):
            return _joined((left, right), bases)
        case ast.Call(func=ast.Name(id="aws_template_fields"), args=parts):
            own = _joined(parts, bases)
            return None if own is None else own | {"aws_conn_id", "region_name", "verify"}
        case ast.Call(func=ast.Name(id="tuple" | "set" | "frozenset" | "list" | "sorted"), args=[part]):
            return _fields(part, bases)
        case ast.Call(func=ast.Attribute(value=value, attr="union"), args=parts):
            return _joined((value, *parts), bases)
        case ast.Attribute(attr="template_fields"):
            known = [each.renders for each in bases if each.renders]
            return set(known[0]) if known and known[0] is not None else None
        case _:
            return None


def _joined(parts: Iterable[ast.expr], bases: tuple[Signature, ...]) -> set[str] | None:
    found: set[str] = set()
    for part in parts:
        some = _fields(part, bases)
        if some is None:
            return None
        found |= some
    return found
