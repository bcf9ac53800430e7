"""Two states of the specs → their difference.

DAGs are matched by id, tasks by id, and the items of a request's lists by the member that names them (a channel by its
name, a tag by its key). Values that look like secrets are compared but not shown.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trainspec.compose import origin
from trainspec.dag.arguments import Arguments
from trainspec.dag.expressions import Call, Name, imports, source
from trainspec.dag.model import GroupPlan, walk
from trainspec.diff.model import FILE, WAITS, Change, Compiled, DagDifference, Source, Status, TaskDifference
from trainspec.request.check import printable
from trainspec.safety.masking import hides, redacted
from trainspec.text.tree import Path, dotted

HIDDEN = "(not shown: it looks like a secret)"
_NAMED_BY = ("ChannelName", "Key", "Name", "InstanceGroupName", "RuleConfigurationName", "CollectionName")
_ABSENT = object()

Leaves = Mapping[str, tuple[Any, str | None]]
"""Values by their places, each with the `file:line` that it comes from."""


def compare(before: Mapping[str, Compiled], after: Mapping[str, Compiled]) -> tuple[DagDifference, ...]:
    """The differences of the DAGs by id, those of `after` in their order, then those that are gone."""
    found = []
    for dag_id, new in after.items():
        old = before.get(dag_id)
        difference = _dag(dag_id, old, new) if old else DagDifference(Status.ADDED, dag_id, new.analysis.source.name)
        if difference.status is Status.ADDED or difference.changes or difference.tasks:
            found.append(difference)
    gone = (dag_id for dag_id in before if dag_id not in after)
    found += [DagDifference(Status.REMOVED, dag_id, before[dag_id].analysis.source.name) for dag_id in gone]
    return tuple(found)


def _dag(dag_id: str, old: Compiled, new: Compiled) -> DagDifference:
    changes = tuple(_changes(dict(_argument_leaves(old.plan.arguments)), dict(_argument_leaves(new.plan.arguments))))
    return DagDifference(Status.CHANGED, dag_id, new.analysis.source.name, changes, tuple(_tasks(old, new)))


def _tasks(old: Compiled, new: Compiled) -> Iterator[TaskDifference]:
    before, after = _task_leaves(old), _task_leaves(new)
    for task_id, leaves in after.items():
        if task_id not in before:
            yield TaskDifference(Status.ADDED, task_id)
        elif changes := tuple(_changes(before[task_id], leaves)):
            yield TaskDifference(Status.CHANGED, task_id, changes)
    yield from (TaskDifference(Status.REMOVED, task_id) for task_id in before if task_id not in after)


def _changes(before: Leaves, after: Leaves) -> Iterator[Change]:
    for at in dict.fromkeys((*before, *after)):
        (old, was_at), (new, is_at) = before.get(at, (_ABSENT, None)), after.get(at, (_ABSENT, None))
        if old == new and type(old) is type(new):
            continue
        if new is _ABSENT:
            yield Change(Status.REMOVED, at, _shown(at, old), None, was_at)
        elif old is _ABSENT:
            yield Change(Status.ADDED, at, None, _shown(at, new), is_at)
        else:
            yield Change(Status.CHANGED, at, _shown(at, old), _shown(at, new), is_at)


class _Hidden(str):
    """A string that is compared and not shown."""

    __slots__ = ()


def _shown(at: str, value: Any) -> Any:
    is_secret = isinstance(value, _Hidden) or (isinstance(value, str) and hides(at.rpartition(".")[2], value))
    return HIDDEN if is_secret else value


def _task_leaves(compiled: Compiled) -> dict[str, Leaves]:
    """Everything that can differ in each task: its request, its arguments, what it waits for."""
    groups = [each for each in walk(compiled.plan.members) if isinstance(each, GroupPlan)]
    shared = {task.task_id: group.upstream for group in groups if group.upstream for task in group.tasks}
    found: dict[str, Leaves] = {}
    for task in compiled.plan.tasks:
        is_job = task.task_id in compiled.analysis.requests
        elsewhere = {"task_id", "config", "spec"} if is_job else {"task_id"}
        own = tuple(
            (name, _own_doc(value, task.place) if name == "doc_md" else value)
            for name, value in task.arguments
            if name not in elsewhere
        )
        waits = (*shared.get(task.task_id, ()), *task.upstream)
        found[task.task_id] = {
            **(dict(_request_leaves(compiled, task.task_id)) if is_job else {}),
            **dict(_argument_leaves(own)),
            **({"task_group": (task.task_group, None)} if task.task_group else {}),
            **{f"{WAITS}{name}": (True, None) for name in waits},
            **{f"{FILE}{name}": (id_, None) for name, id_ in compiled.files.get(task.task_id, {}).items()},
        }
    return found


def _own_doc(doc: Any, place: str) -> Any:
    """A task's docs without the place, which moves with every line above it."""
    return doc.removesuffix(f"Compiled from `{place}`.").rstrip() if isinstance(doc, str) else doc


def _request_leaves(compiled: Compiled, task_id: str) -> Iterator[tuple[str, tuple[Any, str | None]]]:
    analysis = compiled.analysis
    request = analysis.requests[task_id]
    members = printable(request.members)
    for (shown, member, value), (_, _, shown_value) in zip(
        _walk(members, "", ()), _walk(redacted(members), "", ()), strict=True
    ):
        field = request.origin(member)
        span = origin(analysis.root, ("jobs", task_id, *field)).span if analysis.root is not None and field else None
        yield shown, (_hidden(value, shown_value), f"{span.path}:{span.line}" if span else None)


def _walk(value: Any, shown: str, member: Path) -> Iterator[tuple[str, Path, Any]]:
    """The leaves below a value of the request: as shown, their places, their values."""
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _walk(below, f"{shown}.{key}" if shown else key, (*member, key))
    elif isinstance(value, list) and value:
        names = _names(value)
        for index, below in enumerate(value):
            yield from _walk(below, f"{shown}[{names[index] if names else index}]", (*member, index))
    else:
        yield shown, member, value


def _names(items: list[Any]) -> list[str] | None:
    """The names of a list's items, if each has a unique one."""
    for key in _NAMED_BY:
        names = [item.get(key) for item in items if isinstance(item, Mapping)]
        if len(names) == len(items) == len(set(names)) and all(isinstance(name, str) for name in names):
            return [str(name) for name in names]
    return None


def _argument_leaves(arguments: Arguments) -> Iterator[tuple[str, tuple[Any, str | None]]]:
    for name, value in arguments:
        for (path, below), (_, shown_value) in zip(
            _plain(value, (name,)), _plain(redacted(value, name), (name,)), strict=True
        ):
            yield dotted(path), (_hidden(below, shown_value), None)


def _hidden(value: Any, shown_value: Any) -> Any:
    """`value`, marked if it differs from `shown`."""
    if not isinstance(value, str) or value == shown_value:
        return value
    return _Hidden(value)


def _plain(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The leaves of an expression; a call or a name, such as a callback's, is its source."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _plain(below, (*path, key))
    elif isinstance(value, list) and value:
        for index, below in enumerate(value):
            yield from _plain(below, (*path, index))
    else:
        yield path, _in_words(value) if isinstance(value, Call | Name) else value


_SHORT = ("airflow", "datetime", "pendulum")
"""The packages whose names say enough, such as `timedelta`; but for those of Airflow's providers."""


def _in_words(value: Call | Name) -> Source:
    """An expression's source, in which all that is imported from elsewhere has its dotted path."""
    paths = {
        each: f"{each.module}.{each.name}"
        for each in imports(value)
        if each.name and (each.module.partition(".")[0] not in _SHORT or each.module.startswith("airflow.providers."))
    }
    return Source(source(value, names=paths))
