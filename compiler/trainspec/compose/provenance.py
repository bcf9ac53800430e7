"""Where a value of the composed document was written, and what it replaced."""

from collections.abc import Iterator
from typing import NamedTuple

from trainspec.diagnostics import Span
from trainspec.text.tree import Mapping, Node, Path, Scalar, Sequence, find
from trainspec.text.typing import is_null


class Overridden(NamedTuple):
    """A value that another one replaced; `text` is None for a map or list."""

    span: Span
    text: str | None


class Origin(NamedTuple):
    """Where a value comes from: written at `span`, inherited at `via` through an alias or a variable.

    `is_implied` means that nothing is written at the path itself: what is written above it implies the value.
    `overrode` has the values that it replaced, the last one first.
    """

    span: Span
    via: Span | None
    is_implied: bool
    overrode: tuple[Overridden, ...]


def origin(root: Mapping, path: Path) -> Origin:
    """The origin of the value at `path` of the composed document `root`."""
    replacing: Node = root
    is_implied = False
    via = None
    for length in range(1, len(path) + 1):
        above, node = find(root, path[: length - 1]), find(root, path[:length])
        if node is above:
            is_implied = True
            break
        via = node.via or via
        if node.replaced is not None:
            replacing = node
    written = find(root, path)
    return Origin(written.span, via, is_implied, tuple(_overridden(replacing)))


def _overridden(node: Node) -> Iterator[Overridden]:
    while node.replaced is not None:
        node = node.replaced
        if isinstance(node, Scalar):
            yield Overridden(node.span, "null" if is_null(node) else node.text)
        elif isinstance(node, Mapping | Sequence):
            yield Overridden(node.span, None)
