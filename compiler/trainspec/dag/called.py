"""What Airflow calls for a spec: its callbacks, those of deadlines, and those of approvals."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.dag.arguments import CALLBACKS
from trainspec.dag.sections import sections
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import CalledBackData, DagData, SpecData, TaskArgumentsData


def holders(data: "SpecData") -> Iterator[tuple[Path, "DagData | TaskArgumentsData"]]:
    """Every map of arguments of the DAG or of a task, with its path."""
    dag = data.get("dag") or {}
    yield ("dag",), dag
    yield ("dag", "default_args"), dag.get("default_args") or {}
    for section, tasks in sections(data):
        for name, task in tasks.items():
            yield (section, name), task


def called(data: "SpecData") -> Iterator[tuple[Path, "str | CalledBackData"]]:
    """Each callback: a dotted path, or a map with a `path` and mostly `arguments`; lists are taken apart."""
    for path, fields in holders(data):
        for field in CALLBACKS:
            yield from each_of(fields.get(field), (*path, field))
    for path, deadline in each_of((data.get("dag") or {}).get("deadline"), ("dag", "deadline")):
        if isinstance(deadline, Mapping):
            yield from each_of(deadline.get("call"), (*path, "call"))
    for name, approval in (data.get("approvals") or {}).items():
        yield from each_of(approval.get("notify"), ("approvals", name, "notify"))


def each_of(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The items of a list, or the one value that may be in its place."""
    if isinstance(value, list):
        yield from (((*path, index), each) for index, each in enumerate(value))
    elif value is not None:
        yield path, value
