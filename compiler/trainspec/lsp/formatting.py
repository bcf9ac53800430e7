"""`trainspec fmt`, as edits of the lines that it changes."""

from difflib import SequenceMatcher

from lsprotocol.types import TextEdit
from trainspec.editing.format import formatted
from trainspec.lsp.documents import Document

_MOST_LINES = 4_000
"""Above this many lines the whole text is one edit: comparing them takes longer than replacing them."""


def edits(document: Document) -> list[TextEdit]:
    """What brings a document into its canonical form; nothing where it is, or where it cannot be formatted."""
    old, new = document.source.text, formatted(document.source).text
    if old == new:
        return []
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(before) > _MOST_LINES:
        return [TextEdit(document.places.range(0, len(old)), new)]
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    changed = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [
        TextEdit(document.places.range(starts[first], starts[last]), "".join(after[start:end]))
        for kind, first, last, start, end in changed
        if kind != "equal"
    ]
