"""Values only known at run time that belong to a DAG, a task or a group of the file, such as `dag.tasks`.

Changing one, or adding an edge to one, changes what the file creates, so it is noted with its line.
"""

import ast
from typing import TYPE_CHECKING, Any

from trainspec.importers.values import Dag, Group, Method, Output, Residual, Task, unknown
from trainspec.safety.budget import spend

if TYPE_CHECKING:
    from trainspec.importers.interpret import Interpreter

LINKING = ("set_upstream", "set_downstream")
_READING = frozenset((
    "get", "keys", "values", "items", "copy", "index", "count", "topological_sort", "hierarchical_alphabetical_sort",
    "child_id", "concat", "map", "zip", "test", "cli", "to_json", "isoformat", "strftime", "debug", "info", "warning",
    "error", "exception", "format", "join", "replace", "split", "strip", "lower", "upper", "title", "startswith",
    "endswith", "removeprefix", "removesuffix",
))  # fmt: skip
_ONLY_LOOKS = ("get_", "has_", "is_", "iter_")
"""How the names of other methods that change nothing begin."""
_OF_ITSELF = ("as_setup", "as_teardown")
"""Methods that change a task and return it."""
_HARMLESS = frozenset(("callable", "hasattr", "hash", "id", "issubclass", "repr", "type"))


class Derived(Residual):
    """A value only known at run time, of a DAG, a task or a group of the file."""


def is_derived(value: Any) -> bool:
    """Whether a value belongs to a DAG, a task or a group of the file, without being one: `dag.params`."""
    while isinstance(value, Method):
        value = value.of
        if isinstance(value, Dag | Group | Task | Output):
            return True
    return isinstance(value, Derived)


def touches(*values: Any) -> bool:
    """Whether one of the values is a DAG, a task or a group of the file, or belongs to one."""
    waiting, seen = list(values), set()
    while waiting:
        spend(1)
        value = waiting.pop()
        if isinstance(value, Dag | Group | Task | Output) or is_derived(value):
            return True
        if isinstance(value, list | tuple | dict) and id(value) not in seen:
            seen.add(id(value))
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return False


def unknown_of(node: ast.expr, *values: Any) -> Residual:
    """The value of an expression that cannot be read, made from `values`."""
    made = unknown(node)
    return Derived(made.node) if touches(*values) else made


def call_of_derived(run: "Interpreter", node: ast.Call, called: Method) -> Any:
    """A method call on a DAG, a task, a group, or on what belongs to one: noted unless the method only reads."""
    name = called.name
    if name in LINKING:
        note_edge(run, node)
    elif name not in _READING and not name.startswith(_ONLY_LOOKS):
        run.note(node, f"`{ast.unparse(node)[:80]}` is not read, and what it changes is not carried over")
    return called.of if name in _OF_ITSELF and isinstance(called.of, Task) else Derived(unknown(node).node)


def note_edge(run: "Interpreter", node: ast.expr) -> None:
    """Note an edge with an end that cannot be read."""
    run.note(node, f"the edge `{ast.unparse(node)[:100]}` is not carried over completely: it cannot be read")


def note_unread_call(run: "Interpreter", node: ast.Call, *values: Any) -> None:
    """Note a call of something unknown that may change one of `values`, or link it."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in LINKING:
        note_edge(run, node)
    elif name not in _HARMLESS | _READING and touches(*values):
        run.note(node, f"`{ast.unparse(node)[:80]}` is not read, and what it changes is not carried over")
