"""What a template reads: the names of Airflow's context, and the results of other tasks."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from trainspec.templates.literal import MAX_TEMPLATE, has_template, parse_template, pieces

_BARE: Final = re.compile(r"\{\{-? *([a-z_]+) *(?:\| *[a-z_]+ *)?-?\}\}")
"""Most templates are a name, perhaps with a filter: these are read without Jinja, which takes 0.1 s to import."""
_INSTANCES: Final = ("ti", "task_instance")
_OTHER_RUNS: Final = ("dag_id", "include_prior_dates", "run_id")
"""Arguments of `xcom_pull` with which it reads from elsewhere than the run's own tasks."""


class Pull(NamedTuple):
    """A call of `xcom_pull` for tasks of the same run. `key` is None if only the run knows it."""

    tasks: tuple[str, ...]
    key: str | None = "return_value"


class Reads(NamedTuple):
    """The names that a template must find (not those that it tests with `is defined`), its pulls, its attributes.

    `attributes` are those of the context's objects, as `dag_run.run_after`.
    """

    names: frozenset[str] = frozenset()
    pulls: tuple[Pull, ...] = ()
    attributes: frozenset[str] = frozenset()


def reads(text: str) -> Reads:
    """What the templates in `text` read; nothing if Jinja cannot parse it, which is reported elsewhere."""
    if not has_template(text) or len(text) > MAX_TEMPLATE:
        return Reads()
    bare = [found[1] if (found := _BARE.fullmatch(piece)) else None for piece, literal in pieces(text) if not literal]
    if None not in bare:
        return Reads(frozenset(filter(None, bare)))
    from jinja2 import nodes
    from jinja2.exceptions import TemplateError

    try:
        tree = parse_template(text)
    except (TemplateError, RecursionError, ValueError):
        return Reads()
    below = tuple(_nodes(tree))
    asked = {name for each in below if isinstance(each, (nodes.Test, nodes.Filter)) for name in _asked_for(each)}
    names = {each.name for each in below if isinstance(each, nodes.Name) and each.ctx == "load"}
    attributes = {
        f"{each.node.name}.{each.attr}"
        for each in below
        if isinstance(each, nodes.Getattr) and isinstance(each.node, nodes.Name)
    }
    return Reads(frozenset(names - asked), tuple(_pulls(below)), frozenset(attributes))


def _nodes(tree: Any) -> Iterator[Any]:
    """All nodes below `tree`, in the order of the text. Jinja's own `find_all` recurses."""
    open_ = [tree]
    while open_:
        node = open_.pop()
        open_ += reversed(list(node.iter_child_nodes()))
        yield node


def _asked_for(node: Any) -> Iterator[str]:
    """The names that a template is prepared not to find: `ds is defined`, `ds | default('')`."""
    if node.name in ("defined", "undefined", "default", "d") and type(node.node).__name__ == "Name":
        yield node.node.name


def _pulls(found: Iterable[Any]) -> Iterator[Pull]:
    from jinja2 import nodes

    for call in found:
        callee = call.node if isinstance(call, nodes.Call) else None
        if not isinstance(callee, nodes.Getattr) or callee.attr != "xcom_pull":
            continue
        given = {each.key: each.value for each in call.kwargs}
        if call.args:
            given.setdefault("task_ids", call.args[0])
        if getattr(callee.node, "name", None) not in _INSTANCES or len(call.args) > 1 or call.dyn_kwargs:
            continue
        if any(name in given for name in _OTHER_RUNS) or "task_ids" not in given:
            continue
        tasks = _strings(given["task_ids"])
        key = _strings(given["key"]) if "key" in given else ("return_value",)
        if tasks:
            yield Pull(tasks, key[0] if len(key) == 1 else None)


def _strings(node: Any) -> tuple[str, ...]:
    """The strings that an expression is, by itself or in a list; none if it is computed."""
    if type(node).__name__ == "Const":
        return (node.value,) if isinstance(node.value, str) else ()
    items = [_strings(each) for each in node.items] if type(node).__name__ in ("List", "Tuple") else []
    return tuple(each for (each,) in items) if items and all(len(each) == 1 for each in items) else ()
