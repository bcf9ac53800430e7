"""The outline of a spec: its sections, and in them jobs, tasks, variables and environments."""

from collections.abc import Iterator

from lsprotocol.types import DocumentSymbol, SymbolKind
from trainspec.lsp.documents import Document
from trainspec.text.tree import Entry, Mapping, Scalar

_KINDS = {
    "dag": SymbolKind.Module,
    "vars": SymbolKind.Namespace,
    "environments": SymbolKind.Namespace,
    "jobs": SymbolKind.Class,
    "sensors": SymbolKind.Class,
    "tasks": SymbolKind.Class,
    "approvals": SymbolKind.Class,
    "triggers": SymbolKind.Class,
}
_INNER = {
    "vars": SymbolKind.Variable,
    "environments": SymbolKind.Package,
    "jobs": SymbolKind.Function,
    "sensors": SymbolKind.Event,
    "tasks": SymbolKind.Function,
    "approvals": SymbolKind.Function,
    "triggers": SymbolKind.Event,
}


def symbols(document: Document) -> list[DocumentSymbol]:
    """The outline of a document; empty if its text is not a map."""
    return list(_sections(document)) if document.root is not None else []


def _sections(document: Document) -> Iterator[DocumentSymbol]:
    for entry in document.root.entries if document.root is not None else ():
        inner = entry.value.entries if isinstance(entry.value, Mapping) and entry.key.text in _INNER else ()
        children = [_symbol(document, each, _INNER[entry.key.text], _detail(each)) for each in inner]
        kind = _KINDS.get(entry.key.text, SymbolKind.Property)
        detail = entry.value.text if isinstance(entry.value, Scalar) and entry.key.text == "trainspec" else ""
        yield _symbol(document, entry, kind, detail, children)


def _detail(entry: Entry) -> str:
    """What distinguishes one job from another at a glance: what it trains with, and whether it is many."""
    if not isinstance(entry.value, Mapping):
        return ""
    for key in ("image", "framework", "algorithm", "operator", "s3", "dag", "subject"):
        node = entry.value.get(key)
        name = node.get("name") if isinstance(node, Mapping) else node
        if isinstance(name, Scalar):
            return f"{key} {name.text.rpartition('/')[2]}"
    return ""


def _symbol(
    document: Document, entry: Entry, kind: SymbolKind, detail: str, children: list[DocumentSymbol] | None = None
) -> DocumentSymbol:
    start, _ = document.source.offsets(entry.key.span)
    key_start, key_end = document.source.offsets(entry.key.span)
    value = entry.value if entry.value.via is None else entry.key
    end = max(key_end, document.source.offsets(value.span)[1])
    return DocumentSymbol(
        entry.key.text or " ",
        kind,
        document.places.range(start, end),
        document.places.range(key_start, key_end),
        detail=detail or None,
        children=children or None,
    )
