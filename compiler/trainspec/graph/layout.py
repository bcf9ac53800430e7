"""The positions of a graph's nodes: layers from left to right, ordered so that few edges cross.

The layered drawing of Sugiyama, Tagawa and Toda (1981): longest-path layers, stand-ins where an edge passes a layer,
barycentres for the order, and heights by least squares under the least distances (isotonic regression).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from trainspec.graph.model import Graph

SWEEPS = 12
"""Rounds of ordering, and of moving towards neighbors; pictures settle after a few."""


class Bend(NamedTuple):
    """The position where an edge passes a layer."""

    tail: str
    head: str
    layer: int


MOST_BENDS = 10_000
"""How many layers all edges may pass together until they are drawn straight across them."""

Step = str | Bend
"""What is in a layer: a node, by its id, or an edge on its way."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The layers' nodes from top to bottom, the height of the middle of each, and the steps of each edge."""

    layers: tuple[tuple[Step, ...], ...]
    middles: Mapping[Step, float]
    routes: Mapping[tuple[str, str], tuple[Step, ...]]


def lay_out(graph: Graph, height: Callable[[Step], float]) -> Layout:
    """The layout of a graph without cycles; `height` is the room that a step takes, including the gap around it."""
    layer = _layers(graph)
    bends = sum(layer[edge.head] - layer[edge.tail] for edge in graph.edges)
    route = _route if bends <= MOST_BENDS else _straight
    routes = {(edge.tail, edge.head): route(edge.tail, edge.head, layer) for edge in graph.edges}
    columns: list[list[Step]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for node in graph.nodes:
        columns[layer[node.id]].append(node.id)
    for steps in routes.values():
        for step in steps:
            if isinstance(step, Bend):
                columns[step.layer].append(step)
    links = [(a, b) for steps in routes.values() for a, b in pairwise(steps)]
    before, after = _neighbours((b, a) for a, b in links), _neighbours(links)
    _order(columns, before, after)
    middles = _middles(columns, before, after, height)
    return Layout(tuple(map(tuple, columns)), middles, routes)


def _layers(graph: Graph) -> dict[str, int]:
    """Each node as far left as what comes before it lets it; what nothing comes before, next to its first reader."""
    after: dict[str, list[str]] = {node.id: [] for node in graph.nodes}
    waiting = {node.id: 0 for node in graph.nodes}
    for edge in graph.edges:
        after[edge.tail].append(edge.head)
        waiting[edge.head] += 1
    layer = dict.fromkeys(waiting, 0)
    first = free = [name for name, count in waiting.items() if not count]
    while free:
        freed: list[str] = []
        for tail in free:
            for head in after[tail]:
                layer[head] = max(layer[head], layer[tail] + 1)
                waiting[head] -= 1
                if not waiting[head]:
                    freed.append(head)
        free = freed
    for name in first:
        layer[name] = max(0, min((layer[head] for head in after[name]), default=1) - 1)
    return layer


def _route(tail: str, head: str, layer: Mapping[str, int]) -> tuple[Step, ...]:
    return (tail, *(Bend(tail, head, passed) for passed in range(layer[tail] + 1, layer[head])), head)


def _straight(tail: str, head: str, layer: Mapping[str, int]) -> tuple[Step, ...]:
    """The same for a picture with more edges than anybody can follow: each goes straight across what it passes."""
    del layer
    return (tail, head)


def _neighbours(links: Iterable[tuple[Step, Step]]) -> dict[Step, list[Step]]:
    found: dict[Step, list[Step]] = {}
    for a, b in links:
        found.setdefault(a, []).append(b)
    return found


def _order(
    columns: list[list[Step]], before: Mapping[Step, Sequence[Step]], after: Mapping[Step, Sequence[Step]]
) -> None:
    """Sort each column by the mean place of its neighbors, to the right and back again."""
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        near = before if forward else after
        for column in columns if forward else reversed(columns):
            places = {step: place for each in columns for place, step in enumerate(each)}
            means = {step: fmean([places[other] for other in near.get(step, (step,))]) for step in column}
            column.sort(key=means.__getitem__)


def _middles(
    columns: Sequence[Sequence[Step]],
    before: Mapping[Step, Sequence[Step]],
    after: Mapping[Step, Sequence[Step]],
    height: Callable[[Step], float],
) -> dict[Step, float]:
    """The heights of the steps' middles: near those of their neighbors, and never closer than they have room."""
    middles: dict[Step, float] = {}
    for column in columns:
        top = 0.0
        for step in column:
            middles[step] = top + height(step) / 2
            top += height(step)
    for _ in range(SWEEPS):
        for column in columns:
            wanted = []
            for step in column:
                neighbours = [*before.get(step, ()), *after.get(step, ())]
                wanted.append(fmean([middles[other] for other in neighbours or [step]]))
            middles.update(zip(column, _apart(wanted, [height(step) for step in column]), strict=True))
    top = min((middles[step] - height(step) / 2 for step in middles), default=0.0)
    return {step: middle - top for step, middle in middles.items()}


def _apart(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """The values nearest to `wanted` (least squares), in order and with room for each: pool adjacent violators."""
    starts = [0.0]
    for above, below in pairwise(heights):
        starts.append(starts[-1] + (above + below) / 2)
    pools: list[tuple[float, int]] = []  # the mean and the size of each run of values that move as one
    for value, start in zip(wanted, starts, strict=False):
        mean, size = value - start, 1
        while pools and pools[-1][0] > mean:
            other, others = pools.pop()
            mean, size = (mean * size + other * others) / (size + others), size + others
        pools.append((mean, size))
    flat = [mean for mean, size in pools for _ in range(size)]
    return [value + start for value, start in zip(flat, starts, strict=False)]
