"""How a field's value and its member's value say the same thing: the third column of the table of fields.

A codec turns what stands in a spec into assignments: a member's path, its value, and the field that it came from.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from trainspec.text.tree import Path
from trainspec.text.typing import Plain, json_text, natural

JobData: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One member of the request: where it goes, what it is, and the field of the job (or its key) that says so."""

    member: Path
    value: Any
    field: Path
    is_key: bool = False


class Codec(Protocol):
    """Reads the value of one field into members. `job` is the whole job, for the few that need a second field."""

    def lower(self, value: Any, member: Path, field: Path, job: JobData) -> Iterator[Assignment]:
        """The assignments of `value`, which stands at `field` and belongs at `member`."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: a field, the member that it becomes, and how.

    Both are dotted paths below the map that the table is about. `implies` holds members that the field's form says too,
    `default` what the API requires where the spec says nothing and something else stands beside the member.
    """

    field: str
    member: str
    codec: Codec
    implies: Mapping[str, Any] | None = None
    default: Any = None


@dataclass(frozen=True, slots=True)
class Value:
    """A single value, converted by a function."""

    to_member: Callable[[Any], Any]

    def lower(self, value: Any, member: Path, field: Path, job: JobData) -> Iterator[Assignment]:
        """One assignment."""
        yield Assignment(member, self.to_member(value), field)


@dataclass(frozen=True, slots=True)
class TextMap:
    """A map whose values the container gets as text."""

    to_text: Callable[[Any, JobData], str]

    def lower(self, value: Any, member: Path, field: Path, job: JobData) -> Iterator[Assignment]:
        """One assignment for each key."""
        if not value:
            yield Assignment(member, {}, field)
        for key, each in value.items():
            yield Assignment((*member, key), self.to_text(each, job), (*field, key))


@dataclass(frozen=True, slots=True)
class Pairs:
    """A map that the API wants as a list of pairs: `{team: ml}` as `[{Key: team, Value: ml}]`."""

    key: str
    value: str

    def lower(self, value: Any, member: Path, field: Path, job: JobData) -> Iterator[Assignment]:
        """Two assignments for each key."""
        if not value:
            yield Assignment(member, [], field)
        for index, (key, each) in enumerate(value.items()):
            yield Assignment((*member, index, self.key), key, (*field, key), is_key=True)
            yield Assignment((*member, index, self.value), str(each), (*field, key))


@dataclass(frozen=True, slots=True)
class Group:
    """A map with a table of its own. `short` names the field that a bare text stands for."""

    rows: tuple[Row, ...]
    short: str | None = None

    def lower(self, value: Any, member: Path, field: Path, job: JobData) -> Iterator[Assignment]:
        """The assignments of the map's own rows."""
        if isinstance(value, Mapping):
            if not value:
                yield Assignment(member, {}, field)
            yield from lower_rows(self.rows, value, member, field, job)
        elif self.short:
            for assigned in lower_rows(self.rows, {self.short: value}, member, field, job):
                yield Assignment(assigned.member, assigned.value, field)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A map of maps that the API wants as a list, each with its key as a member."""

    key: str
    group: Group

    def lower(self, value: Any, member: Path, field: Path, job: JobData) -> Iterator[Assignment]:
        """The assignments of each entry."""
        if not value:
            yield Assignment(member, [], field)
        for index, (key, each) in enumerate(value.items()):
            yield Assignment((*member, index, self.key), key, (*field, key), is_key=True)
            yield from self.group.lower(each, (*member, index), (*field, key), job)


def lower_rows(
    rows: tuple[Row, ...], data: Mapping[str, Any], member: Path, field: Path, job: JobData
) -> Iterator[Assignment]:
    """What `data` says, row by row. `member` and `field` are where its map stands in the request and in the job."""
    assigned: set[Path] = set()
    for row in rows:
        target = (*member, *row.member.split("."))
        if row.field in data:
            for each in row.codec.lower(data[row.field], target, (*field, row.field), job):
                assigned.add(each.member[: len(target) - 1])
                yield each
            for name, implied in (row.implies or {}).items():
                yield Assignment((*member, *name.split(".")), implied, (*field, row.field))
        elif row.default is not None and target[:-1] in assigned:
            yield Assignment(target, row.default, field)


def hyperparameter(value: Any, job: JobData) -> str:
    """A hyperparameter as SageMaker wants it: a text.

    A scalar is its own characters, a list or map compact JSON. With `hyperparameter_encoding: json` all is JSON, as the
    framework estimators of the SageMaker SDK v2 write it: a text gains quotes.
    """
    if isinstance(value, Mapping | list):
        return json_text(value)
    if job.get("hyperparameter_encoding") == "json":
        is_text = not isinstance(value, Plain) or isinstance(natural(value), str)
        return json_text(str(value) if is_text else value)
    return str(value)


def text(value: Any, job: JobData) -> str:
    """The characters of a scalar."""
    return str(value)


AS_IS = Value(lambda value: value)
