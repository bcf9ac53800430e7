"""Lowering: a job's fields → the full CreateTrainingJob request, each member with the field that it came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from trainspec.request.codecs import Assignment, lower_rows
from trainspec.request.fields import JOB, members
from trainspec.text.tree import Path


@dataclass(frozen=True, slots=True)
class Request:
    """A CreateTrainingJob request as its spec says it, templates untouched.

    `origins` maps members' paths to the fields (paths from the job) that set them; `keys` holds the members that are
    set by a field's key, such as a channel's name.
    """

    members: dict[str, Any]
    origins: Mapping[Path, Path]
    keys: frozenset[Path]

    def origin(self, member: Path) -> Path:
        """The field that says what stands at `member`: the nearest one known, and the rest of the path below it."""
        for length in range(len(member), 0, -1):
            if (field := self.origins.get(member[:length])) is not None:
                return (*field, *member[length:])
        return self._below(member)

    def _below(self, member: Path) -> Path:
        """For a structure: what the fields of its members have in common."""
        fields = [field for path, field in self.origins.items() if path[: len(member)] == member]
        if not fields:
            return ()
        shared = min(fields, key=len)
        while any(field[: len(shared)] != shared for field in fields):
            shared = shared[:-1]
        return shared


def lower(job: Mapping[str, Any]) -> Request:
    """The request of a job's validated data."""
    return _assemble(lower_rows(JOB, job, (), (), job))


def field_of(member: Path) -> Path | None:
    """The field that becomes `member` in any job: `resources.instance_type` for ResourceConfig.InstanceType."""
    wanted = [str(step) if not isinstance(step, int) else "*" for step in member]
    for field, name in members():
        if name.split(".") == wanted:
            return tuple(field.split("."))
    return None


def _assemble(assignments: Iterable[Assignment]) -> Request:
    root: dict[str, Any] = {}
    origins: dict[Path, Path] = {}
    keys: set[Path] = set()
    for each in assignments:
        _put(root, each.member, each.value)
        origins[each.member] = each.field
        if each.is_key:
            keys.add(each.member)
    return Request(root, origins, frozenset(keys))


def _put(root: dict[str, Any], path: Path, value: Any) -> None:
    """Set `value` at `path`, making the maps and lists on the way. Lists are filled in order."""
    node: Any = root
    for step, following in pairwise(path):
        fresh: Any = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            if len(node) == step:
                node.append(fresh)
            node = node[step]
        else:
            node = node.setdefault(step, fresh)
    if isinstance(node, list):
        node.append(value)
    else:
        node[path[-1]] = value
