"""The plan of a DAG file → its text."""

import re
from collections.abc import Mapping, Sequence, Set
from functools import cache
from typing import Any

from trainspec.dag.expressions import Import, Names, is_reserved, source
from trainspec.dag.model import DagPlan, GroupPlan, Member, walk

_STANDARD_LIBRARY = ("datetime",)
_LONGEST_IMPORT = 88


def emit(plan: DagPlan) -> str:
    """The DAG file without its header: imports, the DAG, its tasks, their order."""
    variables = _variables(plan.members, {*_IMPORTED, *plan.names.values()})
    members = [_member(each, variables) for each in plan.members]
    linked = list(walk(plan.members))
    position = {_id(each): number for number, each in enumerate(linked)}
    edges = [
        (variables[name], variables[_id(each)])
        for each in linked
        for name in sorted(each.upstream, key=lambda name: position.get(name, 0))
    ]
    text: str = _template().render(
        imports=_import_blocks(plan.names), names=plan.names, dag=plan, members=members, edges=edges
    )
    return text.lstrip("\n") + "\n"


def _member(member: Member, variables: Mapping[str, str]) -> dict[str, Any]:
    """What the template shows of a task or a group."""
    shown: dict[str, Any] = {
        "variable": variables.get(_id(member)),
        "place": member.place,
        "arguments": member.arguments,
    }
    if isinstance(member, GroupPlan):
        return {**shown, "operator": None, "members": [_member(each, variables) for each in member.members]}
    return {**shown, "operator": member.operator}


def _id(member: Member) -> str:
    return member.group_id if isinstance(member, GroupPlan) else member.task_id


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(  # noqa: S701  # the output is Python; values pass through `source`
        loader=PackageLoader("trainspec.dag"), undefined=StrictUndefined, keep_trailing_newline=False
    )
    environment.globals["source"] = source
    return environment.get_template("dag.py.jinja")


def _import_blocks(names: Names) -> list[list[str]]:
    """Import lines in the blocks and the order that `ruff check` requires."""
    standard = [each for each in names if each.module in _STANDARD_LIBRARY]
    others = [each for each in names if each.module not in _STANDARD_LIBRARY]
    return [_import_lines(block, names) for block in (standard, others) if block]


def _import_lines(block: list[Import], names: Names) -> list[str]:
    """The lines of a block; a renamed import gets a separate line, as in isort."""
    whole = sorted(f"import {each.module}" for each in block if each.name is None)
    by_module: dict[str, list[str]] = {}
    lines: list[tuple[str, str, str]] = []
    for each in block:
        if each.name and names[each] == each.name:
            by_module.setdefault(each.module, []).append(each.name)
        elif each.name:
            lines.append((each.module, each.name, f"from {each.module} import {each.name} as {names[each]}"))
    for module, imported in by_module.items():
        ordered = _sorted(imported)
        lines.append((module, ordered[0], _from_import(module, ordered)))
    return [*whole, *(line for *_, line in sorted(lines))]


def _from_import(module: str, names: Sequence[str]) -> str:
    """One line, or a line for each name: a comma at the end keeps it so, whatever length a formatter allows."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= _LONGEST_IMPORT:
        return line
    return "\n".join((f"from {module} import (", *(f"    {name}," for name in names), ")"))


def _sorted(names: list[str]) -> list[str]:
    """Isort's order of imported names: constants, classes, the rest."""
    return sorted(names, key=lambda name: (not name.isupper(), not name[:1].isupper(), name))


def _variables(members: Sequence[Member], imported: Set[str]) -> dict[str, str]:
    """A Python name for each task and group that has dependencies or dependents: the id, turned into a name."""
    every = list(walk(members))
    linked = {name for each in every for name in each.upstream} | {_id(each) for each in every if each.upstream}
    taken = set(imported)
    variables = {}
    for name in (_id(each) for each in every if _id(each) in linked):
        base = re.sub(r"\W", "_", name, flags=re.ASCII)[:30]
        base = f"task_{base}" if is_reserved(base) or base[0].isdigit() or base in imported else base
        variable, count = base, 2
        while variable in taken:
            variable, count = f"{base}_{count}", count + 1
        taken.add(variable)
        variables[name] = variable
    return variables


_IMPORTED = ("DAG", "Asset", "Dataset", "TaskGroup", "TrainingJobOperator", "pendulum", "timedelta")
