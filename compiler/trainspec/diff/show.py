"""A difference as text for a terminal, as JSON, and as Markdown for a pull request."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, takewhile
from typing import Any

from trainspec.diagnostics.excerpt import visible
from trainspec.diff.model import FILE, WAITS, Change, DagDifference, Source, Status, TaskDifference

LONGEST = 60
"""Characters of a value that text and Markdown show; JSON shows all of them."""
_COLOURS = {Status.ADDED: "32", Status.REMOVED: "31", Status.CHANGED: "33"}
_WORDS = {Status.ADDED: "added", Status.REMOVED: "removed", Status.CHANGED: "changed"}

Show = Callable[[Sequence[DagDifference], bool], str]


def text(differences: Sequence[DagDifference], colour: bool) -> str:
    """Signs, members and values in columns; tasks that change in the same way are grouped."""
    lines = [line for dag in differences for line in _dag_lines(dag, colour)]
    return "\n".join([*lines, _summary(differences)])


def as_json(differences: Sequence[DagDifference], colour: bool) -> str:
    """A list of DAGs; `status` is added, removed or changed everywhere. Python source is a string."""
    del colour
    dags = [
        {
            "dag": dag.dag_id,
            "spec": dag.spec,
            "status": _WORDS[dag.status],
            "changes": list(map(_as_data, dag.changes)),
            "tasks": [
                {"task": task.task_id, "status": _WORDS[task.status], "changes": list(map(_as_data, task.changes))}
                for task in dag.tasks
            ],
        }
        for dag in differences
    ]
    return json.dumps(dags, indent=2, ensure_ascii=False)


def markdown(differences: Sequence[DagDifference], colour: bool) -> str:
    """A table for each DAG."""
    del colour
    lines = []
    for dag in differences:
        lines += [f"### {_cell(dag.dag_id)} ({_WORDS[dag.status]})", ""]
        if dag.changes or dag.tasks:
            lines += ["| | where | before | after |", "| --- | --- | --- | --- |"]
            lines += [_row("", change) for change in dag.changes]
        for names, tasks in _alike(dag.tasks):
            if tasks.status is not Status.CHANGED:
                lines.append(f"| {tasks.status.value} | **{_cell(names)}** | | |")
            lines += [_row(names, change) for change in tasks.changes]
        lines += [""] if dag.changes or dag.tasks else []
    return "\n".join([*lines, _summary(differences)])


FORMATS: Mapping[str, Show] = {"text": text, "json": as_json, "markdown": markdown}


def _dag_lines(dag: DagDifference, colour: bool) -> Iterator[str]:
    yield _paint(f"{dag.status.value} DAG {visible(dag.dag_id)}", dag.status, colour) + f"  {visible(dag.spec)}"
    yield from _change_lines(dag.changes, "    ", colour)
    for names, task in _alike(dag.tasks):
        yield _paint(f"  {task.status.value} {visible(names)}", task.status, colour)
        yield from _change_lines(task.changes, "      ", colour)
    yield ""


def _change_lines(changes: Sequence[Change], indent: str, colour: bool) -> Iterator[str]:
    width = max((len(visible(each.at)) for each in changes if not each.at.startswith((WAITS, FILE))), default=0)
    for change in changes:
        is_named = change.at.startswith((WAITS, FILE))
        line = f"{indent}{change.status.value} {visible(change.at).ljust(0 if is_named else width)}"
        line += "" if is_named else f"  {_values(change)}"
        place = f"  ({visible(change.place)})" if change.place else ""
        yield _paint(line, change.status, colour) + place


def _values(change: Change) -> str:
    before, after = _shown(change)
    return " → ".join(filter(None, (before, after)))


def _shown(change: Change) -> tuple[str, str]:
    """The value before and after, empty if there is none; for long ones, the part that differs."""
    before = "" if change.status is Status.ADDED else _source(change.before)
    after = "" if change.status is Status.REMOVED else _source(change.after)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    start = same - LONGEST // 3 if max(len(before), len(after)) > LONGEST and same > LONGEST // 2 else 0
    return _cut(before, start), _cut(after, start)


def _source(value: Any) -> str:
    return visible(str(value) if isinstance(value, Source) else json.dumps(value, ensure_ascii=False))


def _cut(shown: str, start: int) -> str:
    """`LONGEST` characters from `start` on, with a mark where something is left out."""
    end = start + LONGEST
    return f"{'…' if start else ''}{shown[start:end]}{'…' if end < len(shown) else ''}"


def _alike(tasks: Sequence[TaskDifference]) -> Iterator[tuple[str, TaskDifference]]:
    """The tasks with their names, those next to each other that change in the same way (a matrix) as one."""
    for _, each in groupby(tasks, key=lambda task: (task.status, [(c.at, c.before, c.after) for c in task.changes])):
        alike = list(each)
        more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
        yield alike[0].task_id + more, alike[0]


def _row(task: str, change: Change) -> str:
    where = f"**{_cell(task)}** {_cell(change.at)}" if task else _cell(change.at)
    before, after = (_code(value) if value else "" for value in _shown(change))
    if change.at.startswith((WAITS, FILE)):
        before = after = ""
    return f"| {change.status.value} | {where} | {before} | {after} |"


def _code(value: str) -> str:
    """A value as code of a table's cell: no sign in it may end the code or the cell."""
    return f"<code>{_cell(value)}</code>"


def _cell(value: str) -> str:
    return "".join(f"&#{ord(sign)};" if sign in "<>&|`*_[]\\@#" else sign for sign in visible(value))


def _summary(differences: Sequence[DagDifference]) -> str:
    if not differences:
        return "No differences."
    dags = [f"{count} {_WORDS[status]}" for status in Status if (count := _count(differences, status))]
    tasks = [task for dag in differences for task in dag.tasks]
    changed = [f"{count} {_WORDS[status]}" for status in Status if (count := _count(tasks, status))]
    return f"DAGs: {', '.join(dags)}." + (f" Tasks: {', '.join(changed)}." if changed else "")


def _count(items: Sequence[DagDifference] | Sequence[TaskDifference], status: Status) -> int:
    return sum(item.status is status for item in items)


def _as_data(change: Change) -> dict[str, Any]:
    return {
        "status": _WORDS[change.status],
        "at": change.at,
        "before": change.before,
        "after": change.after,
        "place": change.place,
    }


def _paint(line: str, status: Status, colour: bool) -> str:
    return f"\x1b[{_COLOURS[status]}m{line}\x1b[0m" if colour else line
