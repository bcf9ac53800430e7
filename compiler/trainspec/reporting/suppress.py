"""What the comments of a file silence, and which of them silence nothing."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trainspec.diagnostics import Code, Diagnostic, Edit, Fix, Severity, Span, codes
from trainspec.diagnostics.codes import can_be_ignored
from trainspec.reporting.comments import Ignore, lines_of_patches, read_ignores
from trainspec.safety.budget import spend
from trainspec.text.source import Source
from trainspec.text.tree import Node

_STEPS_OF_UNUSED = 60


class Suppressed(NamedTuple):
    """What is left of findings. `used` are the comments in other files that silenced something.

    `is_whole` is false after an error that cannot be silenced: not everything was checked then.
    """

    findings: tuple[Diagnostic, ...]
    used: frozenset[Ignore]
    is_whole: bool


def suppress(
    findings: Sequence[Diagnostic],
    source: Source,
    root: Node | None,
    others: Sequence[tuple[Source, Node | None]] = (),
    policies: Mapping[str, Code] | None = None,
) -> Suppressed:
    """`findings` without those that a comment silences, and with what is wrong with the comments of `source`.

    `root` is the file's own tree, `others` has the files that it builds on with theirs: their comments silence what
    is found in them. A comment that silences nothing is only reported if no error is left.
    """
    known = policies or {}
    own, wrong = read_ignores(source, root, known)
    reported = list(wrong)
    left = list(findings)
    used: set[Ignore] = set()
    for name, ignores in [
        (source.name, own),
        *((each.name, read_ignores(each, tree, known)[0]) for each, tree in others),
    ]:
        silenced = _Silenced(ignores, name)
        left = [found for found in left if not silenced.has(found)]
        used |= silenced.used
    is_whole = not any(found.severity is Severity.ERROR and not can_be_ignored(found.code) for found in left)
    if is_whole:
        spend(_STEPS_OF_UNUSED * sum(ignore not in used and not ignore.in_patch for ignore in own))
        has_environments = any(lines_of_patches(tree) for tree in (root, *(tree for _, tree in others)))
        reported += (
            unused(ignore) if has_environments else unused(ignore)._replace(fix=_without(ignore, source))
            for ignore in own
            if ignore not in used and not ignore.in_patch
        )
    kept = tuple(sorted([*left, *reported], key=Diagnostic.sort_key)) if reported else tuple(left)
    return Suppressed(kept, frozenset(used.difference(own)), is_whole)


class _Silenced:
    """Ignores of one file by code and line; those that silenced something are in `used`.

    The blocks that they reach are entries of one tree, so no line lies in more of them than a tree may be deep; a
    second ignore of the same code with the same reach has nothing left to silence.
    """

    def __init__(self, ignores: Sequence[Ignore], path: str) -> None:
        self.used: set[Ignore] = set()
        self._path = path
        self._by_line: dict[tuple[str, int], list[Ignore]] = {}
        self._at_end: dict[tuple[str, int], Ignore] = {}
        reaches: set[tuple[str, int, int]] = set()
        for each in ignores:
            reach = (each.code.id, each.first, each.last)
            if reach in reaches:
                continue
            reaches.add(reach)
            spend(each.last - each.first)
            for line in range(each.first, each.last + 1):
                self._by_line.setdefault((each.code.id, line), []).append(each)
            if each.is_line:
                self._at_end[(each.code.id, each.first)] = each

    def has(self, found: Diagnostic) -> bool:
        """Whether an ignore reaches the finding, or the place where its value is used."""
        if not self._by_line or not can_be_ignored(found.code):
            return False
        hit: set[Ignore] = set()
        for span in (found.span, *(label.span for label in found.labels)):
            if span.path == self._path:
                hit.update(self._by_line.get((found.code.id, span.line), ()))
                at_end = self._at_end.get((found.code.id, span.end_line))
                hit.update(() if at_end is None else (at_end,))
        self.used |= hit
        return bool(hit)


def unused(ignore: Ignore) -> Diagnostic:
    """The finding about a comment that silences nothing."""
    message = f"there is no {ignore.code.id} here: {ignore.code.summary}"
    return Diagnostic(codes.UNUSED_IGNORE, ignore.span, message, "remove the comment, or the code from it")


def _without(ignore: Ignore, source: Source) -> Fix | None:
    """The edit that removes the code from its comment, or the comment: to the end of its line, or the complete line."""
    span = ignore.span
    written = source.at(span)
    before, _, listed = written.rpartition("[")
    left = [each.strip() for each in listed.rstrip("]").split(",") if each.strip() != ignore.code.id]
    if left:
        return Fix((Edit(span, f"{before}[{', '.join(left)}]"),))
    line = source.at(Span(span.path, span.line, 1, span.line + 1, 1))
    length = len(line.rstrip("\r\n\x85\u2028\u2029"))
    blank = len(line[: span.column - 1].rstrip())
    if blank:
        return Fix((Edit(Span(span.path, span.line, blank + 1, span.line, length + 1), ""),), removes_comment=True)
    if length == len(line):
        return None  # the text ends here, without a line break
    return Fix((Edit(Span(span.path, span.line, 1, span.line + 1, 1), ""),), removes_comment=True)
