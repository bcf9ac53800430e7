"""A spec as a picture: jobs, tasks, the data between them, what starts them; as SVG and as Mermaid."""

from trainspec.graph.build import build
from trainspec.graph.model import Edge, Graph, Kind, Node

__all__ = ["Edge", "Graph", "Kind", "Node", "build"]
