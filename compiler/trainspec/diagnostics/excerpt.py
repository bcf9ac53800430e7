"""Source lines with markers under the places that a finding is about."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from trainspec.diagnostics.model import Span

Lines = Callable[[str], Sequence[str]]
"""Gives the lines of a file by the name that spans use; none if it cannot be read."""

Paint = Callable[[str], str]

WIDEST = 160
"""The longest piece of a line that is shown, in characters."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to mark: the marker, the text next to it, and the color."""

    span: Span
    sign: str
    text: str
    paint: Paint


@dataclass(frozen=True, slots=True)
class _Row:
    """One marked line: the characters `start` to `end` (exclusive, from 0) of line `number`."""

    number: int
    start: int
    end: int
    mark: Mark
    is_last: bool


def concealing(lines: Lines, spans: Collection[Span], conceal: Callable[[str], str] = str) -> Lines:
    """The same lines, every character of `spans` a `*`, and of what `conceal` masks."""

    def concealed(path: str) -> Sequence[str]:
        written = lines(path)
        shown = conceal("\n".join(written)).split("\n") if written else []
        for span in (span for span in spans if span.path == path):
            for number in range(span.line, min(span.end_line, len(shown)) + 1):
                text = shown[number - 1]
                start = span.column - 1 if number == span.line else 0
                end = span.end_column - 1 if number == span.end_line else len(text)
                shown[number - 1] = text[:start] + "*" * (min(end, len(text)) - start) + text[end:]
        return shown

    return cache(concealed)


def excerpt(marks: Sequence[Mark], lines: Lines, notes: Iterable[str] = ()) -> Iterator[str]:
    """The places in order: the first one's file and line, its source, then the others', by file; then the notes.

    A line is shown once for each place in it; of a place on several lines, the first and the last are shown.
    """
    files = [lines(mark.span.path) for mark in marks]
    rows = [tuple(_rows(mark, text)) for mark, text in zip(marks, files, strict=True)]
    gutter = " " * max((len(str(row.number)) for group in rows for row in group), default=1)
    for index, (mark, text, group) in enumerate(zip(marks, files, rows, strict=True)):
        span = mark.span
        is_first_of_file = index == 0 or marks[index - 1].span.path != span.path
        if is_first_of_file:
            arrow = "-->" if index == 0 else ":::"
            yield f"{gutter}{arrow} {visible(span.path)}:{span.line}:{span.column}"
            if group:
                yield f"{gutter} |"
        elif group:
            yield f"{gutter} ⋮"
        last = None
        for row in group:
            if last is not None and row.number > last + 1:
                yield f"{gutter} ⋮"
            last = row.number
            yield from _marked(row, text[row.number - 1], gutter)
    yield from (f"{gutter} = {note}" for note in notes)


def _rows(mark: Mark, text: Sequence[str]) -> Iterator[_Row]:
    span = mark.span
    end_line, end_column = span.end_line, span.end_column
    if end_column == 1 and end_line > span.line:  # it ends with its last line, as a block scalar does
        end_line, end_column = end_line - 1, len(text[end_line - 2]) + 1 if end_line - 2 < len(text) else 1
        while end_line > span.line and not text[end_line - 1 : end_line][0].strip():
            end_line, end_column = end_line - 1, len(text[end_line - 2]) + 1
    if span.line > len(text):
        return
    first = text[span.line - 1]
    if end_line <= span.line or end_line > len(text):
        end = end_column - 1 if end_line == span.line else len(first)
        yield _Row(span.line, span.column - 1, end, mark, is_last=True)
        return
    last = text[end_line - 1]
    yield _Row(span.line, span.column - 1, len(first), mark, is_last=False)
    yield _Row(end_line, len(last) - len(last.lstrip()), end_column - 1, mark, is_last=True)


def _marked(row: _Row, text: str, gutter: str) -> Iterator[str]:
    start, end = min(row.start, len(text)), min(max(row.end, row.start + 1), len(text) + 1)
    cut = max(0, start - WIDEST // 2) if len(text) > WIDEST else 0
    piece = "".join(" " if not each.isprintable() else each for each in text[cut : cut + WIDEST])
    before, marked = piece[: start - cut], piece[start - cut : end - cut]
    tail = f" {row.mark.text}" if row.is_last and row.mark.text else ""
    marker = row.mark.sign[0] + row.mark.sign[-1] * (_cells(marked) - 1)
    yield f"{row.number:>{len(gutter)}} | {piece}".rstrip()
    yield f"{gutter} | {' ' * _cells(before)}{row.mark.paint(marker + tail)}"


def _cells(text: str) -> int:
    """How many columns `text` takes on a terminal: East Asian wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return len(text) + wide - sum(unicodedata.category(each) in ("Mn", "Me", "Cf") for each in text)


def visible_json(data: object) -> str:
    """`data` as JSON on separate lines, with an escape for each character that `visible` would change."""
    import json

    text = json.dumps(data, indent=2, ensure_ascii=False)
    if text.replace("\n", "").isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text)


def visible(text: str) -> str:
    """`text` without characters that could move the cursor or hide in a terminal."""
    return text if text.isprintable() else "".join(e if e.isprintable() else repr(e)[1:-1] for e in text)
