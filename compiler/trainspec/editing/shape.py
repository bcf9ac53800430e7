"""The positions of a text's pieces: its collections, scalars and aliases with their offsets, including merge keys.

The located tree says what a document means; this says what is written, so that it can be moved. A text is read here
only after `trainspec.text.parse` found nothing wrong with it, and so in bounds.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from trainspec.text.events import events

Kind: TypeAlias = Literal["map", "list", "scalar", "alias"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A position: its offset in the text, its line and column, all from 0."""

    index: int
    line: int
    column: int


@dataclass(slots=True)
class Shape:
    """A piece of the text. A map has its keys and values in turn below it; `keeps_blanks` is a block scalar's `+`.

    `defined` and `used` are the anchors and aliases of the piece and all below it.
    """

    kind: Kind
    start: Mark
    end: Mark
    text: str | None = None
    is_flow: bool = False
    is_block_text: bool = False
    keeps_blanks: bool = False
    below: list["Shape"] = field(default_factory=list)
    defined: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    @property
    def is_block(self) -> bool:
        """Whether it is a map or list in block style."""
        return self.kind in ("map", "list") and not self.is_flow and bool(self.below)

    def entries(self) -> list[tuple["Shape", "Shape"]]:
        """A map's keys with their values."""
        return list(zip(self.below[::2], self.below[1::2], strict=True))


def shape_of(text: str) -> Shape | None:
    """The shape of the only document in `text`; None if there is none."""
    root: list[Shape] = []
    stack: list[Shape] = []
    for event in events(text):
        kind = type(event).__name__
        if kind in ("MappingEndEvent", "SequenceEndEvent"):
            done = stack.pop()
            done.end = _mark(event.end_mark) if done.is_flow or not done.below else done.below[-1].end
            for each in done.below:
                done.defined |= each.defined
                done.used |= each.used
        elif shape := _begun(event, kind, text):
            (stack[-1].below if stack else root).append(shape)
            if kind in ("MappingStartEvent", "SequenceStartEvent"):
                stack.append(shape)
    return root[0] if root else None


def _begun(event: Any, kind: str, text: str) -> Shape | None:
    start, end = _mark(event.start_mark), _mark(event.end_mark)
    anchor = {event.anchor} if getattr(event, "anchor", None) else set()
    if kind == "AliasEvent":
        return Shape("alias", start, end, used=anchor)
    if kind == "ScalarEvent":
        is_block = event.style in ("|", ">")
        header = text[start.index : end.index].partition("\n")[0].partition("#")[0]
        return Shape("scalar", start, end, event.value, False, is_block, is_block and "+" in header, defined=anchor)
    if kind in ("MappingStartEvent", "SequenceStartEvent"):
        name: Kind = "map" if kind == "MappingStartEvent" else "list"
        return Shape(name, start, end, is_flow=bool(event.flow_style), defined=anchor)
    return None


def _mark(mark: Any) -> Mark:
    return Mark(mark.index, mark.line, mark.column)
