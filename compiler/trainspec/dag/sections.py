"""Where the data of a spec has its tasks."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import OtherTaskData, SpecData

GATE_SUFFIX = ".gate"


def gate_id(job: str) -> str:
    """The id of the gate's task behind the task of a job."""
    return f"{job}{GATE_SUFFIX}"


def sections(data: "SpecData") -> "Iterator[tuple[str, Mapping[str, OtherTaskData]]]":
    """The sections that contain tasks, with these by their ids, typed as what they have in common."""
    yield "sensors", data.get("sensors") or {}
    yield "jobs", data.get("jobs") or {}
    yield "tasks", data.get("tasks") or {}
    yield "approvals", data.get("approvals") or {}
    yield "triggers", data.get("triggers") or {}


def places(data: "SpecData") -> dict[str, Path]:
    """The path of each task by its id, the gates behind jobs among them."""
    found: dict[str, Path] = {}
    jobs = data.get("jobs") or {}
    for section, tasks in sections(data):
        for name in tasks:
            found.setdefault(name, (section, name))
            if section == "jobs" and jobs[name].get("proceed_if"):
                found.setdefault(gate_id(name), (section, name, "proceed_if"))
    return found
