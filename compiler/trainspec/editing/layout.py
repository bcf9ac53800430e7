"""Rearranges a document line by line: entries in order, each with the comments above it, two-space indentation.

Lines are moved and shifted, and their content stays as it is. Comments above an entry go with it, those at the end of
a map stay at its end, those at the beginning of the file stay there.
"""

import re
from collections.abc import Sequence

from trainspec.editing.ordering import order
from trainspec.editing.shape import Shape
from trainspec.language.order import Place, below

_STEP = 2
_ABOUT_WHAT_FOLLOWS = re.compile(r"#\s*trainspec:\s*ignore\s*\[")
_MARKER = re.compile(r"(?:---|\.\.\.)(?:\s|$)")


class UnusualLayoutError(Exception):
    """The lines are written in a way that cannot be moved with care: they stay as they are."""


def laid_out(lines: Sequence[str], root: Shape, places: tuple[Place, ...]) -> list[str]:
    """The lines of a document whose root is a map or list of lines. Raises UnusualLayoutError."""
    first = root.start.line
    while first > 0 and _is_gap(lines[first - 1]):
        first -= 1
    end = next((at for at in range(_last(root) + 1, len(lines)) if _MARKER.match(lines[at])), len(lines))
    header = _header(lines[first : root.start.line])
    made = _Layout(list(lines)).collection(root, places, 0, first + len(header), end - 1)
    top = _comments(header, 0)
    return [*lines[:first], *(top if first else top[len(_blanks(top)) :]), *made, *lines[end:]]


def _header(lines: Sequence[str]) -> Sequence[str]:
    """The comments at the beginning of a file, up to one that is about what follows."""
    return lines[: next((at for at, line in enumerate(lines) if _ABOUT_WHAT_FOLLOWS.search(line)), len(lines))]


class _Layout:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def collection(self, shape: Shape, places: tuple[Place, ...], column: int, first: int, last: int) -> list[str]:
        """The lines `first` to `last`, which contain `shape`; its entries or items begin at `column`."""
        if shape.kind == "map":
            return self._map(shape, places, column, first, last)
        return self._list(shape, places, column, first, last)

    def _map(self, shape: Shape, places: tuple[Place, ...], column: int, first: int, last: int) -> list[str]:
        entries = shape.entries()
        starts = [key.start.line for key, _ in entries]
        old = entries[0][0].start.column
        for key, _ in entries:
            if self.lines[key.start.line][: key.start.column].strip() or key.start.column != old:
                raise UnusualLayoutError
        leads, tails = self._gaps(starts, [value for _, value in entries], old, first, last)
        made = []
        for (key, value), start, (content, tail) in zip(entries, starts, tails, strict=True):
            if value.is_block:
                head = " " * column + self.lines[start][old:].rstrip()
                inner = below(places, key.text or "")
                made.append([head, *self.collection(value, inner, column + _STEP, start + 1, tail)])
            else:
                made.append(self._moved(start, content, old, column, value))
        wanted = order(entries, places)
        footer = _footer(self.lines[tails[-1][1] + 1 : last + 1], column)
        return [*_joined(made, [_comments(lead, column) for lead in leads], wanted), *footer]

    def _list(self, shape: Shape, places: tuple[Place, ...], column: int, first: int, last: int) -> list[str]:
        old, starts, at = shape.start.column, [], first
        for item in shape.below:
            while at <= last and not self._is_dash(at, old):
                if not _is_gap(self.lines[at]):
                    raise UnusualLayoutError
                at += 1
            starts.append(at)
            at = max(_last(item), at) + 1
        leads, tails = self._gaps(starts, shape.below, old, first, last)
        inner = below(places, None)
        made: list[str] = []
        for item, start, lead, (content, tail) in zip(shape.below, starts, leads, tails, strict=True):
            made += _comments(lead, column)
            made += self._item(item, inner, (old, column), start, content, tail)
        return [*made, *_footer(self.lines[tails[-1][1] + 1 : last + 1], column)]

    def _item(
        self, item: Shape, places: tuple[Place, ...], columns: tuple[int, int], start: int, content: int, tail: int
    ) -> list[str]:
        old, column = columns
        line = self.lines[start]
        begins_here = item.start.line == start and not line[old + 1 : item.start.column].strip()
        has_own_line = not item.is_block or not begins_here or item.below[0].start.line != start
        if item.is_block and has_own_line:
            rest = line[old + 1 :].strip()
            head = " " * column + (f"- {rest}" if rest else "-")
            return [head, *self.collection(item, places, column + _STEP, start + 1, tail)]
        if item.is_block:
            self.lines[start] = " " * item.start.column + line[item.start.column :]
            made = self.collection(item, places, column + _STEP, start, tail)
            if _is_gap(made[0]):  # the entry that comes first has a comment, which cannot be written after the dash
                made = self.collection(item, (), column + _STEP, start, tail)
            return [" " * column + "- " + made[0].lstrip(), *made[1:]]
        made = self._moved(start, content, old, column, item)
        return [made[0][: column + 1] + " " + made[0][column + 1 :].lstrip(), *made[1:]] if begins_here else made

    def _moved(self, start: int, content: int, old: int, column: int, value: Shape) -> list[str]:
        """The lines of an entry or item with a scalar, an alias or a flow collection."""
        first, *others = self.lines[start : content + 1]
        shifted = [" " * column + first[old:], *(_shifted(line, column - old) for line in others)]
        if not value.is_block_text:
            shifted[-1] = shifted[-1].rstrip()
        return shifted

    def _gaps(
        self, starts: Sequence[int], values: Sequence[Shape], column: int, first: int, last: int
    ) -> tuple[list[list[str]], list[tuple[int, int]]]:
        """The lines above each entry; and for each, the last line of its value and that of what belongs to it.

        Comments that are indented further than the entry belong to its value, if that has its own lines.
        """
        leads = [self.lines[first : starts[0]]]
        tails = []
        for start, value, following in zip(starts, values, [*starts[1:], last + 1], strict=True):
            content = max(start, min(_last(value), following - 1))
            if _ends_in_blanks_of_no_account(value):
                while content > start and not self.lines[content].strip():
                    content -= 1
            tail = content
            for number in range(content + 1, following if value.is_block else 0):
                line = self.lines[number]
                if line.strip() and len(line) - len(line.lstrip()) <= column:
                    break
                tail = number if line.strip() else tail
            tails.append((content, tail))
            leads.append(self.lines[tail + 1 : following])
        if not all(_is_gap(line) for lead in leads for line in lead):
            raise UnusualLayoutError
        return leads[:-1], tails

    def _is_dash(self, number: int, column: int) -> bool:
        line = self.lines[number]
        return not line[:column].strip() and line[column : column + 1] == "-"


def _joined(made: Sequence[Sequence[str]], leads: Sequence[list[str]], wanted: Sequence[int]) -> list[str]:
    """The entries in the requested order, each below its comments; the first one keeps no blank lines above it."""
    leads, one = list(leads), wanted[0]
    if one != 0:
        leads[0] = [*_blanks(leads[one]), *leads[0][len(_blanks(leads[0])) :]]
        leads[one] = leads[one][len(_blanks(leads[one])) :]
    return [line for index in wanted for line in (*leads[index], *made[index])]


def _blanks(lead: Sequence[str]) -> list[str]:
    """The blank lines at the beginning."""
    number = next((at for at, line in enumerate(lead) if line), len(lead))
    return list(lead[:number])


def _comments(lines: Sequence[str], column: int) -> list[str]:
    """Comments, indented, with no more than one blank line between them."""
    made: list[str] = []
    for line in lines:
        text = line.strip()
        if text or not made or made[-1]:
            made.append(" " * column + text if text else "")
    return made


def _footer(lines: Sequence[str], column: int) -> list[str]:
    """Comments after the last entry, without blank lines after them."""
    made = _comments(lines, column)
    return made[:-1] if made and not made[-1] else made


def _shifted(line: str, by: int) -> str:
    if by >= 0:
        return " " * by + line if line else line
    return line[min(-by, len(line) - len(line.lstrip(" "))) :]


def _last(shape: Shape) -> int:
    """The last line of a shape."""
    end = shape.end
    return end.line - 1 if end.column == 0 and end.line > shape.start.line else end.line


def _ends_in_blanks_of_no_account(shape: Shape) -> bool:
    """Whether blank lines at its end have no meaning: it is a block scalar without `+`, or ends in one."""
    while shape.is_block:
        shape = shape.below[-1]
    return shape.is_block_text and not shape.keeps_blanks


def _is_gap(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
