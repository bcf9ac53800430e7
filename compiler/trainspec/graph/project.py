"""A project's checked specs → one picture of its DAGs, the assets and data between them, and their triggers.

Data is drawn where one DAG reads below a place in S3 that another one writes to. Of a path that only the task run knows
in full, what stands before its first template counts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from trainspec.dag.sections import sections
from trainspec.graph.build import assets_of, location, names_of
from trainspec.graph.model import Arrow, Edge, Graph, Kind, Node, concealed
from trainspec.request.tuned import training_request

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

SHORTEST = len("s3://b/")
"""A shorter place says nothing about what is below it."""


@dataclass(frozen=True, slots=True)
class Dag:
    """What the picture needs of a DAG: its id, the validated data of its spec, and the requests of its jobs."""

    id: str
    data: "SpecData"
    requests: Mapping[str, Mapping[str, Any]]

    def reads(self) -> Iterator[str]:
        """The places in S3 that its jobs read, and that its sensors wait for."""
        for request in map(training_request, self.requests.values()):
            for channel in request.get("InputDataConfig") or ():
                yield from filter(None, [location(channel.get("DataSource") or {})])
        for sensor in self.data.get("sensors", {}).values():
            yield from names_of(sensor.get("s3"))

    def writes(self) -> Iterator[str]:
        """The places in S3 that its jobs write to."""
        for request in map(training_request, self.requests.values()):
            yield from names_of((request.get("OutputDataConfig") or {}).get("S3OutputPath"))

    def makes(self) -> Iterator[str]:
        """The assets that its tasks update."""
        for _, tasks in sections(self.data):
            for task in tasks.values():
                yield from assets_of(task.get("outlets"))

    def starts(self) -> Iterator[str]:
        """The DAGs that it starts."""
        for trigger in self.data.get("triggers", {}).values():
            yield from names_of(trigger.get("dag"))

    def awaits(self) -> Iterator[str]:
        """The DAGs whose runs it waits for."""
        for sensor in self.data.get("sensors", {}).values():
            yield from names_of(sensor.get("dag"))

    def awaited_assets(self) -> Iterator[str]:
        """The assets that start it."""
        schedule = self.data.get("dag", {}).get("schedule")
        if isinstance(schedule, Mapping):
            yield from assets_of(schedule.get("assets"))


def build_project(title: str, dags: Sequence[Dag], *, with_lone_dags: bool = True) -> Graph:
    """The picture of all `dags`, or of those that have to do with others.

    An edge that closes a circle is drawn the other way round, its arrow at its tail.
    """
    drawing = _Drawing()
    for dag in dags:
        drawing.node(_dag(dag.id), Kind.DAG, dag.id, _count(len(dag.requests)))
    for dag in dags:
        for asset in dict.fromkeys(dag.makes()):
            drawing.edge(_dag(dag.id), drawing.node(f"asset:{asset}", Kind.ASSET, asset))
        for asset in dict.fromkeys(dag.awaited_assets()):
            drawing.edge(drawing.node(f"asset:{asset}", Kind.ASSET, asset), _dag(dag.id))
        for other in dict.fromkeys(dag.starts()):
            drawing.edge(_dag(dag.id), drawing.other(other), "starts")
        for other in dict.fromkeys(dag.awaits()):
            drawing.edge(drawing.other(other), _dag(dag.id), "is awaited by")
    for writer, place, reader in shared_data(dags):
        node = drawing.node(f"data:{place}", Kind.DATA, place)
        drawing.edge(_dag(writer), node, is_data=True)
        drawing.edge(node, _dag(reader), is_data=True)
    joined = {end for ends in drawing.edges for end in ends}
    nodes = tuple(node for node in drawing.nodes.values() if with_lone_dags or node.id in joined)
    return concealed(Graph(title, nodes, tuple(_without_circles(drawing))))


def shared_data(dags: Sequence[Dag]) -> Iterator[tuple[str, str, str]]:
    """The places in S3 through which one DAG passes data to another: who writes, where, and who reads."""
    written: dict[str, dict[str, None]] = {}
    for dag in dags:
        for place in dag.writes():
            if len(known := known_folder(place)) > SHORTEST:
                written.setdefault(known, {})[dag.id] = None
    edges: dict[tuple[str, str, str], None] = {}
    for dag in dags:
        for place in dag.reads():
            for above in folders_above(known_folder(place)):
                edges |= {(writer, above, dag.id): None for writer in written.get(above, ()) if writer != dag.id}
    yield from edges


def known_folder(place: str) -> str:
    """What is known of a place before the task runs: all of its folders before the first template."""
    before, opened, _ = place.partition("{{")
    known = before.rpartition("/")[0] if opened else before
    return known.rstrip("/") + "/"


def folders_above(place: str) -> Iterator[str]:
    """A place in S3, and all those that it is below."""
    scheme, _, rest = place.partition("://")
    steps = rest.rstrip("/").split("/")
    for count in range(len(steps), 0, -1):
        yield f"{scheme}://{'/'.join(steps[:count])}/"


def _dag(dag_id: str) -> str:
    return f"dag:{dag_id}"


def _count(jobs: int) -> str:
    return f"{jobs} job{'s' if jobs != 1 else ''}"


@dataclass
class _Drawing:
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], Edge] = field(default_factory=dict)

    def node(self, key: str, kind: Kind, title: str, detail: str = "") -> str:
        self.nodes.setdefault(key, Node(key, kind, title, detail))
        return key

    def other(self, dag_id: str) -> str:
        """The node of another DAG, which may be none of the project's."""
        return self.node(_dag(dag_id), Kind.DAG, dag_id, "not in this project")

    def edge(self, tail: str, head: str, label: str = "", *, is_data: bool = False) -> None:
        if tail != head:
            self.edges.setdefault((tail, head), Edge(tail, head, label, is_data))


def _without_circles(drawing: _Drawing) -> Iterable[Edge]:
    """The edges, those that close a circle turned round."""
    after: dict[str, list[str]] = {key: [] for key in drawing.nodes}
    for tail, head in drawing.edges:
        after[tail].append(head)
    order: dict[str, int] = {}
    state: dict[str, int] = {}
    for first in drawing.nodes:
        waiting = [(first, iter(after[first]))] if first not in state else []
        state.setdefault(first, 1)
        while waiting:
            node, rest = waiting[-1]
            following = next((each for each in rest if state.get(each, 0) == 0), None)
            if following is None:
                order[node] = len(order)
                waiting.pop()
            else:
                state[following] = 1
                waiting.append((following, iter(after[following])))
    for edge in drawing.edges.values():
        other = drawing.edges.get((edge.head, edge.tail))
        if order[edge.tail] > order[edge.head]:
            labels = ", ".join(dict.fromkeys(each.label for each in (edge, other) if each and each.label))
            yield replace(edge, label=labels, arrow=Arrow.BOTH if other else Arrow.HEAD)
        elif other is None:
            yield replace(edge, tail=edge.head, head=edge.tail, arrow=Arrow.TAIL)
