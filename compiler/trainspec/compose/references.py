"""`${jobs.OTHER.model}`: the results of another job of the spec.

They are known only when the task runs, so they are replaced by an Airflow template.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/xcoms.html
"""

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import TypeAlias

from trainspec.compose.best import FORM, Question, Wrong, asks, names_of, question, unknown_name
from trainspec.compose.matrix import MAX_ID
from trainspec.compose.tuned import asks_for_best, best_names, is_tuned, objective
from trainspec.diagnostics import Code, Diagnostic, Span, codes, did_you_mean
from trainspec.templates.choices import Choice
from trainspec.text.tree import Entry, Mapping, Node, Scalar, Sequence, mapping, sequence
from trainspec.text.typing import natural

PREFIX = "jobs."
_KEYS = ("model", "name", "arn", "output", "billable_seconds")
_METRICS = "metrics."
_IMAGE = ".image"
"""Known when the spec is compiled."""
_AT_START = ("name", "arn", "output")
"""Results that are known as soon as the job has been created; the others are known at its end."""

NOT_RENDERED = frozenset((
    "account", "depends_on", "depends_on_past", "do_xcom_push", "doc", "doc_json", "doc_rst", "doc_yaml", "email",
    "email_on_failure", "email_on_retry", "end_date", "execution_timeout", "executor", "hyperparameter_encoding",
    "ignore_first_depends_on_past", "inlets", "logger_name", "matrix", "max_active_tis_per_dag",
    "max_active_tis_per_dagrun", "max_retry_delay", "on_execute_callback", "on_failure_callback", "on_retry_callback",
    "on_skipped_callback", "on_success_callback", "operator", "outlets", "owner", "params", "pool", "pool_slots",
    "priority_weight", "queue", "region", "retries", "retry_delay", "retry_exponential_backoff", "run_as_user",
    "start_date", "task_display_name", "task_group", "trigger_rule", "wait_for_downstream",
    "wait_for_past_depends_before_skipping", "weight_rule",
))  # fmt: skip
"""Fields of a job that are not part of a request: Airflow renders no templates in them."""

Images: TypeAlias = Callable[[str], Node | tuple[str, str | None]]
"""The image of a job by its task id; or why it is not known without a run, and what to do."""

_ATTRIBUTES = "`.image`, `.model`, `.name`, `.arn`, `.output`, `.billable_seconds` and `.metrics.NAME`"


@dataclass(slots=True)
class JobScope:
    """The job whose values are resolved, among the others.

    `jobs` has every job by its task id, the points of a matrix each by its own; `groups` the task ids of each matrix by
    the job's name. `label` distinguishes this job within its matrix. `field_name` is the field that is being resolved;
    `needed` collects the jobs that were named, and where. `rendered` are the only fields that may name any; if it is
    None, all except those `NOT_RENDERED`. `choices` collects the tasks that choose the best of several, of the whole
    document; `images` returns a job's image, if it is known before a run, `is_built_in` whether that is one of AWS's
    algorithms, which reports its own metrics.
    """

    task_id: str
    label: str | None
    jobs: Map[str, Node]
    groups: Map[str, tuple[str, ...]]
    needed: dict[str, Span] = field(default_factory=dict)
    field_name: str | None = None
    rendered: frozenset[str] | None = None
    choices: dict[str, Choice] = field(default_factory=dict)
    images: Images | None = None
    is_built_in: Callable[[str], bool] = lambda _: False

    def resolve(self, name: str, span: Span) -> Node | Diagnostic:
        """The template that stands for `name` (`jobs.other.model`), or what is wrong with it at `span`.

        A map of templates, if all metrics or hyperparameters are named.
        """
        rest = name.removeprefix(PREFIX)
        if rest.endswith(_IMAGE) and (job := self._longest(rest)) is not None and len(job) == len(rest) - len(_IMAGE):
            return self._image(job, name, span)
        if self.field_name in NOT_RENDERED if self.rendered is None else self.field_name not in self.rendered:
            message = f"`${{{name}}}` cannot be used in `{self.field_name}`: Airflow reads that before any task runs"
            return _wrong(codes.BAD_SUBSTITUTION, span, message)
        if asks(rest):
            return self._best(question(rest), name, span)
        job = self._longest(rest)
        if job is None:
            first = rest.split(".")[0]
            near = did_you_mean(first, (*self.jobs, *self.groups))
            return _wrong(codes.UNKNOWN_JOB, span, f"`${{{name}}}`: there is no job `{first}`", near)
        attribute = rest[len(job) + 1 :]
        if job in self.groups and not self.groups[job]:
            return Scalar(f"{{{{ ti.xcom_pull(task_ids={_quoted(job)}) }}}}", span, plain=False)  # its matrix is wrong
        if job in self.groups:
            same_point = f"{job}.{self.label}"
            if same_point not in self.jobs or same_point == self.task_id:
                wrong, points = self._no_point(job, attribute)
                return _wrong(codes.BAD_SUBSTITUTION, span, f"`${{{name}}}`: {wrong}", points)
            job = same_point
        if job == self.task_id:
            return _wrong(codes.DEPENDENCY_CYCLE, span, f"`${{{name}}}`: `{job}` cannot depend on its own results")
        if asks_for_best(attribute):
            return self._best_of_tuning(job, attribute, name, span)
        found = self._template(job, attribute, name)
        if isinstance(found, str) and (why := self._is_not_kept(job, attribute)):
            return _wrong(codes.CONFLICT, span, f"`${{{name}}}`: {why}")
        if isinstance(found, str):
            self.needed.setdefault(job, span)
            return Scalar(found, span, plain=False)
        return _wrong(codes.UNKNOWN_VARIABLE, span, *found)

    def _best_of_tuning(self, job: str, attribute: str, name: str, span: Span) -> Node | Diagnostic:
        """The template for a result of the best training job of a tuning job."""
        names = best_names(attribute, self.jobs[job], job)
        if not isinstance(names, Wrong) and (why := self._is_not_kept(job, attribute)):
            names = Wrong(codes.CONFLICT, why)
        if isinstance(names, Wrong):
            return _wrong(names.code, span, f"`${{{name}}}`: {names.message}", names.advice)
        self.needed.setdefault(job, span)
        pull = f"ti.xcom_pull(task_ids={_quoted(job)}, key='best')"
        steps = attribute.split(".")[1:2]
        if steps != ["hyperparameters"]:
            return Scalar(f"{{{{ {pull}[{_quoted(names[0])}] }}}}", span, plain=False)
        templates = {each: f"{{{{ {pull}['hyperparameters'][{_quoted(each)}] }}}}" for each in names}
        if attribute.count(".") > 1:
            return Scalar(templates[names[0]], span, plain=False)
        values = (Entry(Scalar(each, span), Scalar(text, span, plain=False)) for each, text in templates.items())
        return mapping(tuple(values), span)

    def _image(self, job: str, name: str, span: Span) -> Node | Diagnostic:
        """The image of a job, or of all points of a matrix if they have the same one."""
        found: Node | None = None
        for point in self.groups.get(job, (job,)):
            image = self.images(point) if self.images else ("it is not known here", None)
            if isinstance(image, tuple):
                return _wrong(codes.BAD_SUBSTITUTION, span, f"`${{{name}}}`: {image[0]}", image[1])
            if isinstance(found, Scalar) and isinstance(image, Scalar) and found.text != image.text:
                points = self._no_point(job, "image")[1]
                message = f"`${{{name}}}`: the points of `{job}` have different images"
                return _wrong(codes.BAD_SUBSTITUTION, span, message, points)
            found = found or image
        return found or Scalar("", span, plain=False)  # its matrix is wrong

    def _best(self, asked: Question | Wrong, name: str, span: Span) -> Node | Diagnostic:
        """The template for a result of the best point of a matrix."""
        if isinstance(asked, Wrong):
            return _wrong(asked.code, span, f"`${{{name}}}`: {asked.message}", asked.advice)
        if asked.job not in self.groups:
            if asked.job in self.jobs:
                message = f"`${{{name}}}`: `{asked.job}` is a single job: `best` requires a `matrix`"
                return _wrong(codes.BAD_SUBSTITUTION, span, message, f"write `${{jobs.{asked.job}.{asked.attribute}}}`")
            near = did_you_mean(asked.job, self.groups) or did_you_mean(asked.job, self.jobs)
            return _wrong(codes.UNKNOWN_JOB, span, f"`${{{name}}}`: there is no job `{asked.job}`", near)
        points = self.groups[asked.job]
        pull = f"ti.xcom_pull(task_ids={_quoted(asked.task_id)}"
        if not points:
            return Scalar(f"{{{{ {pull}) }}}}", span, plain=False)  # its matrix is wrong
        if self.task_id in points:
            message = f"`${{{name}}}`: a point of `{asked.job}` cannot depend on the best of all points"
            return _wrong(codes.DEPENDENCY_CYCLE, span, message)
        if asked.task_id in self.jobs or asked.task_id in self.groups:
            message = (
                f"`${{{name}}}`: the task that chooses would be called `{asked.task_id}`, which is the name of a job"
            )
            return _wrong(codes.CONFLICT, span, message, "rename that job")
        fields = self.jobs[points[0]]
        wrong = unknown_name(asked, fields) if isinstance(fields, Mapping) else None
        has_metrics = isinstance(fields, Mapping) and fields.get("metrics") is not None
        if wrong is not None and not has_metrics and self.is_built_in(points[0]):
            wrong = None  # the rule that knows the algorithms checks its metrics
        if wrong is None and (why := self._is_not_kept(points[0], "metrics")):
            wrong = Wrong(codes.CONFLICT, why)
        if wrong is not None:
            return _wrong(wrong.code, span, f"`${{{name}}}`: {wrong.message}", wrong.advice)
        return self._of_choice(asked, fields, name, pull, span)

    def _of_choice(self, asked: Question, fields: Node, name: str, pull: str, span: Span) -> Node | Diagnostic:
        kind, _, one = asked.attribute.partition(".")
        names: Iterable[str] | Wrong = [one]
        if kind in ("metrics", "hyperparameters") and not one and isinstance(fields, Mapping):
            names = names_of(asked, fields)
        if isinstance(names, Wrong):
            return _wrong(names.code, span, f"`${{{name}}}`: {names.message}", names.advice)
        new = Choice(asked.task_id, asked.job, asked.metric, asked.goal, span)
        choice = self.choices.setdefault(asked.task_id, new)
        if (choice.metric, choice.goal) != (asked.metric, asked.goal):
            message = f"`${{{name}}}`: the tasks for `{choice.metric}` and `{asked.metric}` would have the same name"
            return _wrong(codes.CONFLICT, span, message, "rename one of the metrics")
        self.needed.setdefault(asked.task_id, span)
        if kind == "hyperparameters":
            choice.hyperparameters |= dict.fromkeys(names)
        if kind not in ("metrics", "hyperparameters"):
            key = "" if kind == "name" else f", key='{kind}'"
            return Scalar(f"{{{{ {pull}{key}) }}}}", span, plain=False)
        templates = {each: f"{{{{ {pull}, key='{kind}')[{_quoted(each)}] }}}}" for each in names}
        if one:
            return Scalar(templates[one], span, plain=False)
        values = (Entry(Scalar(each, span), Scalar(text, span, plain=False)) for each, text in templates.items())
        return mapping(tuple(values), span)

    def _longest(self, rest: str) -> str | None:
        """The job that `rest` begins with, whose name may contain dots; the longest of several."""
        ends = [end for end, sign in enumerate(rest[: MAX_ID + 1]) if sign == "."]
        heads = [rest, *(rest[:end] for end in reversed(ends))]
        return next((head for head in heads if head in self.jobs or head in self.groups), None)

    def _no_point(self, job: str, attribute: str) -> tuple[str, str]:
        """What is wrong with naming the matrix `job` instead of one of its points, and what to do."""
        points = self.groups[job]
        if attribute.partition(".")[0] == "best":
            return f"`{job}` is a matrix: `best` needs a metric to choose by", FORM
        some = f"{', '.join(points[:3])}{', …' if len(points) > 3 else ''}"
        if "." not in attribute or attribute.startswith(_METRICS):
            metric = attribute.removeprefix(_METRICS) if attribute.startswith(_METRICS) else "METRIC"
            best = f"`${{jobs.{job}.best({metric}, max).{attribute or 'model'}}}`"
            return (
                f"`{job}` is a matrix, and each of its points has its own results",
                f"name a point ({some}), or use {best}",
            )
        return f"the matrix `{job}` has no such point", f"its points are {some}"

    def _is_not_kept(self, job: str, attribute: str) -> str | None:
        """Why the task of `job` has no results; None if it has."""
        fields = self.jobs[job]
        operator = fields.get("operator") if isinstance(fields, Mapping) else None
        if isinstance(fields, Mapping) and _is_off(fields.get("do_xcom_push")):
            return f"`{job}` keeps no results (`do_xcom_push: false`)"
        is_left_alone = isinstance(operator, Mapping) and _is_off(operator.get("wait_for_completion"))
        if is_left_alone and attribute not in _AT_START:
            return f"the task of `{job}` does not wait for its job, so it has no `.{attribute}` to pass on"
        return None

    def _template(self, job: str, attribute: str, name: str) -> str | tuple[str, str | None]:
        pull = f"ti.xcom_pull(task_ids={_quoted(job)}"
        if attribute.startswith(_METRICS):
            metric = attribute.removeprefix(_METRICS)
            node = self.jobs[job]
            is_listed = isinstance(node, Mapping) and node.get("algorithm") is None and metric != objective(node)
            declared = node.get("metrics") if isinstance(node, Mapping) and is_listed else None
            if isinstance(declared, Mapping) and declared.get(metric) is None:
                return f"`${{{name}}}`: the job `{job}` has no metric `{metric}`", did_you_mean(metric, declared.keys())
            return f"{{{{ {pull}, key='metrics')[{_quoted(metric)}] }}}}"
        if attribute == "billable_seconds" and is_tuned(self.jobs[job]):
            return f"`${{{name}}}`: a tuning job is not billed, but each of its training jobs is", None
        if attribute not in _KEYS:
            if not attribute:
                return f"`${{{name}}}` does not name an attribute of the job", f"available attributes: {_ATTRIBUTES}"
            near = did_you_mean(attribute, (*_KEYS, "image")) or f"available attributes: {_ATTRIBUTES}"
            return f"`${{{name}}}`: a job does not have `.{attribute}`", near
        return f"{{{{ {pull}) }}}}" if attribute == "name" else f"{{{{ {pull}, key='{attribute}') }}}}"


_PULL = re.compile(r"ti\.xcom_pull\(task_ids='((?:[^'\\]|\\.)*)'(?:, key='(\w+)')?\)")


def handed_on(text: str) -> Iterator[tuple[str, str]]:
    """The jobs whose results a resolved `text` contains, each with the attribute (`model`, `name`, …)."""
    for found in _PULL.finditer(text):
        yield re.sub(r"\\(.)", r"\1", found[1]), found[2] or "name"


_WHOLE = re.compile(rf"\{{\{{ {_PULL.pattern}(?:\['((?:[^'\\]|\\.)*)'\])?(?:\['((?:[^'\\]|\\.)*)'\])? \}}\}}")


def in_words(text: str) -> str:
    """`text` with short names for results of other jobs: `sweep.metrics.auc` instead of a template."""
    return _WHOLE.sub(lambda found: ".".join(each for each in found.groups() if each), text)


def with_needed(job: Mapping, needed: Map[str, Span]) -> Mapping:
    """`job` with the jobs that its values name in its `depends_on`, if they are not there already."""
    given = job.entry("depends_on")
    items = () if given is None else given.value.items if isinstance(given.value, Sequence) else (given.value,)
    named = {item.text for item in items if isinstance(item, Scalar)}
    more = tuple(Scalar(name, span, plain=False) for name, span in needed.items() if name not in named)
    if not more:
        return job
    if given is None:
        entry = Entry(Scalar("depends_on", more[0].span), sequence(more, more[0].span))
        return mapping((*job.entries, entry), job.span)
    entry = Entry(given.key, sequence((*items, *more), given.value.span))
    return mapping(tuple(entry if each is given else each for each in job.entries), job.span)


def _is_off(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.plain and natural(node.text) is False


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _wrong(code: Code, span: Span, message: str, advice: str | None = None) -> Diagnostic:
    return Diagnostic(code, span, message, advice)
