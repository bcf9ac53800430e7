"""Laying one tree over another: maps merge by key, lists and scalars replace, `null` removes."""

from trainspec.text.tree import Entry, Mapping, Node, mapping
from trainspec.text.typing import is_null


def merge(base: Node | None, over: Node) -> Node:
    """`over` laid over `base`. Keys keep the order of `base`; a null removes what `base` has under its key."""
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    merged = {entry.key.text: entry for entry in base.entries}
    for entry in over.entries:
        below = merged.get(entry.key.text)
        if below is not None and is_null(entry.value):
            del merged[entry.key.text]
        else:
            value = merge(below.value, entry.value) if below else entry.value
            merged[entry.key.text] = Entry(entry.key, value)
    return mapping(tuple(merged.values()), over.span)
