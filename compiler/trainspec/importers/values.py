"""The values of a DAG file's names while it is read: plain data, tasks, groups, and what is only known at run time."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from trainspec.diagnostics.words import cut
from trainspec.safety.budget import spend

_LONGEST_SAID = 120


class Residual:
    """A value only known at run time: an expression of literals, imported names and calls of them."""

    def __init__(self, node: ast.expr) -> None:
        self.node = node


@dataclass(frozen=True, slots=True)
class Reference:
    """Something imported, by its dotted path."""

    path: str

    @property
    def name(self) -> str:
        """Its last name."""
        return self.path.rpartition(".")[2]


@dataclass(eq=False, slots=True)
class Dag:
    """A DAG: `number` identifies it in what is written, `default_args` are those of its call."""

    number: int
    call: ast.Call
    default_args: Any = None


@dataclass(eq=False, slots=True)
class Group:
    """A task group; `prefix` precedes the ids of its tasks, `names` are its id and those of the groups that contain it.

    `group_id` is its id in Airflow. A group without a readable id has the names of the group that contains it.
    """

    prefix: str
    names: tuple[str, ...] = ()
    group_id: str = ""
    line: int = 0
    dag: Dag | None = None
    default_args: Mapping[str, Any] = field(default_factory=dict)
    members: list["Task | Group"] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Task:
    """A task. `kept` means that a spec can express its kind, and that it is certain to be created.

    `arguments` may change after the call; `written` returns the call with their final values.
    """

    number: int
    call: ast.Call
    dag: Dag | None
    task_id: str | None
    kept: bool = True
    arguments: dict[str, Any] = field(default_factory=dict)
    group: Group | None = None
    written: Callable[[], ast.Call] | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """`task.output`, or one of its keys: what the task returns."""

    task: Task
    key: str = ""

    def template(self) -> str | None:
        """The template that reads it; None if the id of the task cannot be read."""
        key = f", key='{self.key}'" if self.key else ""
        return f"{{{{ ti.xcom_pull(task_ids='{self.task.task_id}'{key}) }}}}" if self.task.task_id else None


@dataclass(eq=False, slots=True)
class Scope:
    """The names of one scope, and the scope that contains it."""

    names: dict[str, Any] = field(default_factory=dict)
    outer: "Scope | None" = None
    shared: set[str] = field(default_factory=set)
    """Names that a `global` or `nonlocal` statement binds in the outer scope."""

    def find(self, name: str) -> Any:
        """The value of `name`; `...` if nothing is known about it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return ...

    def bind(self, name: str, value: Any) -> None:
        """Bind `name` to `value` from here on."""
        scope = self
        if name in self.shared:
            while scope.outer is not None:
                scope = scope.outer
        scope.names[name] = value


@dataclass(eq=False, slots=True)
class Function:
    """A function of the file. `kind` is what its decorator turns it into: "", "dag", "task" or "task_group"."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    kind: str = ""
    decorator: ast.Call | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """The default values of the parameters: evaluated once, when the function is defined."""
    module: str = ""
    """The module next to the DAG file that defines it."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """The arguments of `override`, which replace the decorator's."""


@dataclass(eq=False, slots=True)
class LocalClass:
    """A class of the file."""

    name: str
    node: ast.ClassDef
    scope: Scope
    bases: list[Any] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    """The names that its body binds, as far as that is certain."""

    def makes_tasks(self) -> bool:
        """Whether its methods call something that may create tasks or DAGs: operators, or functions of the file."""
        names = {
            (each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", ""))
            for each in ast.walk(self.node)
            if isinstance(each, ast.Call)
        }
        return any(
            name.endswith(("Operator", "Sensor", "DAG", "TaskGroup", "expand"))
            or isinstance(self.scope.find(name), Function)
            for name in names
        )


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enumeration of the file."""

    name: str
    value: Any


@dataclass(eq=False, slots=True)
class Bound:
    """`functools.partial(called, ...)`."""

    called: Any
    given: "Given"


class Fixed(list[Any]):
    """A tuple: `+=` creates another one."""


@dataclass(eq=False, slots=True)
class Method:
    """A method of a value of the file."""

    of: Any
    name: str
    node: ast.expr


@dataclass(eq=False, slots=True)
class Given:
    """The arguments of a call."""

    positional: list[Any]
    named: dict[str, Any]
    open: list[ast.expr]
    """Expressions after `*` or `**` that cannot be read."""


@dataclass(eq=False, slots=True)
class Label:
    """A label between two tasks: what is linked to it is linked through it."""

    before: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Partial:
    """A task whose arguments come from several calls: it is mapped, or has another id."""

    name: str
    task_id: Any = None


def unknown(node: ast.expr) -> Residual:
    """The value of an expression that cannot be read: its parts are not read again."""
    text = ast.unparse(node)
    return Residual(ast.copy_location(ast.Name(cut(text, _LONGEST_SAID)), node))


def dotted(path: str, at: ast.AST) -> ast.expr:
    """`a.b.C` as an expression."""
    first, *rest = path.removeprefix("builtins.").split(".")
    node: ast.expr = _at(ast.Name(first), at)
    for name in rest:
        node = _at(ast.Attribute(node, name), at)
    return node


def as_expression(value: Any, at: ast.expr, unreadable: Mapping[int, ast.expr]) -> ast.expr:
    """`value` as an expression without names of the file; `unreadable` are containers whose content is unknown."""
    spend(2)
    if id(value) in unreadable:
        return unknown(unreadable[id(value)]).node
    if isinstance(value, Residual):
        return value.node
    if isinstance(value, Reference):
        return dotted(value.path, at)
    if isinstance(value, Function):
        inner = value.node
        if isinstance(inner, ast.Lambda):
            return unknown(inner).node
        if value.module:
            return dotted(f"{value.module}.{inner.name}", at)
        return unknown(ast.copy_location(ast.Name(inner.name), at)).node
    if isinstance(value, dict):
        keys: list[ast.expr | None] = [as_expression(key, at, unreadable) for key in value]
        return _at(ast.Dict(keys, [as_expression(each, at, unreadable) for each in value.values()]), at)
    if isinstance(value, list | tuple):
        return _at(ast.List([as_expression(each, at, unreadable) for each in value]), at)
    if isinstance(value, str | int | float | bool | None):
        return _at(ast.Constant(value), at)
    if isinstance(value, Output) and value.task.kept and (template := value.template()) is not None:
        return _at(ast.Constant(template), at)
    if isinstance(value, Output):
        return unknown(ast.copy_location(ast.Name(f"what the task {value.task.task_id or 'before'} returns"), at)).node
    if isinstance(value, Task):
        return unknown(ast.copy_location(ast.Name(f"what the task {value.task_id or 'before'} returns"), at)).node
    return unknown(at).node


_Node = TypeVar("_Node", bound=ast.expr)


def _at(node: _Node, at: ast.AST) -> _Node:
    node.lineno = getattr(at, "lineno", 0)
    node.col_offset = getattr(at, "col_offset", 0)
    return node
