"""Conversions between a field's value and its member's value: the third column of the table of fields.

A codec is read both ways. Lowering turns what is in a spec into assignments: a member's path, its value, and the
field that it came from. Lifting turns a member's value into what a spec would say, for `trainspec import`.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from trainspec.request.texts import escaped_key, natural_text, same
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import JobData

ToText: TypeAlias = Callable[[str], str]


class Assignment(NamedTuple):
    """One member of the request: its path, its value, and the field of the job (or its key) that sets it."""

    member: Path
    value: Any
    field: Path
    is_key: bool = False


Lowered: TypeAlias = Iterator[Assignment | Fault]
"""What a field becomes; a fault, at a path from the job, if it cannot become anything."""


class Codec(Protocol):
    """One way of saying a member."""

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """The assignments of `value`, which is at `field` and belongs at `member`. `job` is the whole job."""
        ...

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The spec's value for the member's `value`. `as_text` writes a string so that it means itself in a spec."""
        ...


class Row(NamedTuple):
    """One row of the table: a field, the member that it becomes, and how.

    Both are dotted paths below the map that the table is about. `implies` has members that the field's form also sets,
    `default` what the API requires if the spec sets nothing and another member of the same structure is set.
    """

    field: str
    member: str
    codec: Codec
    implies: tuple[tuple[str, Any], ...] = ()
    default: Any = None

    def path(self) -> Path:
        """The member's path below the map of the table."""
        return _path(self.member)

    def is_partial(self, value: Any) -> bool:
        """Whether the row's field says only a part of the member `value`, so that saying nothing is saying nothing."""
        return not self.member or bool(value)


class Value(NamedTuple):
    """A single value, or a list of such, converted by a function each way."""

    to_member: Callable[[Any], Any]
    to_field: Callable[[Any], Any]

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """One assignment."""
        yield Assignment(member, self.to_member(value), field)

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The field's form of the value."""
        return self.to_field(_texts(value, as_text))


class TextMap(NamedTuple):
    """A map whose values the container gets as strings."""

    to_text: "Callable[[Any, JobData], str]"

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """One assignment for each key."""
        if not value:
            yield Assignment(member, {}, field)
        for key, each in value.items():
            yield Assignment((*member, key), self.to_text(each, job), (*field, key))

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The map, numbers and booleans as a spec writes them."""
        return {escaped_key(key): natural_text(as_text(each)) for key, each in value.items()}


class Pairs(NamedTuple):
    """A list of pairs that a spec writes as a map: `{team: ml}` for `[{Key: team, Value: ml}]`.

    If a name is a duplicate, the spec has a list, too, each pair a map of the two field names. The keys of a map
    mean no order unless `in_order`: names in another order than theirs are then written as a list as well.
    """

    members: tuple[str, str]
    fields: tuple[str, str]
    in_order: bool = False

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """Two assignments for each pair."""
        if not value:
            yield Assignment(member, [], field)
        if isinstance(value, list):
            for index, pair in enumerate(value):
                for name, written in zip(self.members, self.fields, strict=True):
                    if written in pair:
                        at = (*field, index, written)
                        yield Assignment((*member, index, name), str(pair[written]), at)
            return
        for index, (key, each) in enumerate(value.items()):
            yield Assignment((*member, index, self.members[0]), key, (*field, key), is_key=True)
            yield Assignment((*member, index, self.members[1]), str(each), (*field, key))

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The map, or the list if a name is a duplicate or missing, or the order is another than the names'."""
        pairs = [
            {field: as_text(pair[name]) for name, field in zip(self.members, self.fields, strict=True) if name in pair}
            for pair in value
        ]
        whole = [tuple(pair.values()) for pair in pairs if len(pair) == len(self.fields)]
        if len(whole) == len(pairs) and _can_be_map([name for name, _ in whole], in_order=self.in_order):
            return {name: natural_text(text) for name, text in whole}
        return pairs


class Group(NamedTuple):
    """A map with its own table.

    `short` names the field that a bare value sets; `always` a structure that the API requires even if it is empty.
    """

    rows: tuple[Row, ...]
    short: str | None = None
    always: str | None = None

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """The assignments of the map's own rows."""
        is_map = isinstance(value, Mapping)
        data = value if is_map else {self.short: value}
        lowered = list(lower_rows(self.rows, data, member, field, job))
        if not data and member:
            yield Assignment(member, {}, field)
        for each in lowered:
            yield each if is_map or isinstance(each, Fault) else Assignment(each.member, each.value, field)
        if self.always:
            wanted = (*member, self.always)
            assigned = (each.member for each in lowered if isinstance(each, Assignment))
            if not any(path[: len(wanted)] == wanted for path in assigned):
                yield Assignment(wanted, {}, field)

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The map, or the bare value if that is sufficient."""
        data = lift_rows(self.rows, value, as_text)
        return data[self.short] if self.short and list(data) == [self.short] else data


class Listed(NamedTuple):
    """A list of structures, each a map with its own table."""

    group: Group

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """The assignments of each entry."""
        if not value:
            yield Assignment(member, [], field)
        for index, each in enumerate(value):
            yield from self.group.lower(each, (*member, index), (*field, index), job)

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The list."""
        return [self.group.lift(each, as_text) for each in value]


class Keyed(NamedTuple):
    """A list of structures that a spec writes as a map by name.

    If a name is a duplicate or missing, the spec has a list, too, with the name in the field `name`. The keys of a map
    mean no order unless `in_order`: names in another order than theirs are then written as a list as well.
    """

    key: str
    group: Group
    in_order: bool = False

    def lower(self, value: Any, member: Path, field: Path, job: "JobData") -> Lowered:
        """The assignments of each entry."""
        if not value:
            yield Assignment(member, [], field)
        if isinstance(value, list):
            yield from self._listed().lower(value, member, field, job)
            return
        for index, (key, each) in enumerate(value.items()):
            yield Assignment((*member, index, self.key), key, (*field, key), is_key=True)
            for lowered in self.group.lower(each, (*member, index), (*field, key), job):
                if not (isinstance(lowered, Assignment) and lowered.member == (*member, index)):
                    yield lowered

    def lift(self, value: Any, as_text: ToText) -> Any:
        """The map, or the list."""
        names = [each.get(self.key) for each in value]
        if None in names or not _can_be_map([as_text(name) for name in names], in_order=self.in_order):
            return self._listed().lift(value, as_text)
        return {
            as_text(each[self.key]): self.group.lift({k: v for k, v in each.items() if k != self.key}, as_text)
            for each in value
        }

    def _listed(self) -> Listed:
        return Listed(Group((Row("name", self.key, AS_IS), *self.group.rows), always=self.group.always))


def _can_be_map(names: list[str], *, in_order: bool) -> bool:
    """Whether a map with these keys says the same as the list of what they name."""
    keys = [name.replace("$${", "${") for name in names]  # as they are when the spec is composed
    return len(set(keys)) == len(keys) and (in_order or keys == sorted(keys))


@cache  # there are as many as the tables have rows
def _path(member: str) -> Path:
    return tuple(member.split(".")) if member else ()


def lower_rows(rows: tuple[Row, ...], data: Mapping[Any, Any], member: Path, field: Path, job: "JobData") -> Lowered:
    """The assignments of `data`, row by row. `member` and `field` are its map's paths in the request and in the job."""
    assigned: set[Path] = set()
    for row in rows:
        if row.field in data:
            target = (*member, *row.path())
            for each in row.codec.lower(data[row.field], target, (*field, row.field), job):
                if isinstance(each, Assignment):
                    assigned.add(each.member[: len(target) - 1])
                yield each
            for name, implied in row.implies:
                yield Assignment((*member, *name.split(".")), implied, (*field, row.field))
        elif row.default is not None and (target := (*member, *row.path()))[:-1] in assigned:
            yield Assignment(target, row.default, field)


def lift_rows(rows: tuple[Row, ...], members: Mapping[str, Any], as_text: ToText) -> dict[str, Any]:
    """What a spec says for `members`, row by row: the way back of `lower_rows`."""
    fields: dict[str, Any] = {}
    for row in rows:
        found, value = _at(members, row.path())
        implied = all(_at(members, tuple(name.split("."))) == (True, each) for name, each in row.implies)
        if not found or not implied or (value == row.default and len(_at(members, row.path()[:-1])[1]) > 1):
            continue
        lifted = row.codec.lift(value, as_text)
        if lifted is not None and not (lifted == {} and row.is_partial(value)):
            fields[row.field] = lifted
    return fields


def _at(members: Any, path: Path) -> tuple[bool, Any]:
    for step in path:
        if not isinstance(members, Mapping) or step not in members:
            return False, None
        members = members[step]
    return True, members


def _texts(value: Any, as_text: ToText) -> Any:
    if isinstance(value, list):
        return [_texts(each, as_text) for each in value]
    return as_text(value) if isinstance(value, str) else value


AS_IS = Value(same, same)
