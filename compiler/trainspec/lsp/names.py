"""The names in a file, where they are defined, and where others use them.

A name is a path: `("vars", "data", "bucket")`, `("tasks", "train")`, `("matrix", "train", "lr")`. Jobs, sensors, other
tasks, approvals and triggers share the names of tasks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from trainspec.text.source import Source
from trainspec.text.tree import Entry, Mapping, Node, Scalar, Sequence

Name: TypeAlias = tuple[str, ...]

TASKS = ("jobs", "sensors", "tasks", "approvals", "triggers")
"""The maps of a spec whose keys are the names of tasks."""

_REFERENCE = re.compile(r"\$\$\{|\$\{[ \t]*([A-Za-z_][\w-]*(?:\.[\w-]+)*)")
_PULLED = re.compile(r"""task_ids\s*=\s*\\?(['"])([\w.-]+)\\?\1""")

_MOST_STEPS = 125
"""No name has more: variables nest less deep, and a task's name has 250 characters."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name at offsets `start` to `end` of a file; there it `is_defined` or used."""

    name: Name
    start: int
    end: int
    is_defined: bool = False


def occurrences(source: Source, root: Node | None) -> list[Occurrence]:
    """All names of a file, in no order."""
    if not isinstance(root, Mapping):
        return []
    return list(_Reader(source, root).all())


def at(found: list[Occurrence], offset: int) -> Occurrence | None:
    """The narrowest occurrence around an offset."""
    around = [each for each in found if each.start <= offset <= each.end]
    return min(around, key=lambda each: each.end - each.start, default=None)


@dataclass(frozen=True)
class _Reader:
    source: Source
    root: Mapping

    def all(self) -> Iterator[Occurrence]:
        """Those of the document, and of each environment's patch of it."""
        yield from self._document(self.root)
        patches = self.root.get("environments")
        for entry in patches.entries if isinstance(patches, Mapping) else ():
            yield self._key(("environments", entry.key.text), entry)
            if isinstance(entry.value, Mapping):
                yield from self._document(entry.value)
        yield from self._used(self.root, None)

    def _document(self, root: Mapping) -> Iterator[Occurrence]:
        declared = root.get("vars")
        if isinstance(declared, Mapping):
            yield from self._variables(declared, ("vars",))
        for section in TASKS:
            tasks = root.get(section)
            for entry in tasks.entries if isinstance(tasks, Mapping) else ():
                yield self._key(("tasks", entry.key.text), entry)
                yield from self._task(entry)

    def _variables(self, declared: Mapping, above: Name) -> Iterator[Occurrence]:
        for entry in declared.entries:
            name = (*above, entry.key.text)
            yield self._key(name, entry)
            if isinstance(entry.value, Mapping):
                yield from self._variables(entry.value, name)

    def _task(self, task: Entry) -> Iterator[Occurrence]:
        if not isinstance(task.value, Mapping):
            return
        matrix, metrics = task.value.get("matrix"), task.value.get("metrics")
        for entry in matrix.entries if isinstance(matrix, Mapping) else ():
            if entry.key.text not in ("include", "exclude", "max_parallel"):
                yield self._key(("matrix", task.key.text, entry.key.text), entry)
        for entry in metrics.entries if isinstance(metrics, Mapping) else ():
            yield self._key(("metrics", task.key.text, entry.key.text), entry)
        waits_for = task.value.get("depends_on")
        for item in waits_for.items if isinstance(waits_for, Sequence) else [waits_for]:
            if isinstance(item, Scalar):
                yield self._task_in(item)
        conditions = task.value.get("proceed_if")
        for condition in conditions.items if isinstance(conditions, Sequence) else [conditions]:
            metric = condition.get("metric") if isinstance(condition, Mapping) else None
            if isinstance(metric, Scalar):
                yield self._scalar(("metrics", task.key.text, metric.text), metric)

    def _used(self, root: Mapping, job: str | None) -> Iterator[Occurrence]:
        """The names in the strings below `root`."""
        waiting: list[tuple[Node, str | None, int]] = [(root, job, 0)]
        while waiting:
            node, job, level = waiting.pop()
            if isinstance(node, Scalar):
                yield from self._in_text(node, job)
            elif isinstance(node, Sequence):
                waiting += [(item, job, level + 1) for item in node.items if item.via is None]
            else:
                for entry in node.entries:
                    if entry.value.via is None:
                        waiting.append((entry.value, self._job_at(node, entry, job), level + 1))

    def _job_at(self, node: Mapping, entry: Entry, job: str | None) -> str | None:
        """The job whose values are below an entry: `matrix` is known in it alone."""
        return entry.key.text if job is None and id(node) in self._maps_of_jobs else job

    @cached_property
    def _maps_of_jobs(self) -> frozenset[int]:
        """The identities of the maps whose keys are names of jobs: the document's, and each patch's."""
        patches = self.root.get("environments")
        parts = [self.root, *(entry.value for entry in (patches.entries if isinstance(patches, Mapping) else ()))]
        return frozenset(id(part.get("jobs")) for part in parts if isinstance(part, Mapping)) - {id(None)}

    def _in_text(self, node: Scalar, job: str | None) -> Iterator[Occurrence]:
        if "${" not in node.text and "task_ids" not in node.text:
            return
        start, end = self.source.offsets(node.span)
        raw = self.source.text[start:end]
        for found in _REFERENCE.finditer(raw):
            if found[1]:
                yield from self._reference(found[1], start + found.start(1), job)
        for found in _PULLED.finditer(raw):
            yield Occurrence(("tasks", found[2]), start + found.start(2), start + found.end(2))

    def _reference(self, dotted: str, start: int, job: str | None) -> Iterator[Occurrence]:
        """Each step of `vars.data.bucket`, the job of `jobs.train.model`, the name of `matrix.lr`."""
        steps = dotted.split(".")
        at = start + len(steps[0]) + 1
        if steps[0] == "vars":
            for count, step in enumerate(steps[1:_MOST_STEPS], 2):
                yield Occurrence(tuple(steps[:count]), at, at + len(step))
                at += len(step) + 1
        elif steps[0] == "jobs" and len(steps) > 1:
            rest = dotted[len("jobs.") :]
            job_named = self._task_of(rest)
            yield Occurrence(("tasks", job_named), at, at + len(job_named))
            attribute, _, metric = rest[len(job_named) + 1 :].partition(".")
            if attribute == "metrics" and metric:
                at += len(job_named) + len(".metrics.")
                yield Occurrence(("metrics", job_named, metric), at, at + len(metric))
        elif steps[0] == "matrix" and job is not None and len(steps) == 2 and steps[1] != "id":
            yield Occurrence(("matrix", job, steps[1]), at, at + len(steps[1]))

    def _task_in(self, node: Scalar) -> Occurrence:
        """The task that a scalar names; of `sweep.lr_0_1`, a point of a matrix, the job `sweep`."""
        found = self._scalar(("tasks", self._task_of(node.text)), node)
        return replace(found, end=min(found.end, found.start + len(found.name[1])))

    def _task_of(self, dotted: str) -> str:
        """The longest task that a dotted string begins with, else its first step: names may contain dots."""
        steps = dotted.split(".")
        heads = (".".join(steps[:count]) for count in range(min(len(steps), _MOST_STEPS), 0, -1))
        return next((head for head in heads if head in self.tasks), steps[0])

    @cached_property
    def tasks(self) -> frozenset[str]:
        """The names of the file's tasks."""
        maps = (self.root.get(section) for section in TASKS)
        return frozenset(entry.key.text for each in maps if isinstance(each, Mapping) for entry in each.entries)

    def _key(self, name: Name, entry: Entry) -> Occurrence:
        return self._located(name, entry.key, is_defined=True)

    def _scalar(self, name: Name, node: Scalar) -> Occurrence:
        return self._located(name, node, is_defined=False)

    def _located(self, name: Name, node: Scalar, *, is_defined: bool) -> Occurrence:
        """A scalar as a name, without the quotes around it."""
        start, end = self.source.offsets(node.span)
        if not node.plain and end - start >= 2 and self.source.text[start] in "'\"":
            start, end = start + 1, end - 1
        return Occurrence(name, start, end, is_defined)
