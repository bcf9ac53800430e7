"""What a picture shows, whatever draws it."""

from dataclasses import dataclass, replace
from enum import Enum

from trainspec.safety.masking import conceal_all

TIMES = "\N{MULTIPLICATION SIGN}"


class Kind(Enum):
    """What a node represents."""

    DAG = "dag"
    JOB = "job"
    TUNING = "tuning"
    TASK = "task"
    SENSOR = "sensor"
    APPROVAL = "approval"
    TRIGGER = "trigger"
    GATE = "gate"
    CODE = "code"
    DATA = "data"
    ASSET = "asset"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Node:
    """One box: its name as `title`, below it `detail` and `cost`; `count` is the number of tasks that it represents.

    `group` is the path of the task group that it is in, `models.risk`.
    """

    id: str
    kind: Kind
    title: str
    detail: str = ""
    count: int = 1
    cost: str = ""
    group: str = ""

    @property
    def name(self) -> str:
        """The title, with the number of tasks if there are several."""
        return f"{self.title} {TIMES} {self.count}" if self.count > 1 else self.title


class Arrow(Enum):
    """The end of an edge at which its arrow is."""

    HEAD = "head"
    TAIL = "tail"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Edge:
    """`head` comes after `tail`: it reads what the tail contains or creates (`is_data`), or only waits for it.

    In a circle one edge has its arrow at the tail, so that pictures still have layers.
    """

    tail: str
    head: str
    label: str = ""
    is_data: bool = False
    arrow: Arrow = Arrow.HEAD


@dataclass(frozen=True, slots=True)
class Graph:
    """The picture of a DAG, or of a project; its nodes and edges in the order of the spec, `caption` below it."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    caption: tuple[str, ...] = ()


def concealed(graph: Graph) -> Graph:
    """The same picture, without what looks like a secret in its texts."""
    return Graph(
        conceal_all(graph.title),
        tuple(replace(each, title=conceal_all(each.title), detail=conceal_all(each.detail)) for each in graph.nodes),
        tuple(replace(each, label=conceal_all(each.label)) for each in graph.edges),
        graph.caption,
    )
