"""`task_group`: the tasks in Airflow's task groups; a dot in the field is a group inside another one.

A group is only a frame in Airflow's pages: the ids of its tasks do not have its id before them, so a task that is put
in a group keeps its XComs, its history and its jobs. The ids of all groups of a DAG must differ then, and Airflow takes
no dots in them. So the id is the whole path with dashes, `models-risk`, and the name that is shown its last part.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#taskgroups
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from trainspec.dag.airflow import Airflow
from trainspec.dag.arguments import Arguments
from trainspec.dag.expressions import one_line
from trainspec.dag.model import GroupPlan, Member
from trainspec.dag.sections import gate_id, sections
from trainspec.templates.choices import OPERATOR as BEST

if TYPE_CHECKING:
    from trainspec.language.data import SpecData


def task_groups(data: "SpecData", groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The path of the group of each task that is in one: a job's gate, and the choice of its best, are in its group.

    `groups` are the jobs of each matrix.
    """
    found = {}
    for section, tasks in sections(data):
        for name, task in tasks.items():
            if (path := task.get("task_group")) is not None:
                found[name] = path
                if section == "jobs":
                    found[gate_id(name)] = path
    for name, other in (data.get("tasks") or {}).items():
        points = groups.get(str(other.get("depends_on"))) or ("",)
        if other.get("operator") == BEST and points[0] in found:
            found[name] = found[points[0]]
    return found


def group_id(path: str) -> str:
    """The id in Airflow of the group at `path`: `models-risk` of `models.risk`."""
    return path.replace(".", "-")


def with_parents(path: str) -> Iterator[str]:
    """The paths of the groups that contain the one at `path`, outermost first, and its own."""
    steps = path.split(".")
    return (".".join(steps[: count + 1]) for count in range(len(steps)))


def nested(members: Iterable[Member], spec: str, airflow: Airflow, depth: int = 0) -> Iterator[Member]:
    """The members of a DAG in their groups, each group in the place of its first member; `spec` is the file's name.

    With a `depth`, the members of a group that is inside of so many others, and itself.
    """
    found: dict[str | int, list[Member]] = {}
    for number, each in enumerate(members):
        steps = each.task_group.split(".") if each.task_group else []
        place = ".".join(steps[: depth + 1]) if len(steps) > depth else number
        found.setdefault(place, []).append(each)
    for path, inside in found.items():
        if isinstance(path, int):
            yield from inside
        else:
            yield _group(path, tuple(nested(inside, spec, airflow, depth + 1)), spec, airflow)


def _group(path: str, members: tuple[Member, ...], spec: str, airflow: Airflow) -> GroupPlan:
    name, shown = group_id(path), path.rpartition(".")[2]
    label: Arguments = (("group_display_name", shown),) if airflow.shows_group_names and shown != name else ()
    arguments: Arguments = (("group_id", name), *label, ("prefix_group_id", False))
    return GroupPlan(name, f"{one_line(spec)}: the task group {path}", arguments, members)
