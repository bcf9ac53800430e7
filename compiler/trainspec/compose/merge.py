"""Merging one tree onto another: maps merge by key, lists and scalars replace, `null` removes.

What was replaced stays known: a node's `replaced` is what it replaced. So a null that removed something is not
mistaken for one that is a value, also when a further document is merged onto it or under it; `settled` takes such nulls
out. And so a whole `${...}` in between waits: whether it is a map that merges is known when variables are put in.
"""

from dataclasses import replace
from operator import is_

from trainspec.text.tree import Entry, Mapping, Node, Scalar, mapping, with_entries
from trainspec.text.typing import is_null


def merge(base: Node | None, over: Node) -> Node:
    """`over` merged onto `base`. Keys keep the order of `base`."""
    if base is None:
        return over
    waiting = over.replaced
    if waiting is not None and (_waits(waiting) or (_waits(over) and isinstance(waiting, Mapping))):
        return replace(over, replaced=merge(base, waiting))
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return replace(over, replaced=base)
    merged = {entry.key.text: entry for entry in base.entries}
    for entry in over.entries:
        below = merged.get(entry.key.text)
        merged[entry.key.text] = Entry(entry.key, merge(below.value, entry.value)) if below else entry
    laid = mapping(tuple(merged.values()), over.span)
    return replace(laid, replaced=base.replaced) if _waits(base.replaced) else laid


def _waits(node: Node | None) -> bool:
    """Whether `node` is one whole `${...}`, so that it is not known yet what it is."""
    return isinstance(node, Scalar) and node.text.startswith("${") and node.text.endswith("}")


def is_removal(node: Node | None) -> bool:
    """Whether `node` is a null that took something away."""
    return node is not None and node.replaced is not None and is_null(node)


def settled(node: Node) -> Node:
    """`node` without what was removed from its maps; a map above what waits keeps its nulls, which may remove more."""
    if not isinstance(node, Mapping) or _waits(node.replaced):
        return node
    kept = tuple([_settled(entry) for entry in node.entries if not is_removal(entry.value)])
    if len(kept) == len(node.entries) and all(map(is_, kept, node.entries)):
        return node
    return with_entries(node, kept)


def _settled(entry: Entry) -> Entry:
    if isinstance(entry.value, Scalar):
        return entry
    value = settled(entry.value)
    return entry if value is entry.value else Entry(entry.key, value)


def without(node: Mapping, *keys: str) -> Mapping:
    """`node` without some keys."""
    kept = tuple(entry for entry in node.entries if entry.key.text not in keys)
    return with_entries(node, kept)
