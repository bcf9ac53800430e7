"""The order of the entries of a map, and maps between brackets put into that order."""

from collections.abc import Mapping, Sequence

from trainspec.editing.shape import Shape
from trainspec.language.order import Place, below, ranks


def order(entries: Sequence[tuple[Shape, Shape]], places: tuple[Place, ...]) -> list[int]:
    """The entries' indices in their new order: merge keys, the language's keys, others.

    They stay unchanged if the map's keys are the author's own, or if an alias would come before its anchor.
    """
    unchanged = list(range(len(entries)))
    known = ranks(places)
    if not known:
        return unchanged
    wanted = sorted(unchanged, key=lambda index: (_rank(entries[index][0], known), index))
    moved = ((one, other) for at, one in enumerate(wanted) for other in wanted[at + 1 :] if other < one)
    return unchanged if any(_are_tied(entries[other], entries[one]) for one, other in moved) else wanted


def _rank(key: Shape, known: Mapping[str, int]) -> int:
    return -1 if key.text == "<<" else known.get(key.text or "", len(known))


def _are_tied(first: tuple[Shape, Shape], second: tuple[Shape, Shape]) -> bool:
    """Whether the meaning of an alias depends on which of two entries is first."""
    (defined, used), (other_defined, other_used) = (
        (key.defined | value.defined, key.used | value.used) for key, value in (first, second)
    )
    return bool(defined & (other_used | other_defined) or used & other_defined)


def in_order(text: str, root: Shape, places: tuple[Place, ...]) -> str:
    """`text` with the keys of its flow maps in order; the characters between them stay in place."""
    pieces: list[str] = []
    end = 0
    for shape, its_places in _outermost(root, places):
        pieces += [text[end : shape.start.index], _flow(text, shape, its_places)]
        end = shape.end.index
    return "".join((*pieces, text[end:]))


def _outermost(shape: Shape, places: tuple[Place, ...]) -> list[tuple[Shape, tuple[Place, ...]]]:
    if shape.is_flow:
        return [(shape, places)]
    if shape.kind == "map":
        pairs = [(value, below(places, key.text or "")) for key, value in shape.entries()]
    else:
        inner = below(places, None) if shape.kind == "list" else ()
        pairs = [(item, inner) for item in shape.below]
    return [found for each, its_places in pairs for found in _outermost(each, its_places)]


def _flow(text: str, shape: Shape, places: tuple[Place, ...]) -> str:
    if not shape.below or not shape.is_flow:
        return text[shape.start.index : shape.end.index]
    if shape.kind == "list":
        inner = below(places, None)
        spans = [(each.start.index, each.end.index, _flow(text, each, inner)) for each in shape.below]
        wanted = list(range(len(spans)))
    else:
        entries = shape.entries()
        spans = [
            (
                key.start.index,
                value.end.index,
                text[key.start.index : value.start.index] + _flow(text, value, below(places, key.text or "")),
            )
            for key, value in entries
        ]
        wanted = order(entries, places)
        edges = [shape.start.index, *(edge for span in spans for edge in span[:2]), shape.end.index]
        between = [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
        if any("#" in each or "?" in each for each in between) or any(
            value.start.index == value.end.index for _, value in entries
        ):
            wanted = list(range(len(spans)))
    pieces, end = [], shape.start.index
    for place, index in enumerate(wanted):
        pieces += [text[end : spans[place][0]], spans[index][2]]
        end = spans[place][1]
    return "".join((*pieces, text[end : shape.end.index]))
