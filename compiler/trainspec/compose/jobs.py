"""The jobs of a document, composed: defaults merged, one job for each point of a matrix, values resolved."""

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from trainspec.compose.matrix import Point, expand
from trainspec.compose.merge import is_removal, merge, settled, without
from trainspec.compose.references import JobScope, with_needed
from trainspec.compose.variables import MAX_CHAIN, Variables
from trainspec.diagnostics import Diagnostic, Span, codes
from trainspec.templates.choices import Choice
from trainspec.text.parse import MAX_NODES
from trainspec.text.tree import Entry, Mapping, Node, Scalar, mapping

_NAMES_IMAGE = frozenset({"image", "framework", "algorithm", "request"})
_OF_IMAGE = _NAMES_IMAGE | {"region", "resources"}
"""The fields of a job that its image follows from."""
_TASK_OF_ITS_OWN = re.compile(r"\{\{[^}]*\b(task|ti|task_id|task_instance)\b")
ImageOf: TypeAlias = Callable[[Map[str, Any]], str | None]
IsAlgorithm: TypeAlias = Callable[[str], bool]
"""The image that some fields of a job name, as far as it is known."""


@dataclass(frozen=True, slots=True)
class Job:
    """A task to be: its key in the document, its fields with the defaults under them, its point in a matrix."""

    key: Scalar
    fields: Node
    name: Scalar
    point: Point | None = None


class Jobs:
    """The jobs of a document, composed. `groups` and `bounds` are of the matrices, `known` all jobs by task id.

    `environment` has fields that each job gets from its environment unless it, or `defaults`, sets them.
    """

    def __init__(
        self,
        defaults: Node | None,
        variables: Variables,
        environment: Map[str, str | None],
        image_of: ImageOf,
        is_algorithm: IsAlgorithm,
    ) -> None:
        self.choices: dict[str, Choice] = {}
        self._image_of = image_of
        self._is_algorithm = is_algorithm
        self._tasks_by_id: dict[str, Job] = {}
        self._looking = 0
        self._images: dict[str, Node | tuple[str, str | None] | None] = {}
        self._environment = {name: value for name, value in environment.items() if value is not None}
        self.groups: dict[str, tuple[str, ...]] = {}
        self.bounds: dict[str, int] = {}
        self.known: dict[str, Node] = {}
        opened = variables.opened(defaults) if defaults is not None else None
        self._defaults = opened if isinstance(opened, Mapping) else None
        self._variables = variables

    def compose(self, jobs: Node) -> Node:
        """The map of all tasks' jobs, every value resolved."""
        jobs = self._variables.opened(jobs)
        if not isinstance(jobs, Mapping):
            return jobs
        tasks: list[Job] = []
        known = self.known
        size = 0
        for task in (task for entry in jobs.entries if not is_removal(entry.value) for task in self._tasks(entry)):
            if task.key.text in known:
                message = f"a matrix point and a job are both called `{task.key.text}`"
                self._variables.findings.append(Diagnostic(codes.CONFLICT, task.key.span, message, "rename one"))
                return mapping((), jobs.span)
            known[task.key.text] = task.fields
            self._tasks_by_id[task.key.text] = task
            tasks.append(task)
            size += task.fields.size
            if size > MAX_NODES:
                return self._too_large(task)
        entries: list[Entry] = []
        size = 0
        for task in tasks:
            entries.append(Entry(task.key, self._resolved(task, known)))
            size += entries[-1].value.size
            if size > MAX_NODES:
                return self._too_large(task)
        composed = mapping(tuple(entries), jobs.span)
        for name, points in self.groups.items():
            self._variables.findings += _same_names(name, points, composed)
        return composed

    def image(self, task_id: str) -> Node | tuple[str, str | None]:
        """The image of a job; or why it is not known without a run, and what to do."""
        if task_id not in self._images:
            if self._looking >= MAX_CHAIN:
                return f"more than {MAX_CHAIN} jobs take their images from each other", None
            self._images[task_id] = None  # while it is resolved
            self._looking += 1
            self._images[task_id] = self._image(self._tasks_by_id[task_id])
            self._looking -= 1
        return self._images[task_id] or (f"the image of `{task_id}` refers to itself", None)

    def is_built_in(self, task_id: str) -> bool:
        """Whether a job's image, if it is known before a run, is that of one of AWS's algorithms."""
        image = self.image(task_id)
        return isinstance(image, Scalar) and self._is_algorithm(image.text)

    def _image(self, task: Job) -> Node | tuple[str, str | None]:
        if not isinstance(task.fields, Mapping):
            return f"`{task.key.text}` has no image", None
        kept = mapping(tuple(each for each in task.fields.entries if each.key.text in _OF_IMAGE), task.fields.span)
        count = len(self._variables.findings)
        resolved = self._resolved(replace(task, fields=kept), self.known)
        is_unresolved = len(self._variables.findings) > count
        del self._variables.findings[count:]  # they are reported where the job itself is resolved
        if is_unresolved:
            return f"the image of `{task.key.text}` refers to itself, or to something that does not exist", None
        written = resolved.get("image") if isinstance(resolved, Mapping) else None
        if isinstance(written, Scalar):
            return written
        image = self._image_of(_as_text(resolved))
        if image is None:
            has = resolved if isinstance(resolved, Mapping) else mapping((), task.key.span)
            is_placeless = has.get("region") is None and has.get("image") is None
            advice = f"set the `region` of `{task.key.text}`" if is_placeless else "write the image URI itself"
            return f"the image of `{task.key.text}` is not known when the spec is compiled", advice
        place = next((each.value.span for each in kept.entries if each.key.text in _NAMES_IMAGE), task.key.span)
        return Scalar(image, place, plain=False)

    def _too_large(self, task: Job) -> Node:
        message = f"more than {MAX_NODES:,} values after defaults, matrices and variables are applied"
        return self._variables.too_large(task.key.span, message)

    def _tasks(self, entry: Entry) -> Iterator[Job]:
        """The tasks that a job becomes: one, or one for each point of its matrix."""
        fields = self._variables.opened(entry.value)
        if isinstance(fields, Mapping):
            fields = settled(merge(self._defaults, fields))
        if isinstance(fields, Mapping) and self._environment:
            fields = self._of_environment(fields, entry.key.span)
        matrix = fields.get("matrix") if isinstance(fields, Mapping) else None
        if matrix is None or not isinstance(fields, Mapping):
            yield Job(entry.key, fields, entry.key)
            return
        before = len(self._variables.findings)
        expanded = expand(entry.key, self._variables.resolve(matrix))
        self._variables.findings += expanded.findings if len(self._variables.findings) == before else []
        self.groups[entry.key.text] = tuple(point.task_id for point in expanded.points)
        if expanded.bound is not None:
            self.bounds[entry.key.text] = expanded.bound
        rest = without(fields, "matrix")
        for point in expanded.points:
            yield Job(Scalar(point.task_id, entry.key.span), rest, entry.key, point)

    def _of_environment(self, fields: Mapping, span: Span) -> Mapping:
        """The fields of a job, with those of its environment that it does not have."""
        missing = ((name, value) for name, value in self._environment.items() if fields.get(name) is None)
        added = tuple(Entry(Scalar(name, span), Scalar(value, span, plain=False)) for name, value in missing)
        return replace(mapping((*fields.entries, *added), fields.span), via=fields.via) if added else fields

    def _resolved(self, task: Job, known: Map[str, Node]) -> Node:
        values: dict[str, Node] = {"job.id": task.name}
        if task.point is not None:
            values["matrix.id"] = Scalar(task.point.id_for_names, task.key.span, plain=False)
            values |= {f"matrix.{name}": value for name, value in task.point.values.items()}
        label = task.point.label if task.point else None
        scope = JobScope(
            task.key.text,
            label,
            known,
            self.groups,
            choices=self.choices,
            images=self.image,
            is_built_in=self.is_built_in,
        )
        variables = self._variables.scoped(values, scope)
        if not isinstance(task.fields, Mapping):
            return variables.resolve(task.fields)
        entries: list[Entry] = []
        for entry in task.fields.entries:
            scope.field_name = entry.key.text
            entries.append(variables.entry(entry))
        resolved = replace(mapping(tuple(entries), task.fields.span), via=task.fields.via)
        return with_needed(resolved, scope.needed)


def _as_text(node: Node) -> Any:
    """A part of the document with each scalar as it was written."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {entry.key.text: _as_text(entry.value) for entry in node.entries}
    return [_as_text(each) for each in node.items]


_INTO_THE_NAME = "include `${matrix...}` in the name"
_ALIKE = "rename a value: in names, all characters except letters and digits become dashes"
"""Where the points have several names, so that `${matrix...}` is in there already."""


def _same_names(job: str, points: Iterable[str], jobs: Mapping) -> Iterator[Diagnostic]:
    """A finding that points of a matrix request the same job name."""
    first: dict[str, str] = {}
    same: Diagnostic | None = None
    for point in points:
        fields = jobs.get(point)
        name = fields.get("name") if isinstance(fields, Mapping) else None
        if not isinstance(name, Scalar) or _TASK_OF_ITS_OWN.search(name.text):
            continue
        other = first.setdefault(name.text, point)
        if other != point and same is None:
            message = f"`{other}` and `{point}` have the same name: the points of a matrix need distinct names"
            same = Diagnostic(codes.CONFLICT, name.span, message, _INTO_THE_NAME, f"jobs.{job}.name")
    if same is not None:
        yield same._replace(advice=_ALIKE) if len(first) > 1 else same
