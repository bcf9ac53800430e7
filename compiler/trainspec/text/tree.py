"""The located tree: YAML as it was written, every node with its position.

A scalar keeps the author's characters and whether they were quoted; their type depends on where they are used (see
`trainspec.text.typing`). A node's `span` is where it was written; `via` is where an alias or a variable used it to,
if one did; `replaced` is what it took the place of when documents were laid over each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeAlias

from trainspec.diagnostics import Edit, Fix, Span

_FEW = 8
"""In a map of so few entries a key is looked for one by one; a larger one gets an index when it is first asked."""

Path: TypeAlias = tuple[str | int, ...]


CHARACTERS_OF_A_NODE = 512


@dataclass(slots=True, unsafe_hash=True)
class Scalar:
    """A single value. `plain` is true where the author wrote no quotes and no `|` or `>`."""

    text: Final[str]
    span: Final[Span]
    plain: Final[bool] = True
    via: Final[Span | None] = None
    replaced: Final["Node | None"] = field(default=None, compare=False, repr=False)

    @property
    def size(self) -> int:
        """One node, and one more for each 512 characters: a long string that aliases repeat is work, too."""
        return 1 + len(self.text) // CHARACTERS_OF_A_NODE


@dataclass(slots=True, unsafe_hash=True)
class Sequence:
    """A list. `size` counts the nodes below it, aliases written out."""

    items: Final[tuple["Node", ...]]
    span: Final[Span]
    size: Final[int]
    via: Final[Span | None] = None
    replaced: Final["Node | None"] = field(default=None, compare=False, repr=False)


class Entry(NamedTuple):
    """A key of a map with its value."""

    key: Scalar
    value: "Node"


@dataclass(slots=True, unsafe_hash=True)
class Mapping:
    """A map, keys in the order they were written, none twice. `size` counts the nodes below it, aliases written out."""

    entries: Final[tuple[Entry, ...]]
    span: Final[Span]
    size: Final[int]
    via: Final[Span | None] = None
    replaced: Final["Node | None"] = field(default=None, compare=False, repr=False)
    _by_key: dict[str, Entry] | None = field(default=None, init=False, compare=False, repr=False)

    def entry(self, key: str) -> Entry | None:
        """The entry of `key`, or None."""
        if len(self.entries) <= _FEW:
            for entry in self.entries:  # half the time of next() over a generator
                if entry.key.text == key:
                    return entry
            return None
        by_key = self._by_key
        if by_key is None:
            by_key = {entry.key.text: entry for entry in self.entries}
            self._by_key = by_key
        return by_key.get(key)

    def get(self, key: str) -> "Node | None":
        """The value of `key`, or None."""
        entry = self.entry(key)
        return entry.value if entry else None

    def keys(self) -> Iterator[str]:
        """The keys' texts."""
        return (entry.key.text for entry in self.entries)


Node: TypeAlias = Scalar | Sequence | Mapping


def sequence(items: tuple[Node, ...], span: Span) -> Sequence:
    """A list of `items`."""
    return Sequence(items, span, 1 + sum([item.size for item in items]))


def mapping(entries: tuple[Entry, ...], span: Span) -> Mapping:
    """A map of `entries`, whose keys must differ."""
    return Mapping(entries, span, _size(entries))


def _size(entries: tuple[Entry, ...]) -> int:
    return 1 + len(entries) + sum([entry.value.size for entry in entries])


def with_entries(node: Mapping, entries: tuple[Entry, ...]) -> Mapping:
    """The same map with other entries, in its place."""
    return Mapping(entries, node.span, _size(entries), node.via, node.replaced)


def with_items(node: Sequence, items: tuple[Node, ...]) -> Sequence:
    """The same list with other items, in its place."""
    return replace(sequence(items, node.span), via=node.via, replaced=node.replaced)


def used_at(node: Node, via: Span) -> Node:
    """The same node, used at `via` through an alias or a variable."""
    return replace(node, via=via)


def depth(node: Node) -> int:
    """How many maps and lists are in each other in `node`."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        each, level = waiting.pop()
        if not isinstance(each, Scalar):
            deepest = max(deepest, level)
            below = [entry.value for entry in each.entries] if isinstance(each, Mapping) else each.items
            waiting += [(one, level + 1) for one in below]
    return deepest


def rewrite_to(node: Node | None, text: str | None, *, is_plain: bool = False) -> Fix | None:
    """The fix that changes the value of the scalar `node` to `text`, without quotes if it `is_plain`.

    None if there is not text, or the node is not a scalar.
    """
    if text is None or not isinstance(node, Scalar):
        return None
    return Fix((Edit(node.span, text, node.text, is_plain),))


def find(root: Node, path: Path) -> Node:
    """The node at `path`, or the last one on the way to it."""
    node = root
    for step in path:
        if isinstance(node, Mapping) and (below := node.get(str(step))) is not None:
            node = below
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return node


def key_span(root: Node, path: Path) -> Span:
    """Where the last key of `path` is written; its value's place where it has no key (an item of a list)."""
    parent = find(root, path[:-1]) if path else root
    entry = parent.entry(str(path[-1])) if isinstance(parent, Mapping) and path else None
    return entry.key.span if entry else find(root, path).span


def dotted(path: Path) -> str:
    """`('jobs', 'train', 'vpc', 'subnets', 0)` as `jobs.train.vpc.subnets[0]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
