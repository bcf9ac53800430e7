"""A graph in which everything waits for everything before it is drawn in time and memory in proportion to its size."""

import tracemalloc
import xml.etree.ElementTree as ET

import pytest
from trainspec.graph.model import Edge, Graph, Kind, Node
from trainspec.graph.svg import svg


@pytest.mark.slow
def test_a_dense_graph() -> None:
    names = [f"t{index}" for index in range(120)]
    edges = tuple(Edge(one, other) for place, other in enumerate(names) for one in names[:place])
    graph = Graph("dense", tuple(Node(name, Kind.TASK, name) for name in names), edges)
    tracemalloc.start()
    drawn = svg(graph)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60_000_000
    assert len(list(ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}path"))) == len(edges) + 1  # noqa: S314  # ours
