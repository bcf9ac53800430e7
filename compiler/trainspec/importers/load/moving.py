"""Values that depend on when a DAG file is read: compares two readings, the second with a clock that is ahead."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
_WHEN = "when the file is read; the spec has its current value"


def moving(now: list[Any], later: list[Any]) -> list[str]:
    """What differs if the file is read at another time."""
    found = []
    then = {dag["arguments"]["dag_id"]: dag for dag in later}
    for dag in now if later else ():
        name = dag["arguments"]["dag_id"]
        other = then.get(name)
        if other is None:
            found.append(f"{line_of(dag)}the id `{name}` of the DAG depends on when the file is read")
            continue
        found += [
            f"{line_of(dag)}`{path}` of the DAG depends on {_WHEN}"
            for path in _differing(dag["arguments"], other["arguments"], "")
        ]
        tasks = {task["id"]: task for task in other["tasks"]}
        for task in dag["tasks"]:
            differing = [""] if task["id"] not in tasks else []
            for key in ("arguments", "mapped"):
                if task["id"] in tasks and task.get(key):
                    differing += _differing(task[key], tasks[task["id"]].get(key), "")
            moving_paths = [each for each in differing if each not in ("start_date", "end_date")]
            for path in moving_paths:
                said = f"`{path}`" if path else "the id"
                found.append(f"{line_of(task)}{said} of the task `{task['id']}` depends on {_WHEN}")
    return found


def _differing(one: Any, other: Any, path: str) -> list[str]:
    """The dotted paths of the values in which two encoded values differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
        if "unknown" in one:
            return []
        if "map" in one:
            pairs = {str(key): value for key, value in other["map"]}
            return [
                each
                for key, value in one["map"]
                for each in _differing(value, pairs.get(str(key)), f"{path}.{key}".lstrip("."))
            ]
        plain = next(iter(one)) in ("moment", "seconds", "path", "call")
        if not plain:
            inner = "list" in one
            return [
                each
                for key, value in one.items()
                for each in _differing(value, other[key], path if inner else f"{path}.{key}".lstrip("."))
            ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            each
            for index, (a, b) in enumerate(zip(one, other, strict=True))
            for each in _differing(a, b, f"{path}[{index}]")
        ]
    return [] if one == other else [path]


def line_of(of: Json) -> str:
    """The beginning of a note: the line that creates a DAG or a task."""
    return f"line {of['line']}: " if of["line"] else ""
