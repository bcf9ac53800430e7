"""What may be written at the cursor: fields, their values, and the names of this project."""

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from lsprotocol.types import (
    CompletionItem,
    CompletionItemKind,
    CompletionList,
    MarkupContent,
    MarkupKind,
    Position,
    TextEdit,
)
from trainspec.diagnostics.excerpt import visible
from trainspec.lsp.checking import Checker
from trainspec.lsp.cursor import ITEM, Cursor, cursor_at
from trainspec.lsp.documents import Document
from trainspec.lsp.fields import field_at, fields_in, name_of
from trainspec.lsp.known import Known
from trainspec.lsp.names import TASKS
from trainspec.reference.codes import all_codes
from trainspec.reference.fields import Field

_OPEN_REFERENCE = re.compile(r"(?<!\$)\$\{[ \t]*([\w.-]*)$")
_OPEN_IGNORE = re.compile(r"#[ \t]*trainspec:[ \t]*ignore(?:-file)?\[(?:[A-Z0-9]*,[ \t]*)*([A-Z0-9]*)$")
_MOST = 1_000
_FRAGMENTS = (".yaml", ".yml")


def complete(checker: Checker, document: Document, position: Position) -> CompletionList:
    """What is possible at a position, as edits that replace what is written there already."""
    offset = document.places.offset(position)
    text = document.source.text
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    known = Known(checker, document, offset)
    if (found := _OPEN_REFERENCE.search(line)) is not None:
        items = _references(known, cursor_at(text, offset), found[1])
        return _listed(document, offset, found[1], items)
    if (found := _OPEN_IGNORE.search(line)) is not None:
        items = (CompletionItem(each.code.id, detail=each.code.summary) for each in all_codes())
        return _listed(document, offset, found[1], items)
    if "#" in line and line.lstrip().startswith("#"):
        return CompletionList(is_incomplete=False, items=[])
    cursor = cursor_at(text, offset)
    written = cursor.written.lstrip("'\"")
    items = _keys(known, cursor) if cursor.key is None and not _is_item(cursor) else _values(known, cursor)
    return _listed(document, offset, written, items)


def _is_item(cursor: Cursor) -> bool:
    """Whether a value of a list is being written, and not the first key of a map in it."""
    return cursor.above[-1:] == (ITEM,) and not fields_in(cursor.above)


def _listed(document: Document, offset: int, written: str, items: Iterable[CompletionItem]) -> CompletionList:
    """The items, each with the edit that replaces what is `written` before the cursor."""
    start = offset - len(written)
    found = []
    for order, item in enumerate(islice(items, _MOST)):
        new = item.insert_text or item.label
        item.text_edit = TextEdit(document.places.range(start, offset), new)
        item.filter_text, item.insert_text = item.label, None
        item.sort_text = f"{order:05}"
        found.append(item)
    return CompletionList(is_incomplete=False, items=found)


def _keys(known: Known, cursor: Cursor) -> Iterator[CompletionItem]:
    path = cursor.above
    written = set(known.keys_at(path))
    for field in fields_in(path):
        if name_of(field) not in written or name_of(field) == cursor.written:
            yield _field(field)
    job = path[1] if path[:1] == ("jobs",) and len(path) == 3 else None
    if job is not None and path[2] == "hyperparameters":
        yield from _named(known.hyperparameters(job), CompletionItemKind.Property, ": ", written)
    elif job is not None and path[2] == "inputs":
        yield from _named(known.channels(job), CompletionItemKind.Property, ": ", written)


def _values(known: Known, cursor: Cursor) -> Iterator[CompletionItem]:
    path = tuple(step for step in cursor.path if step != ITEM)
    own = _OF_PLACES.get(_place(path))
    if own is not None:
        yield from own(known, path)
    field = field_at(path)
    for word in field.words if field is not None else ():
        yield CompletionItem(word, kind=CompletionItemKind.EnumMember)
    if field is not None and field.form == "true or false":
        yield from (CompletionItem(word, kind=CompletionItemKind.Value) for word in ("true", "false"))


def _place(path: tuple[str, ...]) -> str:
    """The path with a `*` for each name that an author chose."""
    steps = list(path)
    if steps[:1] == ["environments"] and len(steps) > 2:
        steps = steps[2:]
    if steps[:1] and steps[0] in TASKS and len(steps) > 1:
        steps[1] = "*"
    if steps[:1] == ["defaults"]:
        steps[:1] = ["jobs", "*"]
    return ".".join(steps)


def _tasks(known: Known, path: tuple[str, ...]) -> Iterator[CompletionItem]:
    own = path[1] if len(path) > 1 else ""
    yield from _named({name: text for name, text in known.tasks().items() if name != own}, CompletionItemKind.Function)


def _task_groups(known: Known, path: tuple[str, ...]) -> Iterator[CompletionItem]:
    yield from (CompletionItem(name, kind=CompletionItemKind.Folder) for name in known.task_groups())


def _metrics(known: Known, path: tuple[str, ...]) -> Iterator[CompletionItem]:
    yield from _named(known.metrics(path[1]), CompletionItemKind.Field)


def _files(known: Known, path: tuple[str, ...]) -> Iterator[CompletionItem]:
    folder = posixpath.dirname(known.document.name)
    for name in known.project_files():
        if name.endswith(_FRAGMENTS) and name != known.document.name:
            relative = os.path.relpath(name, folder or ".").replace(os.sep, "/")
            yield CompletionItem(relative, kind=CompletionItemKind.File)


def _frameworks(known: Known, path: tuple[str, ...]) -> Iterator[CompletionItem]:
    yield from _named(known.frameworks(), CompletionItemKind.Module)


def _versions(known: Known, path: tuple[str, ...]) -> Iterator[CompletionItem]:
    for version, text in known.framework_versions(path[:-1]).items():
        yield CompletionItem(version, kind=CompletionItemKind.Value, detail=text, insert_text=f'"{version}"')


def _pythons(known: Known, path: tuple[str, ...]) -> Iterator[CompletionItem]:
    yield from _named(known.framework_pythons(path[:-1]), CompletionItemKind.Value)


def _algorithms(known: Known, path: tuple[str, ...]) -> Iterator[CompletionItem]:
    yield from _named(known.algorithms(), CompletionItemKind.Module)


_OF_PLACES: Mapping[str, Callable[[Known, tuple[str, ...]], Iterator[CompletionItem]]] = {
    "extends": _files,
    "jobs.*.depends_on": _tasks,
    "sensors.*.depends_on": _tasks,
    "tasks.*.depends_on": _tasks,
    "triggers.*.depends_on": _tasks,
    **{f"{section}.*.task_group": _task_groups for section in TASKS},
    "jobs.*.proceed_if.metric": _metrics,
    "jobs.*.framework.name": _frameworks,
    "jobs.*.framework.version": _versions,
    "jobs.*.framework.python": _pythons,
    "jobs.*.algorithm": _algorithms,
}
"""What may be written at a place in addition to the values of its field."""


def _references(known: Known, cursor: Cursor, written: str) -> Iterator[CompletionItem]:
    """What `${...}` may name here. A complete name gets the closing brace."""
    job = cursor.above[1] if cursor.above[:1] == ("jobs",) and len(cursor.above) > 1 else None
    for name, value in known.variables().items():
        yield _reference(f"vars.{name}", CompletionItemKind.Variable, value)
    yield _reference("dag.id", CompletionItemKind.Constant, "the DAG's id")
    yield _reference("env", CompletionItemKind.Constant, "the environment's name")
    for name in known.combinations():
        yield _reference(f"for_each.{name}", CompletionItemKind.Variable, "a value of `for_each`")
    if job is not None:
        yield _reference("job.id", CompletionItemKind.Constant, "the task's id")
        for name in known.matrix(job):
            yield _reference(f"matrix.{name}", CompletionItemKind.Variable, f"a value of the matrix of {job}")
    for other, attributes in known.results(job).items():
        for attribute, text in attributes.items():
            yield _reference(f"jobs.{other}.{attribute}", CompletionItemKind.Reference, text)


def _reference(name: str, kind: CompletionItemKind, detail: str) -> CompletionItem:
    return CompletionItem(name, kind=kind, detail=visible(detail), insert_text=f"{name}}}")


def _named(
    names: Mapping[str, str], kind: CompletionItemKind, behind: str = "", without: Iterable[str] = ()
) -> Iterator[CompletionItem]:
    left_out = frozenset(without)
    for name, text in names.items():
        if name not in left_out:
            yield CompletionItem(name, kind=kind, detail=visible(text) or None, insert_text=f"{name}{behind}")


def _field(field: Field) -> CompletionItem:
    name = name_of(field)
    text = field.description
    if field.member:
        text += f"\n\nBecomes `{field.member}`."
    return CompletionItem(
        name,
        kind=CompletionItemKind.Property,
        detail=field.form or None,
        documentation=MarkupContent(MarkupKind.Markdown, text),
        insert_text=f"{name}:{'' if _opens_map(field) else ' '}",
    )


def _opens_map(field: Field) -> bool:
    """Whether only a map can be at a field, which begins on the next line."""
    return field.form in ("a map", "a map of fields")
