"""`extends`: the files that a file builds on, each read once and merged below it."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from trainspec.compose.merge import merge, without
from trainspec.diagnostics import Diagnostic, Label, Span, codes
from trainspec.text.parse import MAX_NODES, parse
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Node, Scalar, Sequence, mapping
from trainspec.text.typing import is_null

MAX_FILES = 100
"""How many `extends` of one spec are followed."""

Read: TypeAlias = Callable[[str], Source | Diagnostic]
"""Gives the file of a name (a path from the project's root), or says why it cannot be had.

The source's own name may be another one: that of the file which a link leads to.
"""


class Extended(NamedTuple):
    """A file's tree merged onto those of the files that it extends; `sources` and `trees` have all of them by name.

    `entries` has the place in the file itself by which each of the others came in.
    """

    root: Mapping
    findings: tuple[Diagnostic, ...]
    sources: dict[str, Source]
    trees: dict[str, Node | None]
    entries: dict[str, Span]


def extend(source: Source, tree: Mapping, read: Read) -> Extended:
    """The file `source`, whose tree is `tree`, over the files that it extends, these over theirs.

    A file that is reached in several ways counts once, where it is reached first.
    """
    reading = _Reading(read)
    reading.take(source, tree)
    root: Node | None = None
    for layer in reading.layers:
        own = without(layer, "extends") if layer is tree else without(layer, "extends", "trainspec")
        root = merge(root, own)
    assert isinstance(root, Mapping)  # noqa: S101  # maps over maps
    if root.size > MAX_NODES:
        advice = "split the spec"
        message = f"more than {MAX_NODES:,} values, including those in the extended files"
        reading.findings.append(Diagnostic(codes.TOO_LARGE, tree.span, message, advice))
        root = mapping((), tree.span)
    return Extended(root, tuple(reading.findings), reading.sources, reading.trees, reading.entries)


@lru_cache(maxsize=32)
def _parsed(source: Source) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The tree of a file that others extend: the specs of a project extend the same few."""
    tree, findings = parse(source)
    return tree, tuple(findings)


@dataclass(slots=True)
class _Reading:
    """A walk along `extends`. `layers` are the trees of the files that were met, each behind those it extends."""

    read: Read
    layers: list[Mapping] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    trees: dict[str, Node | None] = field(default_factory=dict)
    following: list[str] = field(default_factory=list)
    followed: int = 0
    entries: dict[str, Span] = field(default_factory=dict)

    def take(self, source: Source, tree: Node | None) -> None:
        """Take in a file, the ones that it extends first."""
        self.sources[source.name], self.trees[source.name] = source, tree
        if not isinstance(tree, Mapping):
            return
        self.following.append(source.name)
        for target in self._targets(tree.get("extends")):
            self.followed += 1
            if self.followed > MAX_FILES:
                self._report(target.span, f"more than {MAX_FILES} files are extended, directly or indirectly")
                break
            self._follow(target, source.name)
        self.following.pop()
        self.layers.append(tree)

    def _targets(self, node: Node | None) -> Iterator[Scalar]:
        """The files that an `extends` names."""
        items = node.items if isinstance(node, Sequence) else () if node is None else (node,)
        for item in items:
            if isinstance(item, Scalar) and item.text and not is_null(item):
                yield item
            else:
                message = "`extends` must be a file name or a list of file names"
                advice = "write for example `extends: ../base.yaml`, or remove the line"
                self.findings.append(Diagnostic(codes.WRONG_TYPE, item.span, message, advice, "extends"))

    def _follow(self, target: Scalar, above: str) -> None:
        found = self._file(target, above)
        if isinstance(found, str):
            self._report(target.span, found)
        elif isinstance(found, Diagnostic):
            labels = (Label(found.span, "here"),) if found.span.end_column > found.span.column else ()
            is_gone = found.message.endswith("does not exist")
            advice = f"paths in `extends` are relative to the folder of {above}" if is_gone else None
            self._report(target.span, found.message, found.advice or advice, labels)
        elif found.name in self.following:
            circle = " → ".join((*self.following[self.following.index(found.name) :], found.name))
            self._report(target.span, f"a file cannot extend itself: {circle}")
        elif found.name not in self.sources:
            tree, findings = _parsed(found)
            self.findings += findings
            if tree is not None and not isinstance(tree, Mapping):
                message = "an extended file must be a YAML mapping"
                self.findings.append(Diagnostic(codes.NOT_A_SPEC, tree.span, message))
            self.entries[found.name] = self.entries.get(above, target.span)
            self.take(found, tree)

    def _file(self, target: Scalar, above: str) -> Source | Diagnostic | str:
        """The file that `target` names in the file `above`, or what is wrong with it."""
        if "${" in target.text:
            return "`extends` cannot contain `${...}`: variables are known only after all files are read"
        if not target.text.isprintable():
            return "the file name contains unprintable characters"
        if "://" in target.text:
            return "`extends` accepts files in this project, not URLs; copy the file into the project"
        if target.text.startswith("/"):
            return f"{target.text} is not a path relative to this file; write for example `../base.yaml`"
        name = posixpath.normpath(posixpath.join(posixpath.dirname(above), target.text))
        if name == ".." or (name.startswith("../") and not above.startswith("../")):
            return f"{target.text} is outside the project; only files inside it can be extended"
        return self.sources.get(name) or self.read(name)

    def _report(self, span: Span, message: str, advice: str | None = None, labels: tuple[Label, ...] = ()) -> None:
        self.findings.append(Diagnostic(codes.UNREADABLE, span, message, advice, "extends", labels=labels))
