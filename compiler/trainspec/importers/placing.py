"""Where a spec puts the comments of its source: at the field, the variable, or the task that they are about."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from trainspec.importers.model import Imported, Said
from trainspec.request.codecs import Group
from trainspec.request.fields import JOB

Path = tuple[str, ...]
Fields = Mapping[str, Any]

_WHOLE: Final = ("task_id", "dag_id", "config", "Training")
"""Arguments and members that are not part of a task."""
_OF_SEVERAL: Final = ("", "S3Uri", "CompressionType", "KmsKeyId", "LocalPath")
"""Members that several maps of a request have."""
_SECTIONS: Final = ("jobs", "sensors", "tasks", "approvals", "triggers")
_LINES: Final = 20
"""How many lines of comments a key of the spec gets."""


def placed(imported: Imported, document: Fields) -> dict[Path, list[str]]:
    """The lines of comments by the paths of the keys that they are put above.

    A comment about a member goes above its field, in the job or in `defaults`, if there is one. The comments of a
    constant that has become a variable of the spec go above that variable.
    """
    found: dict[Path, list[str]] = {}
    of_tasks: dict[str, list[Sequence[Said]]] = {}
    variables = document.get("vars", {})
    for each in imported.of_constants:
        name = next((name for name in variables if name in each.names), None)
        if name is not None:
            found.setdefault(("vars", name), []).extend(each.comments)
        else:
            of_tasks.setdefault(each.task_id, []).append([Said(each.member, text) for text in each.comments])
    for task_id, comments in imported.comments.items():
        of_tasks.setdefault(task_id, []).extend(_groups(comments))
    for task_id, groups in of_tasks.items():
        for said in groups:
            if place := _place(document, task_id, said[0].member):
                path, label = place
                lines = [each.text for each in said]
                found.setdefault(path, []).extend([f"{label}: {lines[0]}", *lines[1:]] if label else lines)
    return {path: lines[:_LINES] for path, lines in found.items()}


def _groups(comments: Sequence[Said]) -> Iterator[list[Said]]:
    """Consecutive lines that are about the same member."""
    group: list[Said] = []
    for each in comments:
        if group and group[-1].member != each.member:
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _place(document: Fields, task_id: str, member: str) -> tuple[Path, str] | None:
    """The key that a comment on a task's member goes above, and what the comment is about if not all of it."""
    sections = _SECTIONS if task_id else ("dag",)
    section = next((name for name in sections if name in document and (not task_id or task_id in document[name])), None)
    if section is None:
        return None
    task: Path = (section, task_id) if task_id else (section,)
    fields = document[section][task_id] if task_id else document[section]
    of_defaults = document.get("defaults", {}) if section == "jobs" else {}
    for path, below in ((task, fields), (("defaults",), of_defaults)):
        if member and member not in _WHOLE and (found := _field(below, member)):
            key, label = found
            return (*path, key), label
    label = "" if member in _WHOLE else member
    return (task if task_id else ("dag", next(iter(fields)))), label


def _field(fields: Fields, member: str) -> tuple[str, str] | None:
    """The field for a member, or for a part of it, and which part."""
    key, *more = _fields().get(member, (member,))
    if key in fields and not (more and isinstance(fields[key], Mapping)):
        return key, ""
    parts = more or [member]
    if key in fields and parts[-1] in fields[key]:
        return key, parts[-1]
    return next(
        ((name, member) for name, value in fields.items() if isinstance(value, Mapping) and member in value), None
    )


@cache
def _fields() -> dict[str, Path]:
    """A job's fields by the last names of the members that they become; a map of members has its own name."""
    found: dict[str, Path] = {}
    for row in JOB:
        first, *more = row.member.split(".")
        found.setdefault(more[-1] if more else first, (row.field,))
        found.setdefault(first, (row.field,))
        for below in row.codec.rows if isinstance(row.codec, Group) else ():
            found.setdefault(below.member.rpartition(".")[2], (row.field, below.field))
    return {member: path for member, path in found.items() if member not in _OF_SEVERAL}
