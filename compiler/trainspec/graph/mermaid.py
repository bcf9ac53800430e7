"""A graph as Mermaid, which GitHub and GitLab draw.

https://mermaid.js.org/syntax/flowchart.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from trainspec.graph.model import TIMES, Arrow, Graph, Kind, Node

_SHAPES = {
    Kind.DAG: ('[["', '"]]'),
    Kind.JOB: ('["', '"]'),
    Kind.TUNING: ('["', '"]'),
    Kind.TASK: ('("', '")'),
    Kind.SENSOR: ('>"', '"]'),
    Kind.APPROVAL: ('{"', '"}'),
    Kind.TRIGGER: ('[["', '"]]'),
    Kind.GATE: ('{"', '"}'),
    Kind.CODE: ('[/"', '"/]'),
    Kind.DATA: ('[("', '")]'),
    Kind.ASSET: ('{{"', '"}}'),
    Kind.SCHEDULE: ('(["', '"])'),
}
_PLAIN = re.compile(rf"[^\w .,:/()+*=@{TIMES}-]")


def mermaid(graph: Graph) -> str:
    """The text of a flowchart."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    names = {node.id: f"n{number}" for number, node in enumerate(graph.nodes, 1)}
    yield "flowchart LR"
    yield from _nodes(graph.nodes, names)
    for edge in graph.edges:
        label = f'|"{_text(edge.label)}"|' if edge.label else ""
        line = "-.->" if edge.is_data else "-->"
        ends = [names[edge.tail], names[edge.head]]
        tail, head = reversed(ends) if edge.arrow is Arrow.TAIL else ends
        yield f"    {tail} {'<' if edge.arrow is Arrow.BOTH else ''}{line}{label} {head}"
    if graph.caption:
        yield f'    caption["{"<br>".join(map(_text, graph.caption))}"]'
        yield "    style caption fill:none,stroke:none"


def _nodes(nodes: Iterable[Node], names: Mapping[str, str], depth: int = 0) -> Iterator[str]:
    """The nodes that are `depth` task groups deep, those of a group that is further inside in a frame."""
    indent = "    " * (depth + 1)
    found: dict[str, list[Node]] = {}
    for node in nodes:
        steps = node.group.split(".") if node.group else []
        found.setdefault(f"in {steps[depth]}" if len(steps) > depth else node.id, []).append(node)
    for inside in found.values():
        node = inside[0]
        steps = node.group.split(".") if node.group else []
        if len(steps) > depth:
            yield f'{indent}subgraph {names[node.id]}g{depth}["{_text(steps[depth])}"]'
            yield from _nodes(inside, names, depth + 1)
            yield f"{indent}end"
            continue
        left, right = _SHAPES[node.kind]
        lines = "<br>".join(map(_text, (node.name, *filter(None, (node.detail, node.cost)))))
        yield f"{indent}{names[node.id]}{left}{lines}{right}"


def _text(text: str) -> str:
    """`text` for a quoted label: characters with a meaning in Mermaid, Markdown or HTML are written as numbers."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};" if found[0].isprintable() else " ", text)
