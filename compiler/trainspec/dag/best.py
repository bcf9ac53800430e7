"""The tasks that choose the best point of a matrix: the points among which each chooses."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trainspec.dag.other_tasks import to_letter
from trainspec.dag.sections import gate_id
from trainspec.templates.choices import Choice

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

Members = Mapping[str, Any]
"""The members of a request."""


def with_points(
    data: "SpecData",
    groups: Mapping[str, Sequence[str]],
    choices: Mapping[str, Choice],
    requests: Mapping[str, Members],
) -> "SpecData":
    """The validated `data` of a spec, in which each task that chooses has its points.

    `groups` has the task ids of each matrix, `requests` the members of each job's request.
    """
    if not choices:
        return data
    tasks = dict(data.get("tasks") or {})
    for task_id, choice in choices.items():
        points = points_of(data, groups[choice.job], choice, requests)
        tasks[task_id] = {**tasks[task_id], "arguments": {**tasks[task_id]["arguments"], "points": to_letter(points)}}
    return {**data, "tasks": tasks}


def points_of(
    data: "SpecData", tasks: Sequence[str], choice: Choice, requests: Mapping[str, Members]
) -> list[dict[str, Any]]:
    """The points among which a task chooses, as its operator takes them.

    For each, the id of its task, that of its gate if it has one, and the hyperparameters that are referred to.
    """
    points = []
    for task in tasks:
        gate = {"gate": gate_id(task)} if data["jobs"][task].get("proceed_if") else {}
        given = requests[task].get("HyperParameters") or {}
        asked = {name: given[name] for name in sorted(choice.hyperparameters) if name in given}
        points.append({"task_id": task, **gate, **({"hyperparameters": asked} if asked else {})})
    return points
