"""Which values of a file must not be shown, judging by the names of their keys."""

from collections.abc import Iterator

from trainspec.diagnostics import Span
from trainspec.safety.masking import VALUES_OF_THEIR_MAP, hides, may_name_secrets
from trainspec.text.parse import parse
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Scalar


def secret_places(source: Source) -> frozenset[Span]:
    """The values of a file whose keys, or the options before them, suggest a secret, at any depth."""
    if not may_name_secrets(source.text):
        return frozenset()
    tree, _ = parse(source)
    return frozenset(_places(tree)) if tree is not None else frozenset()


def _places(root: object) -> Iterator[Span]:
    waiting = [("", root)]
    while waiting:
        name, node = waiting.pop()
        if isinstance(node, Scalar):
            if hides(name, node.text):
                yield node.span
        elif isinstance(node, Mapping):
            label = next((each for key in ("name", "key") if isinstance(each := node.get(key), Scalar)), None)
            own = label.text if label else name
            waiting += [
                (own if entry.key.text in VALUES_OF_THEIR_MAP else entry.key.text, entry.value)
                for entry in node.entries
                if entry.value.via is None  # an alias: its value is seen where it is written
            ]
        else:
            before = ["", *(item.text if isinstance(item, Scalar) else "" for item in getattr(node, "items", ()))]
            waiting += [
                (option if option.startswith("-") and "=" not in option else name, item)
                for option, item in zip(before, getattr(node, "items", ()), strict=False)
                if item.via is None
            ]
