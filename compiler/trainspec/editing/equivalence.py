"""Whether an edited file still means the same: compares its tree with the one before."""

from collections.abc import Iterable, Sequence

from trainspec.diagnostics import Edit
from trainspec.text.parse import parse
from trainspec.text.source import Source
from trainspec.text.spelling import value_of
from trainspec.text.tree import Entry, Mapping, Node, Scalar
from trainspec.text.tree import Sequence as List


def is_same(old: Node | None, new: Node | None) -> bool:
    """Whether two trees say the same; the order of a map's keys says nothing."""
    if isinstance(old, Scalar) and isinstance(new, Scalar):
        return (old.text, old.plain) == (new.text, new.plain)
    if isinstance(old, List) and isinstance(new, List):
        return len(old.items) == len(new.items) and all(map(is_same, old.items, new.items))
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        values = {entry.key.text: entry.value for entry in new.entries}
        return len(values) == len(old.entries) and all(
            entry.key.text in values and is_same(entry.value, values[entry.key.text]) for entry in old.entries
        )
    return old is None and new is None


def is_sound(old: Source, new: Source, edits: Sequence[Edit]) -> bool:
    """Whether `new`, `old` after `edits`, parses no worse and means the same except for what they are about."""
    before, old_findings = parse(old)
    after, new_findings = parse(new)
    codes = [found.code.id for found in old_findings]
    if any(found.code.id not in codes for found in new_findings) or len(new_findings) > len(old_findings):
        return False
    return before is not None and after is not None and _is_same_but(before, after, edits)


def _is_same_but(old: Node, new: Node, edits: Sequence[Edit]) -> bool:
    if any(edit.span.contains(old.span) for edit in edits):
        return True
    if isinstance(old, Scalar) and isinstance(new, Scalar):
        is_edited = any(old.span.contains(edit.span) for edit in edits)
        return is_edited or (old.text, old.plain) == (new.text, new.plain)
    if isinstance(old, List) and isinstance(new, List):
        pairs = zip(old.items, new.items, strict=False)
        return len(old.items) == len(new.items) and all(_is_same_but(one, other, edits) for one, other in pairs)
    if isinstance(old, List) and isinstance(new, Mapping):
        return _pairs(old) == [(entry.key.text, _text(entry.value)) for entry in new.entries]
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return _is_same_map_but(old.entries, new, edits)
    return False


def _is_same_map_but(old: Iterable[Entry], new: Mapping, edits: Sequence[Edit]) -> bool:
    """Keys that an edit renames have their new names; what a merge key provided under such a name is overridden."""
    renamed = {
        entry.key.text: value_of(edit.text) for entry in old for edit in edits if entry.key.span.contains(edit.span)
    }
    names = set()
    for entry in old:
        if entry.key.text not in renamed and entry.key.text in renamed.values():
            continue
        name = renamed.get(entry.key.text, entry.key.text) or ""
        names.add(name)
        value = new.get(name)
        if value is None or not _is_same_but(entry.value, value, edits):
            return False
    return names == set(new.keys())


def _pairs(found: List) -> list[tuple[str | None, str | None]]:
    """The pairs of a list of maps with two entries each."""
    items = [item.entries for item in found.items if isinstance(item, Mapping)]
    return [(_text(item[0].value), _text(item[-1].value)) for item in items if len(item) == 2]


def _text(node: Node) -> str | None:
    return node.text if isinstance(node, Scalar) else None
