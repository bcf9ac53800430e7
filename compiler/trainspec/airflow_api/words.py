"""The words of one minor of Airflow: what a DAG, a task, a sensor and an asset take, what templates see."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from trainspec.airflow_api.signatures import signature
from trainspec.airflow_api.syntax import Module, Packages

Words: TypeAlias = Mapping[str, list[str]]

_WHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "dag": ("airflow.sdk.definitions.dag.DAG", "airflow.models.dag.DAG"),
    "task": ("airflow.sdk.bases.operator.BaseOperator", "airflow.models.baseoperator.BaseOperator"),
    "sensor": ("airflow.sdk.bases.sensor.BaseSensorOperator", "airflow.sensors.base.BaseSensorOperator"),
    "asset": ("airflow.sdk.definitions.asset.Asset", "airflow.datasets.Dataset"),
}
"""The classes whose arguments are words: their modules in Airflow 3, and in Airflow 2."""

_MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "trigger_rule": ("airflow.task.trigger_rule", "airflow.utils.trigger_rule"),
    "weight_rule": ("airflow.task.weight_rule", "airflow.utils.weight_rule"),
    "template": ("airflow.sdk.definitions.context", "airflow.utils.context"),
    "macro": ("airflow.sdk.execution_time.macros", "airflow.macros"),
    "filter": ("airflow.sdk.definitions._internal.templater", "airflow.templates"),
    "sdk": ("airflow.sdk",),
}
"""The modules that define the other words."""


def words_of(packages: Packages) -> Words:
    """The words of the Airflow among `packages`, sorted, by their kind."""
    found: dict[str, list[str]] = {}
    for kind, paths in _WHERE.items():
        found[kind] = next(words for path in paths if (words := _arguments(packages, path)))
    found["sensor"] = sorted({*found["sensor"]} - {*found["task"]})
    for kind, names in _MODULES.items():
        module = next((each for name in names if (each := packages.module(name))), None)
        found[kind] = sorted(set(_READ[kind](module))) if module else []
    return found


def _arguments(packages: Packages, path: str) -> list[str]:
    """The arguments of a class: those of its `__init__`, or the fields of a class of attrs."""
    found = packages.find_class(path)
    if found is None:
        return []
    module, definition = found
    decorators = [each.func if isinstance(each, ast.Call) else each for each in definition.decorator_list]
    if any((module.path_of(each) or "").startswith(("attr.", "attrs.")) for each in decorators):
        return sorted(_fields(definition))
    known = signature(packages, path)
    return sorted(known.arguments) if known else []


def _fields(definition: ast.ClassDef) -> Iterator[str]:
    own_init = next(
        (each for each in definition.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None
    )
    if own_init:
        yield from (each.arg for each in [*own_init.args.args, *own_init.args.kwonlyargs] if each.arg != "self")
        return
    for each in definition.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            text, value = ast.unparse(each.annotation), ast.unparse(each.value) if each.value else ""
            if "ClassVar" not in text and "init=False" not in value and not each.target.id.startswith("_"):
                yield each.target.id


def _enum(module: Module) -> Iterator[str]:
    for definition in module.classes.values():
        for each in definition.body:
            if (
                isinstance(each, ast.Assign)
                and isinstance(each.value, ast.Constant)
                and isinstance(each.value.value, str)
            ):
                yield each.value.value


def _context(module: Module) -> Iterator[str]:
    values = dict(module.values())
    known = values.get("KNOWN_CONTEXT_KEYS")
    if isinstance(known, ast.Set):
        yield from _strings(known.elts)
    elif "Context" in module.classes:
        body = module.classes["Context"].body
        yield from (
            each.target.id for each in body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        )


def _macros(module: Module) -> Iterator[str]:
    """What a macro's module binds, but for what only types need."""
    for statement in module.tree.body:
        if isinstance(statement, ast.FunctionDef) and not statement.name.startswith("_"):
            yield statement.name
        elif isinstance(statement, ast.Import | ast.ImportFrom) and not _is_future(statement):
            yield from (each.asname or each.name for each in statement.names)


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module in ("__future__", "typing")


def _filters(module: Module) -> Iterator[str]:
    for name, value in module.values():
        if name == "FILTERS" and isinstance(value, ast.Dict):
            yield from _strings(value.keys)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef) and node.name.endswith("_filter"):
            yield node.name.removesuffix("_filter")


def _exported(module: Module) -> Iterator[str]:
    for name, value in module.values():
        if name == "__all__" and isinstance(value, ast.List):
            yield from _strings(value.elts)


def _strings(nodes: Iterable[ast.expr | None]) -> Iterator[str]:
    yield from (each.value for each in nodes if isinstance(each, ast.Constant) and isinstance(each.value, str))


_READ = {
    "trigger_rule": _enum,
    "weight_rule": _enum,
    "template": _context,
    "macro": _macros,
    "filter": _filters,
    "sdk": _exported,
}


def by_minor(words: Mapping[str, Words]) -> dict[str, dict[str, list[str | None]]]:
    """The words of all minors, oldest first: each with the minor that added it and the one that removed it.

    The first is None if the oldest minor has the word, and the second if the newest still has it.
    """
    minors = list(words)
    table: dict[str, dict[str, list[str | None]]] = {}
    for kind in words[minors[-1]]:
        for word in sorted({word for minor in minors for word in words[minor][kind]}):
            having = [minor for minor in minors if word in words[minor][kind]]
            since = None if having[0] == minors[0] else having[0]
            dropped = None if having[-1] == minors[-1] else minors[minors.index(having[-1]) + 1]
            table.setdefault(kind, {})[word] = [since, dropped]
    return table
