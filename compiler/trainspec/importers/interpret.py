"""A DAG file read statement by statement, in the order in which Python would run it, without running any of it.

The result is the same file without names, loops, functions and branches: DAGs, tasks with their arguments as
literals, and edges. What is only known at run time stays as an expression that cannot be read; what is lost is noted
with its line.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trainspec.importers.assigning import assign
from trainspec.importers.calls import arguments, call_function
from trainspec.importers.derived import unknown_of
from trainspec.importers.from_environment import is_variable
from trainspec.importers.links import Links
from trainspec.importers.making import make_dag
from trainspec.importers.statements import STATEMENTS
from trainspec.importers.values import (
    Dag,
    Function,
    Given,
    Group,
    Reference,
    Residual,
    Scope,
    Task,
    as_expression,
    unknown,
)
from trainspec.safety.budget import spend
from trainspec.safety.unwarned import syntax

ReadModule = Callable[[str], str | None]
"""The source of a module next to the file, by its dotted name; None if there is no such module."""


@dataclass
class _Frame:
    """A function's call: what it returned, and whether it is only known at run time how far it goes."""

    result: Any = None
    in_doubt: int = 0


@dataclass
class Interpreter:
    """The state of reading one file."""

    read_module: ReadModule = lambda name: None
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    made_dags: list[Dag] = field(default_factory=list)
    unreadable: dict[int, ast.expr] = field(default_factory=dict)
    in_doubt: int = 0
    depth: int = 0
    caught: int = 0
    """The number of `try` statements around what is being read."""
    dags: list[Dag] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    made_groups: list[Group] = field(default_factory=list)
    links: Links = field(default_factory=Links)
    constants: dict[str, str] = field(default_factory=dict)
    called_dags: set[int] = field(default_factory=set)
    jobs_inside: dict[tuple[ast.AST, Scope], str | None] = field(default_factory=dict)
    """The training job that each function, in its scope, creates when a task runs it, once it has been looked up."""
    outermost: Scope = field(default_factory=Scope)
    _alive: list[Any] = field(default_factory=list)
    _modules: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame()])

    def note(self, node: ast.AST, message: str) -> None:
        """Note something about a place in the file."""
        self.notes.append(f"line {getattr(node, 'lineno', 0)}: {message}")

    def run(self, tree: ast.Module) -> None:
        """Read a whole file."""
        self.outermost = scope = Scope({"__name__": "dag"})
        self.block(tree.body, scope)
        self.constants = {name: value for name, value in scope.names.items() if _is_constant(name, value)}
        for value in list(scope.names.values()):
            if not isinstance(value, Function) or isinstance(value.node, ast.Lambda):
                continue
            if value.kind == "dag" and id(value.node) not in self.called_dags:
                self.note(value.node, f"`{value.node.name}` is never called, so Airflow creates no DAG from it")
                at = ast.copy_location(ast.Call(ast.Name(value.node.name), [], []), value.node)
                call_function(self, at, value, Given([], {}, []))

    # ---- values

    def spoil(self, value: Any, node: ast.expr | ast.stmt, why: str) -> None:
        """From here on, the content of a container is unknown."""
        if id(value) not in self.unreadable:
            text = ast.unparse(node).partition("\n")[0]
            name = ast.Name(text if len(text) < 100 else f"{text[:100]}...")
            self.unreadable[id(value)] = ast.copy_location(name, node)
            self._alive.append(value)
            self.note(node, f"values cannot be read from here on: {why}")

    def forget_names(self, node: ast.expr, why: str) -> None:
        """From here on, the names of the file are unknown, except those that are defined or imported."""
        self.note(node, why)
        for name, value in self.outermost.names.items():
            if isinstance(value, str | int | float | bool | dict | list | None) and name[:2] != "__":
                self.outermost.names[name] = unknown(ast.copy_location(ast.Name(name), node))

    def expression(self, value: Any, at: ast.expr) -> ast.expr:
        """`value` as an expression."""
        return as_expression(value, at, self.unreadable)

    def constant_of_module(self, module: str, name: str, at: ast.AST) -> Any:
        """A name of a module next to the file; `...` if there is no such module or name.

        Notes about the module name the first line of the file that reads it, `at`.
        """
        if module not in self._modules:
            self._modules[module] = None
            text = self.read_module(module)
            if text is not None:
                self._modules[module] = self._names_of(module, text, at)
        return (self._modules[module] or {}).get(name, ...)

    def _names_of(self, module: str, text: str, at: ast.AST) -> dict[str, Any]:
        try:
            tree = syntax(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return {}
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt | ast.expr):
                node.lineno = getattr(at, "lineno", 0)
        scope = Scope({"__name__": "module"})
        kept, self.notes = self.notes, []
        self.block(tree.body, scope)
        self.notes = kept
        for value in scope.names.values():
            if isinstance(value, Function) and value.scope is scope and not value.module:
                value.module = module
        return scope.names

    # ---- functions

    def run_dag_function(self, function: ast.FunctionDef | ast.AsyncFunctionDef, called: Function, inner: Scope) -> Dag:
        """A function that is decorated with `@dag`."""
        self.called_dags.add(id(function))
        given = Given([], {}, [])
        if called.decorator:
            given = arguments(self, called.decorator, called.scope)
        if not given.positional:
            given.named = {"dag_id": function.name, **given.named}
        if doc := ast.get_docstring(function):
            given.named.setdefault("doc_md", doc)
        self._put_params(function, given, inner)
        at = called.decorator or ast.copy_location(ast.Call(ast.Name("dag"), [], []), function)
        made = make_dag(self, at, Reference("airflow.DAG"), given)
        self.dags.append(made)
        groups, self.groups = self.groups, []
        self.run_function(function, inner)
        self.groups = groups
        self.dags.pop()
        return made

    def _put_params(self, function: ast.FunctionDef | ast.AsyncFunctionDef, given: Given, inner: Scope) -> None:
        """The arguments of the call or the defaults of the function: in Airflow, these are params of each run.

        https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#the-dag-decorator
        """
        if not inner.names:
            return
        written = given.named.get("params", {})
        if not isinstance(written, dict) or id(written) in self.unreadable:
            self.note(function, f"the parameters of `{function.name}` are not carried over: `params` cannot be read")
        else:
            for name in (each for each in inner.names if isinstance(written.get(each), Residual)):
                self.note(function, f"the value of the parameter `{name}` of `{function.name}` is not carried over")
            values = {name: value for name, value in inner.names.items() if not isinstance(written.get(name), Residual)}
            given.named["params"] = {**written, **values}
        for name in inner.names:
            inner.names[name] = unknown(ast.copy_location(ast.Name(name), function))

    def run_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Any:
        """Read a function's body; returns what the function returns."""
        frame = _Frame()
        self.frames.append(frame)
        self.depth += 1
        self.block(node.body, scope)
        self.depth -= 1
        self.in_doubt -= frame.in_doubt
        self.frames.pop()
        at = ast.copy_location(ast.Name(f"{node.name}(...)"), node)
        return unknown_of(at, frame.result) if frame.in_doubt else frame.result

    # ---- statements

    def block(self, body: list[ast.stmt], scope: Scope) -> str:
        """Read statements; "return", "raise", "break" or "continue" if they end early, else ""."""
        for node in body:
            spend(10)
            read = STATEMENTS.get(type(node))
            ended = read(self, node, scope) if read else ""
            if ended:
                return ended
        return ""

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """`target = value`."""
        assign(self, target, value, scope)

    def in_branches(self, bodies: list[list[ast.stmt]], scope: Scope, tried: bool = False) -> str:
        """Read bodies of which one is run, depending on the run.

        A body that ends with an uncaught exception is not the one, since the file loads. `tried` means that the
        first body is that of a `try`.
        """
        start = dict(scope.names)
        outcomes, ends = [], []
        for index, body in enumerate(bodies):
            scope.names = dict(start)
            is_tried = tried and index == 0
            self.in_doubt += 1
            self.caught += is_tried
            end = self.block(body, scope)
            self.caught -= is_tried
            self.in_doubt -= 1
            if end == "raise" and not is_tried and not self.caught:
                continue
            ends.append("" if end == "raise" else end)
            outcomes.append(scope.names)
        scope.names = dict(start)
        if not outcomes:
            return "raise"
        for name in dict.fromkeys(name for each in outcomes for name in each):
            found = [each.get(name, ...) for each in outcomes]
            scope.names[name] = _agreed(found, name, bodies)
        if any(ends):
            if all(end == "return" for end in ends):
                self.frames[-1].result = unknown_of(
                    ast.Name("a value that depends on a condition"), self.frames[-1].result
                )
                return "return"
            self.frames[-1].in_doubt += 1
            self.in_doubt += 1
        return ""


def _is_constant(name: str, value: Any) -> bool:
    return isinstance(value, str) and name[:2] != "__" and not is_variable(value)


def _agreed(found: list[Any], name: str, bodies: list[list[ast.stmt]]) -> Any:
    """The value of a name after branches: the one that all of them give it, else unknown."""
    first = found[0]
    if all(each is first for each in found):
        return first
    if isinstance(first, str | int | float | bool) and all(
        type(each) is type(first) and each == first for each in found
    ):
        return first
    bound = [each for each in found if each is not ...]
    imported = [each for each in bound if isinstance(each, Reference)]
    if imported and len(imported) == len(bound) and len({each.name for each in imported}) == 1:
        return imported[0]
    at = next((body[0] for body in bodies if body), None)
    return unknown_of(ast.copy_location(ast.Name(name), at) if at else ast.Name(name), *bound)
