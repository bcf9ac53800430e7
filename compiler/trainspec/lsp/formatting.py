"""`trainspec fmt`, as edits of the lines that it changes."""

from lsprotocol.types import TextEdit
from trainspec.editing.format import formatted
from trainspec.lsp.documents import Document
from trainspec.safety.comparing import changes


def edits(document: Document) -> list[TextEdit]:
    """The edits that bring a document into its canonical form.

    None if it already is, or if it cannot be formatted.
    """
    old, new = document.source.text, formatted(document.source).text
    if old == new:
        return []
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    return [
        TextEdit(document.places.range(starts[first], starts[last]), "".join(after[start:end]))
        for kind, first, last, start, end in changes(before, after)
        if kind != "equal"
    ]
