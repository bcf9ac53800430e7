"""The comments `# trainspec: ignore[TS123] reason` of a file: where they are, and what they silence.

At the end of a line it silences what is found on that line; on a line of its own, what is found in the whole entry or
item that begins below it; `ignore-file` the whole file.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from typing import NamedTuple

from trainspec.diagnostics import Code, Diagnostic, Edit, Fix, Span, codes, did_you_mean, the_one
from trainspec.diagnostics.codes import can_be_ignored
from trainspec.rules.support.registry import known_codes
from trainspec.safety.budget import spend
from trainspec.text.events import events, yaml_error
from trainspec.text.source import Source
from trainspec.text.tree import Mapping, Node, Scalar
from trainspec.text.tree import Sequence as List

_DIRECTIVE = re.compile(r"#[ \t]*trainspec:[ \t]*([A-Za-z][\w-]*)[ \t]*(\[[^\]\n]*\]?)?")
_STEPS_OF_IGNORE = 5
_LINE = re.compile(r"[^\r\n]*")
_WORDS = ("ignore", "ignore-file")
_NO_CODES: Map[str, Code] = {}


def read_ignores(
    source: Source, root: Node | None, policies: Map[str, Code] = _NO_CODES
) -> "tuple[list[Ignore], list[Diagnostic]]":
    """What the comments of a file silence, and what is wrong with them.

    `policies` are codes in addition to trainspec's own.
    """
    ignores: list[Ignore] = []
    findings: list[Diagnostic] = []
    if root is not None and _DIRECTIVE.search(source.text):
        known, ends, below = {**known_codes(), **policies}, _ends(root), _below(source.lines())
        patches = lines_of_patches(root)
        for comment in _comments(source):
            findings += _read(comment, _reach(comment, below, ends), known, ignores, comment.span.line in patches)
    return ignores, findings


def lines_of_patches(root: Node | None) -> range:
    """The lines of `environments`."""
    entry = root.entry("environments") if isinstance(root, Mapping) else None
    return range(entry.key.span.line, entry.value.span.end_line + 1) if entry else range(0)


class _Comment(NamedTuple):
    """A directive: its word, the words in brackets after it (None without any), and its place."""

    word: str
    listed: str | None
    span: Span
    word_span: Span
    is_own_line: bool


class Ignore(NamedTuple):
    """A code that is silenced on the lines `first` to `last`, and the place where that is written.

    One `in_patch` is in `environments`, of which a run analyses one.
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
    """Add the ignores of `comment` to `ignores`; returns what is wrong with it."""
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


# ---------------------------------------------------------------------- where the comments are, and what they reach


def _comments(source: Source) -> Iterator[_Comment]:
    """The directives of a file, in order: comments that look like one. Nothing inside a scalar is one."""
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
    """The beginnings and ends of the scalars in `text`, as offsets. A block scalar begins after its header's line."""
    starts: list[int] = []
    ends: list[int] = []
    try:
        for event in events(text):
            if type(event).__name__ == "ScalarEvent":
                start = event.start_mark.index
                if event.style in ("|", ">"):
                    header = _LINE.match(text, start)
                    start = header.end() if header else start
                starts.append(start)
                ends.append(event.end_mark.index)
    except yaml_error():
        pass  # reported already; what follows it is not read
    return starts, ends


def _reach(comment: _Comment, below: Sequence[int], ends: dict[int, int]) -> tuple[int, int]:
    """The first and the last line that `comment` is about. `below` has the next line with more than a comment."""
    line = comment.span.line
    if comment.word == "ignore-file":
        return 1, len(below)
    if not comment.is_own_line:
        return line, line
    return below[line - 1], ends.get(below[line - 1], below[line - 1])


def _below(lines: Sequence[str]) -> list[int]:
    """For each line, the number of the first one from there on that has more than a comment; else its own."""
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
