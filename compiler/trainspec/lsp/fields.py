"""The field of the language at a path of keys, and the fields that are possible there."""

from collections.abc import Iterator, Mapping
from functools import cache

from trainspec.lsp.cursor import ITEM, Steps
from trainspec.reference.fields import Field, all_fields
from trainspec.schema.files import SPEC_SCHEMA, load_schema

_SECTIONS = ("sensors", "tasks", "approvals", "triggers")
_OF_ROOT = ("trainspec", "extends", "environments", "dag", "vars", "defaults", "jobs", *_SECTIONS)


def field_at(path: Steps) -> Field | None:
    """The field at a path from the document's root; None if there is none, for example at the name of a job."""
    steps = _field_steps(path)
    return _find(steps) if steps else None


def fields_in(path: Steps) -> list[Field]:
    """The fields that may be in the map at a path."""
    if not path or (len(path) == 2 and path[0] == "environments"):
        known = load_schema(SPEC_SCHEMA)["properties"] if not path else _OF_ROOT[3:]
        return [all_fields()[name] for name in known if name in all_fields()]
    steps = _field_steps(path)
    if steps is None:
        return []
    if not steps:
        return [*_of_jobs().values()]
    found = list(_children(steps))
    if path[0] in _SECTIONS and len(steps) == 2:
        own = {name_of(each) for each in found}
        found += [field for name, field in _of_tasks().items() if name not in own]
    return found


def name_of(field: Field) -> str:
    """The key of a field in the map that it is in."""
    return field.path.rpartition(".")[2]


def _field_steps(path: Steps) -> Steps | None:
    """The path of a field as the reference has it: from the job, or from the document; empty for a job's map itself.

    None if no field is meant: in the map of all jobs, whose keys are the author's.
    """
    if path[:1] == ("environments",):
        path = path[2:] if len(path) > 2 else path
    path = tuple(step for step in path if step != ITEM)
    if path[:1] == ("jobs",) and len(path) > 1:
        return path[2:]
    if path[:1] == ("defaults",):
        return path[1:]
    if path[:2] == ("dag", "default_args") and len(path) > 2:
        return path[2:]
    if path[:1] == ("jobs",) or (path[:1] in {(each,) for each in _SECTIONS} and len(path) == 1):
        return path if len(path) == 1 else None
    return path


def _find(steps: Steps) -> Field | None:
    """The field whose path these steps are, `*` in it standing for any of them."""
    fields = all_fields()
    if (exact := fields.get(".".join(steps))) is not None:
        return exact
    return next((field for path, field in fields.items() if _match(tuple(path.split(".")), steps)), None)


def _children(steps: Steps) -> Iterator[Field]:
    for path, field in all_fields().items():
        known = tuple(path.split("."))
        if len(known) == len(steps) + 1 and known[-1] != "*" and _match(known[:-1], steps):
            yield field


def _match(known: Steps, steps: Steps) -> bool:
    return len(known) == len(steps) and all(each in ("*", step) for each, step in zip(known, steps, strict=True))


@cache
def _of_jobs() -> Mapping[str, Field]:
    known = load_schema(SPEC_SCHEMA)["$defs"]["Job"]["properties"]
    return {name: all_fields()[name] for name in known if name in all_fields()}


@cache
def _of_tasks() -> Mapping[str, Field]:
    known = load_schema(SPEC_SCHEMA)["$defs"]["TaskArguments"]["properties"]
    return {name: all_fields()[name] for name in known if name in all_fields()}
