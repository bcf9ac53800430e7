"""Positions in a text, as the protocol counts them: lines from 0, and code units of the client's encoding in a line.

trainspec counts characters from 1, and breaks lines where YAML does; the protocol breaks them at LF, CR and CRLF only.
So a position is converted through its offset in the text.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from lsprotocol.types import Position, PositionEncodingKind, Range
from trainspec.diagnostics import Span
from trainspec.text.source import Source

_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Places:
    """A source with its lines as the client counts them. `encoding` is the one that was agreed on."""

    source: Source
    encoding: PositionEncodingKind | str = PositionEncodingKind.Utf16
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0, *(found.end() for found in _BREAK.finditer(self.source.text))]
        object.__setattr__(self, "_starts", starts)

    def offset(self, position: Position) -> int:
        """The offset of a position; one after the end of its line, or of the text, becomes that end."""
        text = self.source.text
        if position.line >= len(self._starts):
            return len(text)
        start = self._starts[position.line]
        end = self._starts[position.line + 1] if position.line + 1 < len(self._starts) else len(text)
        line = text[start:end].rstrip("\r\n")
        left = position.character
        for index, character in enumerate(line):
            if left <= 0:
                return start + index
            left -= self._units(character)
        return start + len(line)

    def position(self, offset: int) -> Position:
        """The position of an offset in the text."""
        line = bisect_right(self._starts, offset) - 1
        return Position(line, self._units(self.source.text[self._starts[line] : offset]))

    def range(self, start: int, end: int) -> Range:
        """The range between two offsets."""
        return Range(self.position(start), self.position(end))

    def of(self, span: Span) -> Range:
        """The range of a finding's place. A place that the text no longer has becomes its beginning."""
        try:
            return self.range(*self.source.offsets(span))
        except IndexError:
            return self.range(0, 0)

    def _units(self, text: str) -> int:
        if self.encoding == PositionEncodingKind.Utf32 or text.isascii():
            return len(text)
        if self.encoding == PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(character > "\uffff" for character in text)
