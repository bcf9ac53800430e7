"""A checked spec → the nodes and edges of its picture.

The points of a matrix are one node. Each source is a node; a job's node says its machines and its image. Data is a node
for each place in S3; where a job reads what another one made (`${jobs.OTHER.model}`), the edge goes from job to job.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trainspec.compose import handed_on, in_words
from trainspec.dag.task_groups import task_groups
from trainspec.graph.model import TIMES, Edge, Graph, Kind, Node, concealed
from trainspec.request.bounds import bounds_of
from trainspec.request.tuned import CONFIG, machine_choices, training_request
from trainspec.templates.choices import OPERATOR as BEST

if TYPE_CHECKING:
    from trainspec.language.data import OtherTaskData, SpecData


def build(
    dag_id: str,
    data: "SpecData",
    requests: Mapping[str, Mapping[str, Any]],
    groups: Mapping[str, Sequence[str]],
) -> Graph:
    """The picture of a spec: its validated `data`, the request of each job and the task ids of each matrix."""
    group_of = {task: group for group, tasks in groups.items() for task in tasks}
    within = task_groups(data, groups)
    drawing = _Drawing(group_of, {group_of.get(task, task): path for task, path in within.items()})
    sections: tuple[tuple[Kind, Mapping[str, OtherTaskData]], ...] = (
        (Kind.SENSOR, data.get("sensors", {})),
        (Kind.TASK, data.get("tasks", {})),
        (Kind.APPROVAL, data.get("approvals", {})),
        (Kind.TRIGGER, data.get("triggers", {})),
    )
    others = {name: (kind, task) for kind, tasks in sections for name, task in tasks.items()}
    for name, (kind, task) in others.items():
        drawing.node(name, kind, name, _said_of(kind, task))
    for name, request in requests.items():
        group = drawing.owner(name)
        detail = ", ".join(filter(None, (tuning_of(request), machines_of(request), image_of(request))))
        drawing.node(
            group, Kind.TUNING if CONFIG in request else Kind.JOB, group, detail, len(groups.get(group, (name,)))
        )
    for name, request in requests.items():
        _draw_data(drawing, name, training_request(request))
    for name, job in data.get("jobs", {}).items():
        _draw_code(drawing, name, job.get("source"))
        _draw_gate(drawing, name, job.get("proceed_if"))
    for name, task in {**{name: task for name, (_, task) in others.items()}, **data.get("jobs", {})}.items():
        for other, key in _handed_on(task):
            drawing.edge(drawing.exit(other), drawing.owner(name), key, is_data=True)
        for other in names_of(task.get("depends_on")):
            drawing.edge(drawing.exit(other), drawing.owner(name))
        for uri in assets_of(task.get("outlets")):
            drawing.edge(drawing.owner(name), drawing.place(Kind.ASSET, uri))
    _draw_start(drawing, data.get("dag", {}).get("schedule"))
    return concealed(Graph(dag_id, tuple(drawing.nodes.values()), tuple(drawing.edges.values())))


_TASKS = frozenset((Kind.JOB, Kind.TUNING, Kind.TASK, Kind.SENSOR, Kind.APPROVAL, Kind.TRIGGER, Kind.GATE))
_BOUNDS = {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<"}


@dataclass
class _Drawing:
    """Nodes and edges in order of their creation; a second edge between the same two only adds its label."""

    group_of: Mapping[str, str]
    within: Mapping[str, str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], Edge] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def owner(self, task: str) -> str:
        """The node for a task: the matrix of a point, or the task itself."""
        return self.group_of.get(task, task)

    def exit(self, task: str) -> str:
        """The node that a task's followers come after: its gate, if it has one."""
        return gate if (gate := _gate(self.owner(task))) in self.nodes else self.owner(task)

    def node(self, key: str, kind: Kind, title: str, detail: str = "", count: int = 1) -> str:
        task = key.removeprefix(_gate("")) if kind is Kind.GATE else key
        group = self.within.get(task, "") if kind in _TASKS else ""
        self.nodes.setdefault(key, Node(key, kind, title, detail, count, group=group))
        return key

    def place(self, kind: Kind, uri: str) -> str:
        """The node of a place in S3 or of an asset."""
        return self.node(f"{kind.value}:{uri}", kind, uri)

    def edge(self, tail: str, head: str, label: str = "", *, is_data: bool = False) -> None:
        if tail == head or tail not in self.nodes or head not in self.nodes:
            return
        known = self.edges.get((tail, head), Edge(tail, head))
        labels = [*filter(None, known.label.split(", ")), *([label] if label else [])]
        shown = ", ".join(dict.fromkeys(labels))
        self.edges[tail, head] = Edge(tail, head, shown, is_data or known.is_data)


def _draw_data(drawing: _Drawing, name: str, request: Mapping[str, Any]) -> None:
    """What a job reads and where it writes."""
    job = drawing.owner(name)
    for channel in request.get("InputDataConfig") or ():
        uri = location(channel.get("DataSource") or {})
        if uri and not list(handed_on(uri)):
            drawing.edge(_source(drawing, uri), job, str(channel.get("ChannelName", "")), is_data=True)
    output = (request.get("OutputDataConfig") or {}).get("S3OutputPath")
    if output:
        drawing.outputs[output] = drawing.place(Kind.DATA, output)
        drawing.edge(job, drawing.outputs[output], is_data=True)


def _draw_code(drawing: _Drawing, name: str, source: Any) -> None:
    """The folder or archive whose script a job runs."""
    if isinstance(source, Mapping) and source.get("dir"):
        folder, entry = str(source["dir"]), str(source.get("entry", ""))
        code = drawing.node(f"code:{folder}:{entry}", Kind.CODE, folder, entry)
        drawing.edge(code, drawing.owner(name), is_data=True)


def _gate(job: str) -> str:
    return f"gate:{job}"


def _draw_gate(drawing: _Drawing, name: str, conditions: Any) -> None:
    """The gate behind a job, one for all points of a matrix."""
    each = [conditions] if isinstance(conditions, Mapping) else conditions or []
    if each:
        job = drawing.owner(name)
        said = " and ".join(
            f"{condition['metric']} {sign} {in_words(str(condition[bound]))}"
            for condition in each
            for bound, sign in _BOUNDS.items()
            if condition.get(bound) is not None
        )
        drawing.edge(job, drawing.node(_gate(job), Kind.GATE, said))


def _source(drawing: _Drawing, uri: str) -> str:
    """The node that a channel reads: the output of an earlier job, or a separate place."""
    above = [output for output in drawing.outputs if uri.startswith(output)]
    return drawing.outputs[max(above, key=len)] if above else drawing.place(Kind.DATA, uri)


def location(source: Mapping[str, Any]) -> str | None:
    """Where a DataSource points: an S3 URI, or a file system and its folder."""
    for kind in source.values():
        if isinstance(kind, Mapping):
            if "S3Uri" in kind:
                return str(kind["S3Uri"])
            if "FileSystemId" in kind:
                return f"{kind['FileSystemId']}:{kind.get('DirectoryPath', '/')}"
    return None


def _handed_on(value: Any) -> Iterator[tuple[str, str]]:
    """The tasks whose results the strings below `value` name, each with the attribute."""
    if isinstance(value, str):
        yield from handed_on(value)
    elif isinstance(value, Mapping | list):
        for below in value.values() if isinstance(value, Mapping) else value:
            yield from _handed_on(below)


def _draw_start(drawing: _Drawing, schedule: Any) -> None:
    """What starts the DAG, before the tasks that wait for nothing."""
    later = {
        edge.head for edge in drawing.edges.values() if drawing.nodes[edge.tail].kind not in (Kind.DATA, Kind.CODE)
    }
    tasks = (key for key, node in drawing.nodes.items() if node.kind in _TASKS and node.kind is not Kind.GATE)
    first = [key for key in tasks if key not in later]
    for start in _starts(drawing, schedule):
        for task in first:
            drawing.edge(start, task)


def _starts(drawing: _Drawing, schedule: Any) -> Iterator[str]:
    if isinstance(schedule, Mapping):
        for uri in assets_of(schedule.get("assets")):
            yield drawing.place(Kind.ASSET, uri)
        schedule = schedule.get("time")
    for text in names_of(schedule):
        yield drawing.node(f"schedule:{text}", Kind.SCHEDULE, text)


def _said_of(kind: Kind, task: Mapping[str, Any]) -> str:
    """What another task does, in a few words."""
    if kind is Kind.TASK and task.get("operator") == BEST:
        return f"{task['arguments']['goal']} {task['arguments']['metric']}"
    if kind is Kind.TASK:
        return str(task.get("operator", "")).rpartition(".")[2]
    if kind is Kind.APPROVAL:
        return in_words(str(task.get("subject", "")))
    return str(task.get("s3") or (f"DAG {task['dag']}" if task.get("dag") else ""))


def tuning_of(request: Mapping[str, Any]) -> str:
    """How a tuning job searches, and how much: `Bayesian tuning: 20 trials, 4 at once`; nothing for a training job."""
    if CONFIG not in request:
        return ""
    bounds, strategy = bounds_of(request), str(request[CONFIG].get("Strategy") or "")
    trials = f"{bounds.jobs:,} trial{'s' if bounds.jobs != 1 else ''}" if bounds.jobs is not None else ""
    at_once = f"{bounds.parallel:,} at once" if bounds.parallel is not None else ""
    said = ", ".join(filter(None, (trials, at_once)))
    known = strategy if strategy.isalpha() else ""  # a template is only known at run time
    return " ".join(filter(None, (known, "tuning"))) + (f": {said}" if said else "")


def machines_of(request: Mapping[str, Any]) -> str:
    """How many of which instance type, of all groups, or of all choices; nothing if SageMaker chooses."""
    resources = training_request(request).get("ResourceConfig") or {}
    choices = machine_choices(request)
    machines = choices or resources.get("InstanceGroups") or [resources]
    return (" or " if choices else ", ").join(
        f"{each.get('InstanceCount', 1)} {TIMES} {each['InstanceType']}"
        for each in machines
        if each.get("InstanceType")
    )


def image_of(request: Mapping[str, Any]) -> str:
    """The image's repository and tag, or the algorithm's name, without the registry and the account before it."""
    algorithm = training_request(request).get("AlgorithmSpecification") or {}
    return str(algorithm.get("TrainingImage") or algorithm.get("AlgorithmName") or "").rpartition("/")[2]


def assets_of(value: Any) -> Iterator[str]:
    """The URIs, or else names, of an asset, a list of them, or a condition of `any` and `all`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from assets_of(each)
    elif isinstance(value, Mapping):
        yield from assets_of(value.get("uri") or value.get("name"))
        for kind in ("any", "all"):
            yield from assets_of(value.get(kind))


def names_of(value: Any) -> Iterable[str]:
    """One name or a list of them."""
    return [value] if isinstance(value, str) else [each for each in value or () if isinstance(each, str)]
