"""Reads a spec's text: whatever is at the path becomes a text or one clear finding."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trainspec.diagnostics import Diagnostic, Span, codes
from trainspec.disk.reading import UnreadableError, read_typed

if TYPE_CHECKING:
    from trainspec.disk.tree import Tree

MAX_BYTES = 1024 * 1024
"""The largest file that is read. The longest specs known have some 30 KB."""

_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_UNPRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_PLAIN = bytes((*b"\t\n\r", *range(0x20, 0x7F)))
"""Characters that are always allowed: a text of only these needs no check by the pattern, which is slow to compile."""
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Source(NamedTuple):
    """A file's text under its name in findings (its path from the project's root)."""

    name: str
    text: str

    def lines(self) -> list[str]:
        """The text's lines without their ends, split where YAML splits them."""
        return _BREAK.split(self.text)

    def offsets(self, span: Span) -> tuple[int, int]:
        """The beginning and the end of `span`, as offsets in the text."""
        starts = _line_starts(self.text)
        return starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1

    def at(self, span: Span) -> str:
        """The text at `span`."""
        start, end = self.offsets(span)
        return self.text[start:end]


@lru_cache(maxsize=4)
def _line_starts(text: str) -> tuple[int, ...]:
    """The beginnings of the lines of `text`, and its end."""
    return (0, *(found.end() for found in _BREAK.finditer(text)), len(text))


def read_source(path: Path, name: str) -> Source | Diagnostic:
    """The text of the file at a path that the user typed, or why it cannot be read. Links are followed."""
    return _source(lambda: read_typed(path, MAX_BYTES), name)


def read_in(tree: "Tree", file: str, name: str) -> Source | Diagnostic:
    """The text of a `file` of a tree, with the `name` that findings use; or why it cannot be read."""
    return _source(lambda: tree.read(file, MAX_BYTES), name)


def _source(read: Callable[[], bytes], name: str) -> Source | Diagnostic:
    try:
        content = read()
    except UnreadableError as why:
        return _unreadable(name, str(why))
    return decode(content, name)


def decode(content: bytes, name: str) -> Source | Diagnostic:
    """`content` as text: UTF-8, with or without a byte order mark."""
    if content.startswith(_UTF16_MARKS):
        return _unreadable(name, "is UTF-16 text", "save it as UTF-8")
    content = content.removeprefix(_UTF8_MARK)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        span = _place(name, before)
        message = f"byte 0x{content[error.start]:02x} is not UTF-8 text"
        return Diagnostic(codes.UNREADABLE, span, message, "save the file as UTF-8")
    if content.translate(None, _PLAIN) and (found := re.search(_UNPRINTABLE, text)) is not None:
        span = _place(name, text[: found.start()])
        character = f"U+{ord(found.group()):04X}"
        advice = 'remove it; in double quotes it can be written as an escape, such as "\\x07"'
        return Diagnostic(codes.UNREADABLE, span, f"the character {character} is not allowed in YAML", advice)
    return Source(name, text)


def _place(name: str, before: str) -> Span:
    lines = _BREAK.split(before)
    line, column = len(lines), len(lines[-1]) + 1
    return Span(name, line, column, line, column + 1)


def _unreadable(name: str, why: str, advice: str | None = None) -> Diagnostic:
    return Diagnostic(codes.UNREADABLE, Span(name, 1, 1, 1, 1), f"{name} {why}", advice)
