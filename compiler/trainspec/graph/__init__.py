"""A spec as a picture: jobs, tasks, the data between them, what starts them; as SVG and as Mermaid."""

from trainspec.graph.build import build
from trainspec.graph.model import Arrow, Edge, Graph, Kind, Node
from trainspec.graph.project import Dag, build_project

__all__ = ["Arrow", "Dag", "Edge", "Graph", "Kind", "Node", "build", "build_project"]
