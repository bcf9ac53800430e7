"""Task groups of a loaded file as JSON maps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .record import Record
from .values import encode, first

_SHOWN = ("doc_md", "group_display_name", "tooltip", "ui_color", "ui_fgcolor")
"""What Airflow's UI shows of a group."""


def group_class() -> Any:
    """The base class of task groups."""
    return first("airflow.sdk.TaskGroup", "airflow.utils.task_group.TaskGroup")


def groups_of(record: Record, group: Any, names: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """The groups in a group: the ids of each and of those that contain it, its own tasks, and how it is shown."""
    for child in group.children.values():
        if not isinstance(child, group_class()):
            continue
        inside = (*names, child._group_id)
        given = record.given.get(id(child), {})
        yield {
            "line": record.lines.get(id(child), 0),
            "id": child.group_id,
            "names": list(inside),
            "tasks": sorted(each.task_id for each in child.children.values() if not isinstance(each, group_class())),
            "shown": {name: encode(getattr(child, name)) for name in _SHOWN if name in given and hasattr(child, name)},
            "docstring": "tooltip" not in given and bool(child.tooltip),
        }
        yield from groups_of(record, child, inside)
