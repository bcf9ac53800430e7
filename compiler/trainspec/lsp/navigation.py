"""Definition, references and rename."""

import posixpath
import re
from collections.abc import Iterator, Sequence

from lsprotocol.types import (
    Location,
    Position,
    PrepareRenamePlaceholder,
    Range,
    TextEdit,
    WorkspaceEdit,
)
from trainspec.lsp.checking import Checker
from trainspec.lsp.documents import Document
from trainspec.lsp.files_of_name import NamedFiles
from trainspec.lsp.names import Occurrence, at, occurrences
from trainspec.lsp.positions import Places
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Scalar
from trainspec.text.tree import Sequence as List

_VARIABLE = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_TASK = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*", re.ASCII)
_OTHER = re.compile(r"[A-Za-z0-9_][\w:./@-]*", re.ASCII)
_FORMS = {
    "vars": (_VARIABLE, "a variable's name has letters, digits, `_` and `-`, and begins with a letter or `_`"),
    "matrix": (_VARIABLE, "a matrix variable's name has letters, digits, `_` and `-`, and begins with a letter or `_`"),
    "tasks": (_TASK, "a task's name has letters, digits, `_` and `-`"),
}


class RenameError(ValueError):
    """A new name that cannot be one; the message says why."""


def definition(checker: Checker, document: Document, position: Position) -> list[Location]:
    """Where the name at a position is defined; of a file that is extended, its beginning."""
    offset = document.places.offset(position)
    if (file := _extended_at(document, offset)) is not None:
        source = checker.documents.source(document.project, file)
        uri = checker.documents.uri_of(document.project, file)
        return [Location(uri, Range(Position(0, 0), Position(0, 0)))] if source else []
    used = at(occurrences(document.source, document.tree), offset)
    if used is None:
        return []
    files = NamedFiles(checker, document.project)
    found: dict[str, tuple[Source, list[Occurrence]]] = {}
    for source, each in files.defining(document, used.name):
        found.setdefault(source.name, (source, []))[1].append(each)
    return [
        Location(uri, known.range(each.start, each.end))
        for source, places in found.values()
        for uri, known in [_of_file(checker, document, source)]
        for each in places
    ]


def references(
    checker: Checker, document: Document, position: Position, *, include_declaration: bool
) -> list[Location]:
    """All places in the project where the name at a position means the same."""
    used = at(occurrences(document.source, document.tree), document.places.offset(position))
    if used is None:
        return []
    found = NamedFiles(checker, document.project).sharing(document, used.name)
    return [
        Location(uri, known.range(each.start, each.end))
        for source, places in found.values()
        for uri, known in [_of_file(checker, document, source)]
        for each in sorted(places, key=lambda place: place.start)
        if include_declaration or not each.is_defined
    ]


def prepare_rename(document: Document, position: Position) -> PrepareRenamePlaceholder | None:
    """The name at a position, if it can be renamed."""
    used = at(occurrences(document.source, document.tree), document.places.offset(position))
    if used is None:
        return None
    return PrepareRenamePlaceholder(document.places.range(used.start, used.end), used.name[-1])


def rename(checker: Checker, document: Document, position: Position, new: str) -> WorkspaceEdit | None:
    """The name at a position, changed everywhere. Raises RenameError for what cannot be such a name."""
    used = at(occurrences(document.source, document.tree), document.places.offset(position))
    if used is None:
        return None
    form, says = _FORMS.get(used.name[0], (_OTHER, "the new name has characters that a name cannot have"))
    if not form.fullmatch(new):
        raise RenameError(f"`{new[:80]}` cannot be the new name: {says}")
    files = NamedFiles(checker, document.project)
    renamed = (*used.name[:-1], new)
    if any(files.defining(document, renamed)):
        raise RenameError(f"there is already a `{new}` here")
    changes: dict[str, Sequence[TextEdit]] = {}
    for source, places in files.sharing(document, used.name).values():
        known = checker.documents.places(source)
        edits = [TextEdit(known.range(each.start, each.end), new) for each in places]
        changes[checker.documents.uri_of(document.project, source.name)] = edits
    return WorkspaceEdit(changes=changes)


def _of_file(checker: Checker, document: Document, source: Source) -> tuple[str, Places]:
    """A file's address, and its places as the client counts them."""
    return checker.documents.uri_of(document.project, source.name), checker.documents.places(source)


def _extended_at(document: Document, offset: int) -> str | None:
    """The file that is extended at an offset, by its name from the project's root."""
    for node in _extended(document.root):
        start, end = document.source.offsets(node.span)
        if start <= offset <= end:
            return posixpath.normpath(posixpath.join(posixpath.dirname(document.name), node.text))
    return None


def _extended(root: Mapping | None) -> Iterator[Scalar]:
    node = root.get("extends") if root is not None else None
    for each in node.items if isinstance(node, List) else [node]:
        if isinstance(each, Scalar):
            yield each
