"""The task groups of a DAG file as a spec writes them: for each task, the path of the group that it is in."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainspec.dag.task_groups import group_id
from trainspec.language.forms import LONGEST_TASK_GROUP, TASK_GROUP_PATTERN

DEFAULTS: Mapping[str, Any] = {
    "tooltip": "",
    "ui_color": "CornflowerBlue",
    "ui_fgcolor": "#000",
    "doc_md": None,
    "group_display_name": "",
}
"""The arguments of a task group that a spec has no fields for, each with Airflow's default."""

Names = tuple[str, ...]
"""The ids of a group and of the groups that contain it, outermost first, without Airflow's prefixes."""


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """A task group of a file: its `names`, its id in Airflow, the line that creates it.

    `dag` is the id of the call that creates its DAG.
    """

    names: Names
    group_id: str
    line: int
    dag: int | None


@dataclass(slots=True)
class Placed:
    """The paths of the groups, by their names; notes on what is lost, and remarks on what is written differently.

    `within` are the names of the group that each task is in, by the id of the task's call.
    """

    within: Mapping[int, Names]
    paths: dict[Names, str] = field(default_factory=lambda: {(): ""})
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def of(self, call: int) -> Mapping[str, str]:
        """The field of a task that sets its group, if it is in one."""
        path = self.paths.get(self.within.get(call, ()), "")
        return {"task_group": path} if path else {}


def place(found: Iterable[FoundGroup], within: Mapping[int, Names], ids: Mapping[int, str], dag: int | None) -> Placed:
    """The places of the groups of a DAG, whose tasks have the `ids`, by the ids of their calls.

    A group that a spec cannot express is noted with its line, and its tasks are in the group that contains it.
    """
    groups = (each for each in found if each.dag == dag)
    placed = Placed({call: names for call, names in within.items() if call in ids})
    needed = {names[:count] for names in placed.within.values() for count in range(1, len(names) + 1)}
    taken = set(ids.values())
    of_names = {group.names: group for group in groups}
    for group in sorted(of_names.values(), key=lambda group: len(group.names)):
        line = f"line {group.line}: " if group.line else ""
        around = placed.paths.get(group.names[:-1], "")
        path = f"{around}.{group.names[-1]}".lstrip(".")
        why = _why_not(path, group.names[-1], taken) if group.names in needed else "none of its tasks is"
        if why:
            placed.paths[group.names] = around
            placed.notes.append(f"{line}the task group `{group.group_id}` is not carried over: {why}")
            continue
        placed.paths[group.names] = path
        taken.add(group_id(path))
        if group_id(path) != group.group_id:
            said = f"the task group `{group.group_id}` has the id `{group_id(path)}` in the spec's DAG"
            placed.remarks.append(f"{line}{said}, by which sensors of other DAGs must name it")
    return placed


def _why_not(path: str, name: str, taken: Collection[str]) -> str:
    """Why a spec cannot have a group of that path in addition to what is `taken`; empty if it can."""
    if "." in name or not re.match(TASK_GROUP_PATTERN, path):
        return "a spec cannot have this id, or this many groups inside each other"
    if len(path) > LONGEST_TASK_GROUP:
        return f"its id, with those of the groups around it, has more than {LONGEST_TASK_GROUP} characters"
    names = (group_id(path), f"{group_id(path)}.upstream_join_id", f"{group_id(path)}.downstream_join_id")
    return next((f"`{name}` is the id of a task or of another group" for name in names if name in taken), "")


def not_said(arguments: Mapping[str, Any]) -> Iterator[str]:
    """The arguments of a group that a spec has no fields for, except those with Airflow's default."""
    return (name for name in sorted(arguments) if name in DEFAULTS and arguments[name] != DEFAULTS[name])
