"""The difference as plain data, whatever prints it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from trainspec.dag.model import DagPlan
from trainspec.pipeline import Analysis


class Status(str, Enum):
    """The kind of a change; the values are the signs in front of it."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


WAITS = "waits for "
FILE = "source file "
"""What begins the place of a change that only a name identifies: a task before this one, a file of the job's source."""


class Source(str):
    """Python source for a value, such as `timedelta(seconds=30)`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """One spec as far as it is compared: its analysis, and the plan of its DAG."""

    analysis: Analysis
    plan: DagPlan
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By task id, the files of the job's source by name, each with the id of its content."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs. `at` is a request's member or an argument; `place` is its `file:line`."""

    status: Status
    at: str
    before: Any
    after: Any
    place: str | None = None


@dataclass(frozen=True, slots=True)
class TaskDifference:
    """What differs in a task: its request's members first, then its arguments and what it waits for."""

    status: Status
    task_id: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class DagDifference:
    """What differs in a DAG; nothing below it if the DAG itself was added or removed. `spec` is its file."""

    status: Status
    dag_id: str
    spec: str
    changes: tuple[Change, ...] = ()
    tasks: tuple[TaskDifference, ...] = ()
