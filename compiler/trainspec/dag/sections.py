"""Where the data of a spec has its tasks."""

from collections.abc import Iterator, Mapping
from typing import Any

from trainspec.text.tree import Path

GATE_SUFFIX = ".gate"


def gate_id(job: str) -> str:
    """The id of the gate's task behind the task of a job."""
    return f"{job}{GATE_SUFFIX}"


def sections(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Mapping[str, Any]]]]:
    """The sections that hold tasks, with these by their ids."""
    for section in ("sensors", "jobs", "tasks", "triggers"):
        yield section, data.get(section) or {}


def places(data: Mapping[str, Any]) -> dict[str, Path]:
    """The path of each task by its id, the gates behind jobs among them."""
    found: dict[str, Path] = {}
    for section, tasks in sections(data):
        for name, task in tasks.items():
            found.setdefault(name, (section, name))
            if section == "jobs" and task.get("proceed_if"):
                found.setdefault(gate_id(name), (section, name, "proceed_if"))
    return found
