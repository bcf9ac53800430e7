"""What is wrong at a path of a document, and the only way to find where that is written."""

from dataclasses import dataclass

from trainspec.diagnostics import Code, Diagnostic, Label
from trainspec.text.tree import Mapping, Node, Path, dotted, find, key_span, rewrite_to


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong at `path`: a finding that has no place yet.

    `on_key` if the path's last key is meant and not its value; `other` is a second, related path;
    it; `fix` is the string that must stand there, where nothing else can have been meant; `member` is the request
    member that the field becomes.
    """

    code: Code
    path: Path
    message: str
    advice: str | None = None
    on_key: bool = False
    other: Path | None = None
    fix: str | None = None
    member: str | None = None


def placed(fault: Fault, root: Node) -> Diagnostic:
    """`fault` at its node in the document `root`; if there is no such node, at the nearest one above."""
    at = nearest(root, fault.path)
    node = find(root, at)
    labels = [Label(node.via, "used here")] if node.via else []
    labels += [Label(key_span(root, fault.other), "the other one")] if fault.other else []
    return Diagnostic(
        fault.code,
        key_span(root, at) if fault.on_key else node.span,
        fault.message,
        fault.advice,
        dotted(fault.path),
        fault.member,
        tuple(labels),
        secret=node.span if fault.code.is_secret else None,
        fix=rewrite_to(_key(root, at) if fault.on_key else node, fault.fix),
    )


def nearest(root: Node, path: Path) -> Path:
    """The longest beginning of `path` that exists."""
    node = root
    for length, step in enumerate(path):
        below = find(node, (step,))
        if below is node:
            return path[:length]
        node = below
    return path


def _key(root: Node, path: Path) -> Node:
    """The last key of `path` as a node; its value if it has no key."""
    parent = find(root, path[:-1])
    entry = parent.entry(str(path[-1])) if isinstance(parent, Mapping) and path else None
    return entry.key if entry else find(root, path)
