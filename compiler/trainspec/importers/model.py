"""What an importer returns for any source: the DAG's fields, and jobs as requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from trainspec.language.data import DagData, JobData, OtherTaskData

_NO_JOB: "JobData" = {}
_NO_DAG: "DagData" = {}


@dataclass(frozen=True, slots=True)
class ImportedJob:
    """One job. `fields` are those of its task; `templated` means that the request contains Airflow templates."""

    task_id: str
    request: Mapping[str, Any]
    fields: "JobData" = field(default_factory=_NO_JOB.copy)
    templated: bool = False


@dataclass(frozen=True, slots=True)
class ImportedTask:
    """One other task: its section of the spec (`sensors`, `tasks`, `triggers`) and its fields there.

    Their strings may contain Airflow templates.
    """

    section: str
    task_id: str
    fields: "OtherTaskData"


class Said(NamedTuple):
    """One line of a comment, and the argument or member that it is about: if empty, the whole task."""

    member: str
    text: str


@dataclass(frozen=True, slots=True)
class OfConstant:
    """The comments of a constant of the source: they go to the variable of the spec that has one of `names`.

    Without such a variable, they are about the `member` of the task that uses it first; an empty id means the DAG.
    """

    names: frozenset[str]
    task_id: str
    member: str
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """One spec to write. `notes` list what could not be carried over, `remarks` what is written differently.

    `constants` are strings that the source has names for: those that a spec repeats become variables. `comments` are
    the source's, by task id; those of the DAG are under an empty id, and those of constants are separate.
    """

    jobs: tuple[ImportedJob, ...]
    dag: "DagData" = field(default_factory=_NO_DAG.copy)
    notes: tuple[str, ...] = ()
    other_tasks: tuple[ImportedTask, ...] = ()
    remarks: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, list[Said]] = field(default_factory=dict)
    of_constants: tuple[OfConstant, ...] = ()


class TaskIds:
    """Task ids of one spec: a name that is taken gets a number."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def has(self, name: str) -> bool:
        """Whether a name is taken."""
        return name in self._given

    def free(self, wanted: str) -> str:
        """`wanted`, or `wanted-2` and so on if it is taken."""
        if wanted not in self._given:
            self._given[wanted] = 1
            return wanted
        while True:
            self._given[wanted] += 1
            found = f"{wanted}-{self._given[wanted]}"
            if found not in self._given:
                self._given[found] = 1
                return found


def variable_name(constant: str) -> str:
    """The name of the spec's variable for a constant of the source."""
    return constant.strip("_").lower()


class CannotImportError(Exception):
    """A source that no importer can read, in words for the user: the exit code is 1."""


class UnavailableError(CannotImportError):
    """A source, or a program to read it, that is not available: not the source's fault, so the exit code is 2."""


def task_id_for(name: str) -> str:
    """A task id from a job's name, without the parts that its template or characters do not allow."""
    kept = "".join(each if each.isascii() and (each.isalnum() or each in "_-") else " " for each in name.split("{{")[0])
    return "-".join(kept.split()).strip("-_")[:100] or "train"
