"""A graph as SVG: text and lines only, in the colors of a light or a dark page.

https://www.w3.org/TR/SVG2/
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from xml.sax.saxutils import escape

from trainspec.graph.layout import Layout, lay_out
from trainspec.graph.model import Arrow, Edge, Graph, Kind, Node

CHARACTER = 7.2
"""Width of a character in the font's size, in pixels: a mean that is a little too wide."""
LONGEST = 72
"""Characters of a title; the middle of a longer one is in its tooltip."""
BOX, LINE, ROW, GAP, BETWEEN, MARGIN = 44, 16, 18, 18, 64, 20
"""Pixels: a box's height, its third line's, room between boxes, room of a passing edge, between columns, border."""

STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2937 }
  .detail, .label { font-size: 11px; fill: #6b7280 }
  .label { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round }
  .page { fill: #ffffff }
  .edge { fill: none; stroke: #9ca3af; stroke-width: 1.4 }
  .reads { stroke-dasharray: 5 4 }
  .head { fill: #9ca3af }
  .box { stroke-width: 1.3 }
  .dag, .tuning { fill: #e0e7ff; stroke: #4338ca } .job { fill: #dbeafe; stroke: #2563eb }
  .task { fill: #f3f4f6; stroke: #6b7280 }
  .sensor { fill: #ede9fe; stroke: #7c3aed } .trigger { fill: #fee2e2; stroke: #dc2626 }
  .gate, .approval { fill: #fce7f3; stroke: #db2777 }
  .code { fill: #f0f9ff; stroke: #0284c7 }
  .data { fill: #ecfdf5; stroke: #059669 } .asset { fill: #fef3c7; stroke: #d97706 }
  .schedule { fill: #f9fafb; stroke: #9ca3af }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb } .detail, .label { fill: #9ca3af } .label { stroke: #0d1117 } .page { fill: #0d1117 }
    .dag, .tuning { fill: #23265c } .job { fill: #1e3a5f } .task { fill: #1f2937 }
    .sensor { fill: #2e1f4d } .trigger { fill: #451a1a }
    .gate, .approval { fill: #42112b }
    .code { fill: #082f49 }
    .data { fill: #06281e } .asset { fill: #3a2a08 } .schedule { fill: #111827 }
  }
"""
_ARROWS = {
    Arrow.HEAD: 'marker-end="url(#head)"',
    Arrow.TAIL: 'marker-start="url(#head)"',
    Arrow.BOTH: 'marker-start="url(#head)" marker-end="url(#head)"',
}
_QUOTE = '"'
_LEAST_LEGEND = 420
_ROUND = {Kind.GATE: 0, Kind.APPROVAL: 0, Kind.CODE: 0, Kind.DATA: 2, Kind.ASSET: 22, Kind.SCHEDULE: 22}
"""Radius of the corners, if it is not 8 pixels."""


_LEGEND = {
    Kind.DAG: "DAG",
    Kind.JOB: "training job",
    Kind.TUNING: "tuning job",
    Kind.TASK: "other task",
    Kind.SENSOR: "sensor",
    Kind.GATE: "gate on a metric",
    Kind.APPROVAL: "approval by a person",
    Kind.TRIGGER: "trigger of another DAG",
    Kind.CODE: "source of a job",
    Kind.DATA: "data",
    Kind.ASSET: "asset",
    Kind.SCHEDULE: "schedule",
}
"""What the legend calls each kind, in its order."""
_SWATCH, _LEGEND_ROW = 16, 22
"""Pixels of the legend: the side of a sample, the height of a row."""
_SMALL = 6
"""Width of a character in the details' size, in pixels."""


def svg(graph: Graph, links: Mapping[str, str] = MappingProxyType({})) -> str:
    """The text of an SVG file; `links` are the addresses of pages about nodes, by their ids."""
    return "\n".join(_lines(graph, links)) + "\n"


def _lines(graph: Graph, links: Mapping[str, str]) -> Iterator[str]:
    nodes = {node.id: node for node in graph.nodes}
    layout = lay_out(graph, lambda step: _height(nodes[step]) + ROW if isinstance(step, str) else GAP)
    widths = [max((_width(nodes[step]) for step in each if isinstance(step, str)), default=0) for each in layout.layers]
    lefts = _lefts(widths, _rooms(graph, layout))
    right = lefts[-1] + widths[-1] + MARGIN if lefts else 2 * MARGIN
    bottom = _lowest(layout, nodes) + 2 * MARGIN
    columns = {
        step: (left, left + width)
        for each, left, width in zip(layout.layers, lefts, widths, strict=True)
        for step in each
    }
    middles = {step: middle + MARGIN for step, middle in layout.middles.items()}
    caption = _caption(graph, right, bottom)
    legend = _legend(graph, caption.right, caption.bottom)
    right, bottom = max(right, legend.right), legend.bottom

    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="{"group" if links else "img"}" '
        f'width="{right:.0f}" height="{bottom:.0f}" viewBox="0 0 {right:.0f} {bottom:.0f}">'
    )
    yield f"<title>{_xml(graph.title)}</title>"
    yield f"<style>{STYLE}</style>"
    yield (
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>'
    )
    yield '<rect class="page" width="100%" height="100%" rx="6"/>'
    for edge in graph.edges:
        ends = _width(nodes[edge.tail]), _width(nodes[edge.head])
        yield from _edge(edge, ends, [(*columns[step], middles[step]) for step in layout.routes[edge.tail, edge.head]])
    for node in graph.nodes:
        link = links.get(node.id)
        if link is not None:
            yield f'<a href="{escape(link, {_QUOTE: "&quot;"})}">'
        yield from _node(node, sum(columns[node.id]) / 2, middles[node.id])
        if link is not None:
            yield "</a>"
    yield from caption.lines
    yield from legend.lines
    yield "</svg>"


@dataclass(frozen=True, slots=True)
class _Below:
    """Lines below the boxes, and the picture's edges with them."""

    lines: tuple[str, ...]
    right: float
    bottom: float


def _caption(graph: Graph, right: float, top: float) -> _Below:
    """Notes on the picture as a whole, a line each."""
    if not graph.caption:
        return _Below((), right, top)
    lines = [
        f'<text class="detail" x="{MARGIN}" y="{top + number * LINE:.1f}">{_xml(each)}</text>'
        for number, each in enumerate(graph.caption)
    ]
    widest = max(map(len, graph.caption)) * _SMALL + 2 * MARGIN
    return _Below(tuple(lines), max(right, widest), top + len(lines) * LINE + MARGIN / 2)


def _legend(graph: Graph, right: float, top: float) -> _Below:
    """The legend of the colors, in rows below the picture; empty if all boxes are of one kind."""
    kinds = {node.kind for node in graph.nodes}
    if len(kinds) < 2:
        return _Below((), right, top)
    lines: list[str] = []
    left, widest, limit = float(MARGIN), 0.0, max(right, _LEAST_LEGEND)
    for kind, words in _LEGEND.items():
        if kind not in kinds:
            continue
        width = _SWATCH + 6 + len(words) * _SMALL + 18
        if left + width > limit:
            left, top = float(MARGIN), top + _LEGEND_ROW
        lines.append(
            f'<rect class="box {kind.value}" x="{left:.1f}" y="{top:.1f}" width="{_SWATCH}" height="{_SWATCH - 4}" '
            f'rx="{min(_ROUND.get(kind, 3), 6)}"/>'
            f'<text class="detail" x="{left + _SWATCH + 6:.1f}" y="{top + 10:.1f}">{words}</text>'
        )
        left += width
        widest = max(widest, left)
    return _Below(tuple(lines), max(right, widest), top + _LEGEND_ROW)


def _lowest(layout: Layout, nodes: Mapping[str, Node]) -> float:
    """The lower edge of the lowest box."""
    return max(
        (
            middle + (_height(nodes[step]) if isinstance(step, str) else BOX) / 2
            for step, middle in layout.middles.items()
        ),
        default=BOX / 2,
    )


def _rooms(graph: Graph, layout: Layout) -> list[float]:
    """The room after each layer: as wide as the labels that are in it."""
    layer = {step: number for number, each in enumerate(layout.layers) for step in each}
    rooms = [float(BETWEEN)] * len(layout.layers)
    for edge in graph.edges:
        rooms[layer[edge.head] - 1] = max(rooms[layer[edge.head] - 1], len(_short(edge.label)) * 6 + 34)
    return rooms


def _lefts(widths: Sequence[float], rooms: Sequence[float]) -> list[float]:
    lefts, left = [], float(MARGIN)
    for width, room in zip(widths, rooms, strict=True):
        lefts.append(left)
        left += width + room
    return lefts


def _node(node: Node, centre: float, middle: float) -> Iterator[str]:
    width, top = _width(node), middle - _height(node) / 2
    left = centre - width / 2
    yield f"<g><title>{_xml(chr(10).join(filter(None, (node.title, node.detail, node.cost))))}</title>"
    for back in (6, 3) if node.count > 1 else ():
        yield _box(node, left + back, top - back, width)
    yield _box(node, left, top, width)
    details = [each for each in (node.detail, node.cost) if each]
    first = middle + 4.5 - 7.5 * min(len(details), 1) - LINE / 2 * (len(details) > 1)
    yield f'<text x="{centre:.1f}" y="{first:.1f}" text-anchor="middle">{_xml(_title(node))}</text>'
    for number, detail in enumerate(details, 1):
        yield (
            f'<text class="detail" x="{centre:.1f}" y="{first + number * LINE:.1f}" text-anchor="middle">'
            f"{_xml(_short(detail))}</text>"
        )
    yield "</g>"


def _box(node: Node, left: float, top: float, width: float) -> str:
    return (
        f'<rect class="box {node.kind.value}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" '
        f'height="{_height(node)}" rx="{_ROUND.get(node.kind, 8)}"/>'
    )


def _edge(edge: Edge, ends: tuple[float, float], steps: Sequence[tuple[float, float, float]]) -> Iterator[str]:
    """A curve from box to box: level within the columns that it passes, bent between them."""
    left, x, y = steps[0]
    path, middle = f"M{(left + x + ends[0]) / 2:.1f} {y:.1f}H{x:.1f}", (0.0, 0.0)
    for left, right, below in steps[1:]:
        middle = (x + left) / 2, (y + below) / 2
        path += f"C{middle[0]:.1f} {y:.1f} {middle[0]:.1f} {below:.1f} {left:.1f} {below:.1f}H{right:.1f}"
        x, y = right, below
    left = steps[-1][0]
    path = f"{path[: path.rindex('H')]}H{(left + x - ends[1]) / 2:.1f}"
    yield f'<path class="{"edge reads" if edge.is_data else "edge"}" {_ARROWS[edge.arrow]} d="{path}"/>'
    if edge.label:
        yield (
            f'<text class="label" x="{middle[0]:.1f}" y="{middle[1] + 3.5:.1f}" text-anchor="middle">'
            f"<title>{_xml(edge.label)}</title>{_xml(_short(edge.label))}</text>"
        )


def _width(node: Node) -> float:
    details = max(len(_short(node.detail)), len(_short(node.cost)))
    return max(len(_title(node)) * CHARACTER, details * CHARACTER * 0.85) + 28


def _height(node: Node) -> int:
    return BOX + LINE if node.detail and node.cost else BOX


def _title(node: Node) -> str:
    return replace(node, title=_short(node.title)).name


def _short(text: str) -> str:
    """The two ends of a long text: both the bucket and the last folder of a URI are informative."""
    if len(text) <= LONGEST:
        return text
    end = LONGEST // 2
    return f"{text[: LONGEST - end - 1]}…{text[-end:]}"


def _xml(text: str) -> str:
    """`text` for XML, which does not allow control characters."""
    return escape("".join(each if each.isprintable() or each == "\n" else "�" for each in text))
