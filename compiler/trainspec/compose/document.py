"""From a file's tree to the composed document: the environment over it, defaults under each job, variables put in."""

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeAlias

from trainspec.compose import environments
from trainspec.compose.best import tasks_with
from trainspec.compose.for_each import FIELD as FOR_EACH
from trainspec.compose.for_each import combinations_of, same_ids
from trainspec.compose.matrix import Point, expand
from trainspec.compose.merge import is_removal, merge, settled, without
from trainspec.compose.other_tasks import SECTIONS, compose_section
from trainspec.compose.references import JobScope, with_needed
from trainspec.compose.variables import MAX_CHAIN, Variables, leaves, mentioned
from trainspec.diagnostics import Diagnostic, Span, codes, has_errors
from trainspec.options import Options
from trainspec.templates.choices import Choice
from trainspec.text.parse import MAX_FAULTS, MAX_NODES
from trainspec.text.tree import Entry, Mapping, Node, Scalar, key_span, mapping
from trainspec.text.typing import is_null

COMMAND_LINE = "--var"
"""What the place of a variable's value is called that no file holds."""

BASE = "default"
"""What `${env}` is where no environment is laid over the spec."""

_PLAIN = Options()
_MODULES = frozenset(
    (
        "airflow",
        "pendulum",
        "trainspec",
        "datetime",
        "__init__",
        "__main__",
        "sitecustomize",
        "usercustomize",
        "conftest",
    )
)
"""What a DAG file imports, and what Python and pytest import of a folder by themselves."""
_DAG_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,249}")
_NAMES_IMAGE = frozenset({"image", "framework", "algorithm", "request"})
_OF_IMAGE = _NAMES_IMAGE | {"region", "resources"}
"""The fields of a job that its image follows from."""
_TASK_OF_ITS_OWN = re.compile(r"\{\{[^}]*\b(task|ti|task_id|task_instance)\b")


@dataclass(frozen=True, slots=True)
class Composed:
    """A document with nothing left to resolve: `dag` and the jobs in full, without `defaults`.

    `jobs` of the document holds each point of a matrix by its task's id; `groups` has these ids by the job's name, none
    where the matrix is wrong; `bounds` says how many of them may run at once. `variables` are the names that `--var`
    may give a value to. `holes` are the places of `${...}` for which there is no value; a finding tells of each.
    `choices` are the tasks that choose the best of a matrix, by their ids; `tasks` of the document has them, too.
    `combinations` are those of `for_each`, as the command line names them; the document is one of them.
    """

    root: Mapping
    dag_id: str
    findings: tuple[Diagnostic, ...]
    groups: Map[str, tuple[str, ...]] = field(default_factory=dict)
    environments: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()
    bounds: Map[str, int] = field(default_factory=dict)
    holes: frozenset[Span] = frozenset()
    choices: Map[str, Choice] = field(default_factory=dict)
    combinations: tuple[str, ...] = ()


ImageOf: TypeAlias = Callable[[Map[str, Any]], str | None]
"""The image that some fields of a job name, as far as it is known."""


def compose(
    root: Mapping,
    default_id: str,
    options: Options = _PLAIN,
    own: str | None = None,
    image_of: ImageOf = lambda _: None,
) -> Composed:
    """The composed document of the spec `root`.

    `default_id` is the DAG's id where the spec gives none; of the `options` those of the command line count, and the
    environment's account and region. `own` names the file whose unused variables are told.
    """
    environment = options.environment
    findings = list(islice(environments.check(root, environment, options.environments), MAX_FAULTS))
    whole, root = root, environments.patched(root, environment)
    given = _variables(root, default_id, options)
    combined = combinations_of(root, given)
    variables = given.with_more(combined.values(options.combination)) if root.get(FOR_EACH) is not None else given
    declared = root.get("vars")
    jobs = _Jobs(root.get("defaults"), variables, {"account": options.account, "region": options.region}, image_of)
    written_jobs = root.get("jobs")
    composed_jobs = jobs.compose(written_jobs) if written_jobs is not None and not is_removal(written_jobs) else None
    entries = []
    for entry in root.entries:
        key, value = entry.key.text, entry.value
        if is_removal(value) or (key == "defaults" and isinstance(variables.opened(value), Mapping)):
            continue
        if key == "jobs" and composed_jobs is not None:
            value = composed_jobs
        elif key == FOR_EACH:
            value = given.resolve(value)
        elif key in SECTIONS:
            value = compose_section(key, value, variables, jobs.known, jobs.groups, jobs.choices, jobs.image)
        elif key != "environments":
            value = variables.resolve(settled(value)) if key == "dag" else settled(value)
        entries.append(Entry(entry.key, value))
    composed = _with_choices(mapping(tuple(entries), root.span), jobs.choices)
    findings += _no_name(root, default_id)
    identity = _resolved_id(root, default_id, variables)
    findings += _hidden_module(root, default_id, identity)
    findings += combined.findings
    if len(combined.points) > 1 and not has_errors(variables.findings):
        place = id_place(root, own or root.span.path)
        findings += same_ids(root, combined, dag_ids(root, default_id, options), place)
    findings += variables.findings
    used = {*mentioned(whole), *mentioned(root)}
    if not has_errors(findings):
        findings += _unused(root, used, own)
    names = frozenset({*used, *(declared.keys() if isinstance(declared, Mapping) else ())})
    patches, holes = environments.names(whole), frozenset(variables.holes)
    groups, bounds = jobs.groups, jobs.bounds
    return Composed(
        composed,
        identity,
        tuple(findings),
        groups,
        patches,
        names,
        bounds,
        holes,
        jobs.choices,
        combined.labels,
    )


def _with_choices(composed: Mapping, choices: Map[str, Choice]) -> Mapping:
    """The document with the tasks that choose among its `tasks`."""
    if not choices:
        return composed
    tasks = composed.entry("tasks")
    if tasks is None:
        added = tasks_with(None, choices)
        return mapping((*composed.entries, Entry(Scalar("tasks", added.span), added)), composed.span)
    entry = Entry(tasks.key, tasks_with(tasks.value, choices)) if isinstance(tasks.value, Mapping) else tasks
    return mapping(tuple(entry if each is tasks else each for each in composed.entries), composed.span)


def dag_ids(root: Mapping, default_id: str, options: Options = _PLAIN) -> list[str]:
    """The ids of the DAGs alone, of a document that `compose` would take: one, or one for each combination."""
    root = environments.patched(root, options.environment)
    variables = _variables(root, default_id, options)
    if root.get(FOR_EACH) is None:
        return [_resolved_id(root, default_id, variables)]
    found = combinations_of(root, variables)
    numbers = range(max(1, len(found.points)))
    return [
        _resolved_id(root, default_id, _variables(root, default_id, options).with_more(found.values(number)))
        for number in numbers
    ]


def id_place(root: Mapping, name: str) -> Span:
    """Where the spec `name` says its DAG's id; its first line, in a manner of speaking, where it does not do so itself.

    `root` is its document, composed or not.
    """
    written = _dag_id(root, "")
    places = [] if written.span is root.span else [written.via or written.span]
    places += [key_span(root, (key,)) for key in ("dag", "trainspec") if root.get(key) is not None]
    return next((span for span in places if span.path == name), places[-1])


@dataclass(frozen=True, slots=True)
class _Job:
    """A task to be: its key in the document, its fields with the defaults under them, its point in a matrix."""

    key: Scalar
    fields: Node
    name: Scalar
    point: Point | None = None


class _Jobs:
    """The jobs of a document, composed. `groups` and `bounds` are of the matrices, `known` all jobs by task id.

    `environment` holds fields that each job has from its environment unless it, or `defaults`, says otherwise.
    """

    def __init__(
        self, defaults: Node | None, variables: Variables, environment: Map[str, str | None], image_of: ImageOf
    ) -> None:
        self.choices: dict[str, Choice] = {}
        self._image_of = image_of
        self._tasks_by_id: dict[str, _Job] = {}
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
        tasks: list[_Job] = []
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
            self._images[task_id] = None  # while it is looked for
            self._looking += 1
            self._images[task_id] = self._image(self._tasks_by_id[task_id])
            self._looking -= 1
        return self._images[task_id] or (f"the image of `{task_id}` would be its own", None)

    def _image(self, task: _Job) -> Node | tuple[str, str | None]:
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
            advice = f"set the `region` of `{task.key.text}`" if is_placeless else "write the image out"
            return f"the image of `{task.key.text}` is not known when the spec is compiled", advice
        place = next((each.value.span for each in kept.entries if each.key.text in _NAMES_IMAGE), task.key.span)
        return Scalar(image, place, plain=False)

    def _too_large(self, task: _Job) -> Node:
        message = f"more than {MAX_NODES:,} values after defaults, matrices and variables are applied"
        return self._variables.too_large(task.key.span, message)

    def _tasks(self, entry: Entry) -> Iterator[_Job]:
        """The tasks that a job becomes: one, or one for each point of its matrix."""
        fields = self._variables.opened(entry.value)
        if isinstance(fields, Mapping):
            fields = settled(merge(self._defaults, fields))
        if isinstance(fields, Mapping) and self._environment:
            fields = self._of_environment(fields, entry.key.span)
        matrix = fields.get("matrix") if isinstance(fields, Mapping) else None
        if matrix is None or not isinstance(fields, Mapping):
            yield _Job(entry.key, fields, entry.key)
            return
        before = len(self._variables.findings)
        expanded = expand(entry.key, self._variables.resolve(matrix))
        self._variables.findings += expanded.findings if len(self._variables.findings) == before else []
        self.groups[entry.key.text] = tuple(point.task_id for point in expanded.points)
        if expanded.bound is not None:
            self.bounds[entry.key.text] = expanded.bound
        rest = without(fields, "matrix")
        for point in expanded.points:
            yield _Job(Scalar(point.task_id, entry.key.span), rest, entry.key, point)

    def _of_environment(self, fields: Mapping, span: Span) -> Mapping:
        """The fields of a job, with those of its environment that it does not have."""
        missing = ((name, value) for name, value in self._environment.items() if fields.get(name) is None)
        added = tuple(Entry(Scalar(name, span), Scalar(value, span, plain=False)) for name, value in missing)
        return replace(mapping((*fields.entries, *added), fields.span), via=fields.via) if added else fields

    def _resolved(self, task: _Job, known: Map[str, Node]) -> Node:
        values: dict[str, Node] = {"job.id": task.name}
        if task.point is not None:
            values["matrix.id"] = Scalar(task.point.id_for_names, task.key.span, plain=False)
            values |= {f"matrix.{name}": value for name, value in task.point.values.items()}
        label = task.point.label if task.point else None
        scope = JobScope(task.key.text, label, known, self.groups, choices=self.choices, images=self.image)
        variables = self._variables.scoped(values, scope)
        if not isinstance(task.fields, Mapping):
            return variables.resolve(task.fields)
        entries: list[Entry] = []
        for entry in task.fields.entries:
            scope.field_name = entry.key.text
            one = variables.resolve(mapping((entry,), task.fields.span))
            entries += one.entries if isinstance(one, Mapping) else ()
        resolved = replace(mapping(tuple(entries), task.fields.span), via=task.fields.via)
        return with_needed(resolved, scope.needed)


def _as_text(node: Node) -> Any:
    """A part of the document with each scalar as it was written."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {entry.key.text: _as_text(entry.value) for entry in node.entries}
    return [_as_text(each) for each in node.items]


_INTO_THE_NAME = "put `${matrix...}` into the name"
_ALIKE = "rename a value: in a name, all characters but letters and digits become dashes"
"""Where the points have several names, so that `${matrix...}` is in there already."""


def _same_names(job: str, points: Iterable[str], jobs: Mapping) -> Iterator[Diagnostic]:
    """That points of a matrix ask SageMaker for the same name."""
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
        yield replace(same, advice=_ALIKE) if len(first) > 1 else same


def _unused(root: Mapping, used: set[str], own: str | None) -> Iterator[Diagnostic]:
    """The file's own variables that nothing names; one that stands over another's is that one's.

    One whose value YAML's own aliases bring to other places is used, too.
    """
    declared = root.get("vars")
    elsewhere: set[Span] | None = None
    for entry in declared.entries if isinstance(declared, Mapping) else ():
        name = entry.key.text
        if name in used or entry.value.replaced is not None or entry.key.span.path != own:
            continue
        elsewhere = elsewhere or {
            span for each in root.entries if each.value is not declared for span in _spans(each.value)
        }
        if elsewhere.isdisjoint(_spans(entry.value)):
            message = f"nothing uses the variable `{name}`"
            yield Diagnostic(codes.UNUSED_VARIABLE, entry.key.span, message, "remove it", f"vars.{name}")


def _spans(node: Node) -> Iterator[Span]:
    """Where `node` and all below it was written."""
    yield node.span
    below = [entry.value for entry in node.entries] if isinstance(node, Mapping) else getattr(node, "items", ())
    for each in below:
        yield from _spans(each)


def _no_name(root: Mapping, default_id: str) -> Iterator[Diagnostic]:
    if _dag_id(root, default_id).span is root.span and not _DAG_ID.fullmatch(default_id):
        message = f"the file's name, `{default_id}`, cannot be the DAG's id"
        advice = "give the DAG an `id`, or the file a name of letters, digits, `_`, `.` and `-`"
        yield Diagnostic(codes.MALFORMED, root.entries[0].key.span, message, advice, "dag.id")


def _hidden_module(root: Mapping, default_id: str, dag_id: str) -> Iterator[Diagnostic]:
    """Whether the file that is named after the DAG stands in the way of what Python or the file itself imports."""
    if dag_id in _MODULES:
        message = f"`{dag_id}.py`, the file of this DAG, hides the Python module of that name from what lies beside it"
        written = _dag_id(root, default_id)
        span = root.entries[0].key.span if written.span is root.span else written.span
        yield Diagnostic(codes.HIDES_MODULE, span, message, "give the DAG another `id`", "dag.id")


def _dag_id(root: Mapping, default_id: str) -> Scalar:
    dag = root.get("dag")
    written = dag.get("id") if isinstance(dag, Mapping) else None
    if isinstance(written, Scalar) and not is_null(written):
        return written
    return Scalar(default_id, root.span, plain=False)


def _resolved_id(root: Mapping, default_id: str, variables: Variables) -> str:
    resolved = variables.resolve(_dag_id(root, default_id))
    return resolved.text if isinstance(resolved, Scalar) else default_id


def _variables(root: Mapping, default_id: str, options: Options) -> Variables:
    """What the whole document can name with `${...}`; those of the command line come before its own."""
    given = {f"vars.{name}": Scalar(value, _command_line(name)) for name, value in options.variables.items()}
    declared = root.get("vars")
    written = dict(leaves("vars", settled(declared) if declared is not None else None))
    environment = Scalar(options.environment or BASE, root.span, plain=False)
    return Variables({**written, **given, "dag.id": _dag_id(root, default_id), "env": environment})


def _command_line(name: str) -> Span:
    return Span(f"{COMMAND_LINE} {name}", 1, 1, 1, 1)
