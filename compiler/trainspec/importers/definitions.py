"""Functions and classes of a DAG file: what is certain about them when they are defined."""

import ast
from typing import TYPE_CHECKING, Any

from trainspec.importers.values import Function, LocalClass, Member, Reference, Scope
from trainspec.safety.budget import spend

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

_PLAIN_BODY = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.Pass, ast.Expr)
_HARMLESS = {"ui_color", "ui_fgcolor", "custom_operator_name"}
"""What a class may set and still behave like the operator that it inherits from."""
_ENUMERATIONS = ("Enum", "StrEnum", "IntEnum")


def defaults_of(
    run: "Interpreter", node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope
) -> dict[str, Any]:
    """The defaults of a function's parameters, with their values at its definition."""
    from trainspec.importers.evaluate import evaluate

    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    last = positional[len(positional) - len(spec.defaults) :]
    named = [(each.arg, value) for each, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if value]
    pairs = [*((each.arg, value) for each, value in zip(last, spec.defaults, strict=True)), *named]
    return {name: evaluate(run, value, scope) for name, value in pairs}


def read_class(run: "Interpreter", node: ast.ClassDef, scope: Scope) -> LocalClass:
    """A class statement."""
    from trainspec.importers.evaluate import evaluate

    bases = [evaluate(run, each, scope) for each in node.bases]
    made = LocalClass(node.name, node, scope, bases)
    is_plain = all(isinstance(each, _PLAIN_BODY) for each in node.body) and not node.keywords
    names_of_bases = {each.name for each in bases if isinstance(each, Reference)}
    decorators = {ast.unparse(each).partition("(")[0].rpartition(".")[2] for each in node.decorator_list}
    if not is_plain or not decorators <= {"dataclass"} or (names_of_bases - {"object", "str", "int", *_ENUMERATIONS}):
        return made
    inner = Scope({}, scope)
    run.block([each for each in node.body if isinstance(each, ast.Assign | ast.AnnAssign)], inner)
    made.attributes = inner.names
    if names_of_bases & set(_ENUMERATIONS):
        made.attributes = {name: Member(name, value) for name, value in inner.names.items()}
    return made


def attribute_of(of: LocalClass, name: str) -> Any:
    """The class attribute `name`; `...` if it is not certain."""
    if name in of.attributes:
        return of.attributes[name]
    first = of.bases[0] if of.bases else None
    return attribute_of(first, name) if isinstance(first, LocalClass) and len(of.bases) == 1 else ...


def trains_in(run: "Interpreter", of: Function, operators: tuple[str, ...]) -> str | None:
    """The training job operator that a function creates when a task runs it, and its line; None if it creates none.

    Many tasks may run the same function, so the answer is remembered.
    """
    key = (of.node, of.scope)
    if key not in run.jobs_inside:
        run.jobs_inside[key] = _job_inside(of, operators)
    return run.jobs_inside[key]


def _job_inside(of: Function, operators: tuple[str, ...]) -> str | None:
    for each in ast.walk(of.node):
        spend(1)
        if not isinstance(each, ast.Call):
            continue
        name = each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "")
        known = of.scope.find(name)
        name = known.name if isinstance(known, Reference) else name
        if name in operators:
            return f"{name} in line {each.lineno}"
    return None


def stands_for(of: LocalClass, operators: tuple[str, ...]) -> Reference | None:
    """The operator that a class which adds nothing to it stands for."""
    base = of.bases[0] if len(of.bases) == 1 else None
    if isinstance(base, LocalClass):
        base = stands_for(base, operators)
    if not isinstance(base, Reference) or base.name not in operators or of.node.keywords or of.node.decorator_list:
        return None
    names = {each.id for each in ast.walk(of.node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    is_plain = all(isinstance(each, ast.Assign | ast.Pass | ast.Expr) for each in of.node.body)
    return base if is_plain and names <= _HARMLESS else None
