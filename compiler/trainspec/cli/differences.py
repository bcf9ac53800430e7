"""What a command would change in a spec, as a diff. No secret is shown, also where it merely stands nearby."""

import difflib
from collections.abc import Iterator

from trainspec.diagnostics import Span
from trainspec.diagnostics.excerpt import concealing
from trainspec.rules.secrets import conceal, is_secret_by_name
from trainspec.text.parse import parse
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Node, Scalar


def difference(old: Source, new: Source) -> Iterator[str]:
    """The lines of a unified diff."""
    yield from difflib.unified_diff(_lines(old), _lines(new), f"a/{old.name}", f"b/{new.name}", lineterm="")


def _lines(source: Source) -> list[str]:
    tree, _ = parse(source)
    secrets = set(_secrets(tree)) if tree is not None else ()
    lines = list(concealing(lambda _: source.lines(), secrets, conceal)(source.name))
    if lines[-1]:
        lines[-1] += "\n\\ No newline at end of file"
        return lines
    return lines[:-1]


def _secrets(node: Node) -> Iterator[Span]:
    """Where values stand whose names speak of secrets."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            value = entry.value
            if isinstance(value, Scalar) and is_secret_by_name(entry.key.text, value.text):
                yield value.span
            yield from _secrets(value)
    elif not isinstance(node, Scalar):
        for item in node.items:
            yield from _secrets(item)
