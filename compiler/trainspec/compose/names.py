"""What `${...}` can name, and what the values of a document do name."""

import re
from collections.abc import Iterator

from trainspec.text.tree import Mapping, Node, Sequence

REFERENCE = re.compile(r"\$\$\{|\$\{([^{}\n]*)(\}?)")


def leaves(prefix: str, node: Node | None) -> Iterator[tuple[str, Node]]:
    """The dotted names under which `node` and the values of its maps can be referred to."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield f"{prefix}.{entry.key.text}", entry.value
            yield from leaves(f"{prefix}.{entry.key.text}", entry.value)


def mentioned(node: Node | None, kind: str = "vars") -> Iterator[str]:
    """The names of the variables of a kind that `${...}` in the values of `node` name, resolved or not."""
    waiting = [] if node is None else [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            waiting += [entry.value for entry in reversed(each.entries)]
        elif isinstance(each, Sequence):
            waiting += reversed(each.items)
        elif "${" in each.text:
            names = (found.group(1) for found in REFERENCE.finditer(each.text) if found.group(1) is not None)
            yield from (name.strip().split(".")[1] for name in names if name.strip().startswith(f"{kind}."))
