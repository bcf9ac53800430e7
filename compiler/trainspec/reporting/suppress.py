"""`# trainspec: ignore[TS123] reason`: comments that silence findings, and what is wrong with such a comment.

At the end of a line it silences what is found on that line; on a line of its own, what is found in the whole entry or
item that begins below it; `ignore-file` the whole file.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trainspec.budget import spend
from trainspec.diagnostics import Code, Diagnostic, Edit, Fix, Severity, Span, codes, did_you_mean, the_one
from trainspec.diagnostics.codes import can_be_ignored
from trainspec.rules.support.registry import known_codes
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Node, Scalar
from trainspec.text.tree import Sequence as List

_DIRECTIVE = re.compile(r"#[ \t]*trainspec:[ \t]*([A-Za-z][\w-]*)[ \t]*(\[[^\]\n]*\]?)?")
_STEPS_OF_IGNORE, _STEPS_OF_UNUSED = 5, 60
_LINE = re.compile(r"[^\r\n]*")
_WORDS = ("ignore", "ignore-file")


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What is left of findings. `used` are the comments in other files that silenced something.

    `is_whole` is false behind an error that cannot be silenced: not everything was looked at then.
    """

    findings: tuple[Diagnostic, ...]
    used: "frozenset[Ignore]"
    is_whole: bool


def suppress(
    findings: Sequence[Diagnostic], source: Source, root: Node | None, others: Sequence[tuple[Source, Node | None]] = ()
) -> Suppressed:
    """`findings` without those that a comment silences, and with what is wrong with the comments of `source`.

    `root` is the file's own tree, `others` holds the files that it builds on with theirs: their comments silence what
    is found in them. Whether a comment silences nothing is told only of a file without errors that it cannot silence.
    """
    own, wrong = read_ignores(source, root)
    told = list(wrong)
    left = list(findings)
    used: set[Ignore] = set()
    for name, ignores in [(source.name, own), *((each.name, read_ignores(each, tree)[0]) for each, tree in others)]:
        silenced = _Silenced(ignores, name)
        left = [found for found in left if not silenced.has(found)]
        used |= silenced.used
    is_whole = not any(found.severity is Severity.ERROR and not can_be_ignored(found.code) for found in left)
    if is_whole:
        spend(_STEPS_OF_UNUSED * sum(ignore not in used and not ignore.in_patch for ignore in own))
        has_environments = any(_patches(tree) for tree in (root, *(tree for _, tree in others)))
        told += (
            unused(ignore) if has_environments else replace(unused(ignore), fix=_without(ignore, source))
            for ignore in own
            if ignore not in used and not ignore.in_patch
        )
    kept = tuple(sorted([*left, *told], key=Diagnostic.sort_key)) if told else tuple(left)
    return Suppressed(kept, frozenset(used.difference(own)), is_whole)


def read_ignores(source: Source, root: Node | None) -> "tuple[list[Ignore], list[Diagnostic]]":
    """What the comments of a file silence, and what is wrong with them."""
    ignores: list[Ignore] = []
    told: list[Diagnostic] = []
    if root is not None and _DIRECTIVE.search(source.text):
        known, ends, below = known_codes(), _ends(root), _below(source.lines())
        patches = _patches(root)
        for comment in _comments(source):
            told += _read(comment, _reach(comment, below, ends), known, ignores, comment.span.line in patches)
    return ignores, told


def _patches(root: Node | None) -> range:
    """The lines of `environments`."""
    entry = root.entry("environments") if isinstance(root, Mapping) else None
    return range(entry.key.span.line, entry.value.span.end_line + 1) if entry else range(0)


@dataclass(frozen=True, slots=True)
class _Comment:
    """A directive: its word, what stands in brackets behind it (None without any), and its place."""

    word: str
    listed: str | None
    span: Span
    word_span: Span
    is_own_line: bool


@dataclass(frozen=True, slots=True)
class Ignore:
    """A code that is silenced on the lines `first` to `last`, and the place where that is written.

    One `in_patch` stands in `environments`, of which a run looks at one.
    """

    code: Code
    first: int
    last: int
    is_line: bool
    span: Span
    in_patch: bool


def _read(
    comment: _Comment, reach: tuple[int, int], known: dict[str, Code], ignores: list[Ignore], in_patch: bool
) -> Iterator[Diagnostic]:
    """Add the ignores that `comment` says to `ignores`; what is wrong with it."""
    if comment.word not in _WORDS:
        if comment.listed is not None:
            near = did_you_mean(comment.word, _WORDS) or "write `ignore[…]` or `ignore-file[…]`"
            one = the_one(comment.word, _WORDS)
            fix = Fix((Edit(comment.word_span, one),)) if one else None
            message = f"there is no `# trainspec: {comment.word}`"
            yield Diagnostic(codes.BAD_IGNORE, comment.span, message, near, fix=fix)
        return
    listed = [each.strip() for each in (comment.listed or "").strip("[]").split(",")]
    named = [each for each in listed if each]
    if not named or not (comment.listed or "").endswith("]"):
        message = f"`{comment.word}` names no codes" if not named else f"the `[` after `{comment.word}` is not closed"
        yield Diagnostic(codes.BAD_IGNORE, comment.span, message, f"for example `{comment.word}[TS540]`")
        return
    first, last = reach
    for id_ in named:
        spend(_STEPS_OF_IGNORE)
        code = known.get(id_)
        if code is None:
            near = did_you_mean(id_, known) or "`trainspec explain` lists the codes"
            yield Diagnostic(codes.BAD_IGNORE, comment.span, f"there is no code `{id_}`", near)
        elif not can_be_ignored(code):
            advice = "fix the error, and remove the comment"
            yield Diagnostic(codes.BAD_IGNORE, comment.span, f"{id_} cannot be ignored: {code.summary}", advice)
        else:
            is_line = first == last and not comment.is_own_line
            ignores.append(Ignore(code, first, last, is_line, comment.span, in_patch))


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
    """The code taken out of its comment, or the comment with it: to the end of its line, or the whole line."""
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
        return None  # the text ends here, without a line's end
    return Fix((Edit(Span(span.path, span.line, 1, span.line + 1, 1), ""),), removes_comment=True)


# ---------------------------------------------------------------------- where the comments are, and what they reach


def _comments(source: Source) -> Iterator[_Comment]:
    """The directives of a text, in order: what looks like one and does not stand in a scalar."""
    starts, ends = _scalars(source.text)
    line_starts = [0, *(end.end() for end in re.finditer(r"\r\n|[\r\n\x85\u2028\u2029]", source.text))]
    for found in _DIRECTIVE.finditer(source.text):
        nearest = bisect_right(starts, found.start()) - 1
        if nearest >= 0 and found.start() < ends[nearest]:
            continue
        line = bisect_right(line_starts, found.start())
        begin = line_starts[line - 1]
        before = source.text[begin : found.start()]
        if before.lstrip().startswith("#"):  # words in another comment, such as a line that was commented out
            continue
        column = found.start() - begin + 1
        span = Span(source.name, line, column, line, column + len(found.group().rstrip()))
        word, end = (position - begin + 1 for position in found.span(1))
        yield _Comment(
            found.group(1), found.group(2), span, Span(source.name, line, word, line, end), not before.strip()
        )


def _scalars(text: str) -> tuple[list[int], list[int]]:
    """Where the scalars of `text` begin and end, as offsets. A block scalar begins behind its header's line."""
    starts: list[int] = []
    ends: list[int] = []
    try:
        for event in _events(text):
            if type(event).__name__ == "ScalarEvent":
                start = event.start_mark.index
                if event.style in ("|", ">"):
                    header = _LINE.match(text, start)
                    start = header.end() if header else start
                starts.append(start)
                ends.append(event.end_mark.index)
    except _yaml_error():
        pass  # told already; what comes behind it is not looked at
    return starts, ends


def _yaml_error() -> type[Exception]:
    import yaml

    return yaml.YAMLError


def _events(text: str) -> Any:
    import yaml

    return yaml.parse(text, Loader=yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader)


def _reach(comment: _Comment, below: Sequence[int], ends: dict[int, int]) -> tuple[int, int]:
    """The first and the last line that `comment` is about. `below` holds the next line with more than a comment."""
    line = comment.span.line
    if comment.word == "ignore-file":
        return 1, len(below)
    if not comment.is_own_line:
        return line, line
    return below[line - 1], ends.get(below[line - 1], below[line - 1])


def _below(lines: Sequence[str]) -> list[int]:
    """For each line, the number of the first one from there on that holds more than a comment; else its own."""
    found, following = [], 0
    for number in range(len(lines), 0, -1):
        text = lines[number - 1].lstrip()
        following = number if text and not text.startswith("#") else following
        found.append(following or number)
    return found[::-1]


def _ends(root: Node | None) -> dict[int, int]:
    """The last line of the entry or item that begins a line, by that line."""
    outermost: dict[int, tuple[int, int]] = {}
    waiting: list[Node] = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        pieces: list[tuple[Span, Node]] = []
        if isinstance(node, Mapping):
            pieces = [(entry.key.span, entry.value) for entry in node.entries]
        elif isinstance(node, List):
            pieces = [(item.via or item.span, item) for item in node.items]
        for start, value in pieces:
            end = value.via or value.span
            last = end.end_line - 1 if end.end_column == 1 and end.end_line > end.line else end.end_line
            column, known = outermost.get(start.line, (start.column, 0))
            if start.column <= column:
                best = last if start.column < column else max(known, last)
                outermost[start.line] = (start.column, best)
            if value.via is None and not isinstance(value, Scalar):
                waiting.append(value)
    return {line: max(line, last) for line, (_, last) in outermost.items()}
