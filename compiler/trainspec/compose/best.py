"""`${jobs.sweep.best(validation:auc, max).model}`: the results of the best point of a matrix.

Only the run decides which point that is. So each such reference creates a separate task, which waits for the points,
compares the metric that they reported, and passes on the results of the best one.
"""

import hashlib
import re
from collections.abc import Iterable
from collections.abc import Mapping as Map
from typing import Final, NamedTuple

from trainspec.compose.matrix import MAX_ID
from trainspec.diagnostics import Code, codes, did_you_mean
from trainspec.templates.choices import OPERATOR, Choice
from trainspec.text.tree import Entry, Mapping, Node, Scalar, mapping

GOALS: Final = ("max", "min")
ATTRIBUTES: Final = ("model", "name", "arn", "output", "billable_seconds")
MAPS: Final = ("metrics", "hyperparameters")
"""What has values by name: all of them, or one after a dot."""

FORM: Final = "write `best(METRIC, max)` or `best(METRIC, min)`"
_ALL_OF_IT: Final = (
    "`.model`, `.name`, `.arn`, `.output`, `.billable_seconds`, `.metrics.NAME` and `.hyperparameters.NAME`"
)
_AS_OTHERS_SAY: Final = {
    "maximize": "max", "maximum": "max", "maximal": "max", "highest": "max", "largest": "max", "desc": "max",
    "minimize": "min", "minimum": "min", "minimal": "min", "lowest": "min", "smallest": "min", "asc": "min",
}  # fmt: skip
_CALL = re.compile(r"(?P<job>[^()]+)\.best\((?P<by>.*)\)(?:\.(?P<attribute>.*))?")
_NOT_OF_AN_ID = re.compile(r"[^A-Za-z0-9]+")


class Wrong(NamedTuple):
    """Why a question cannot be answered."""

    code: Code
    message: str
    advice: str | None = None


class Question(NamedTuple):
    """The best job by a metric, `max` or `min`, of those that `job` stands for; and the requested attribute."""

    job: str
    metric: str
    goal: str
    attribute: str

    @property
    def written(self) -> str:
        """The question as a spec has it, without the attribute."""
        return f"{self.job}.best({self.metric}, {self.goal})"

    @property
    def task_id(self) -> str:
        """The id of the task that answers: `sweep-best-validation-auc-max`."""
        word = _NOT_OF_AN_ID.sub("-", self.metric).strip("-")
        task_id = f"{self.job}-best-{word}-{self.goal}"
        if word == self.metric or len(task_id) > MAX_ID:
            return task_id if len(task_id) <= MAX_ID else f"{self.job}-best-{_digest(self.metric)}-{self.goal}"
        return task_id


def asks(rest: str) -> bool:
    """Whether the text after `jobs.` requests the best of several."""
    return ".best(" in rest


def question(rest: str) -> Question | Wrong:
    """The question behind `jobs.`: `sweep.best(validation:auc, max).model`."""
    found = _CALL.fullmatch(rest)
    if found is None:
        return Wrong(codes.BAD_SUBSTITUTION, "`best(...)` is incomplete", FORM)
    metric, comma, goal = (part.strip() for part in found["by"].rpartition(","))
    metric, goal = metric.strip("'\""), goal.strip("'\"")
    if not comma or not metric:
        return Wrong(codes.BAD_SUBSTITUTION, "`best(...)` needs the name of a metric and a goal", FORM)
    if goal not in GOALS:
        meant = _AS_OTHERS_SAY.get(goal.lower(), goal.lower() if goal.lower() in GOALS else None)
        advice = f"write `{meant}`" if meant else did_you_mean(goal, GOALS) or "write `max` or `min`"
        return Wrong(codes.NOT_ONE_OF, f"`{goal}` is not a goal of `best(...)`", advice)
    attribute = (found["attribute"] or "").strip()
    head = attribute.partition(".")[0]
    if head not in (ATTRIBUTES if "." not in attribute else ()) + MAPS or attribute.endswith("."):
        message = f"`best(...)` does not have `.{attribute}`" if attribute else "`best(...)` needs an attribute"
        near = did_you_mean(head, (*ATTRIBUTES, *MAPS)) if attribute else None
        return Wrong(codes.UNKNOWN_VARIABLE, message, near or f"available attributes: {_ALL_OF_IT}")
    return Question(found["job"].strip(), metric, goal, attribute)


def unknown_name(asked: Question, fields: Mapping) -> Wrong | None:
    """Whether the jobs have no such metric, or no such hyperparameter; `fields` are those of one of them."""
    metrics = None if _has_any(fields, "algorithm", "request") else _names(fields.get("metrics"))
    names = [asked.metric]
    kind, _, name = asked.attribute.partition(".")
    if kind == "metrics" and name:
        names.append(name)
    for each in names:
        if metrics is not None and each not in metrics:
            has = f"it has {', '.join(f'`{one}`' for one in metrics)}" if metrics else "it has no `metrics`"
            near = did_you_mean(each, metrics)
            part = next((f"did you mean `{one}`?" for one in metrics if each in one), None)
            advice = near or part or "add it to `metrics`, with the expression that finds it in the log"
            return Wrong(codes.UNKNOWN_VARIABLE, f"the job `{asked.job}` has no metric `{each}`: {has}", advice)
    given = _names(fields.get("hyperparameters"))
    if kind == "hyperparameters" and name and given is not None and name not in given:
        message = f"the job `{asked.job}` has no hyperparameter `{name}`"
        return Wrong(codes.UNKNOWN_VARIABLE, message, did_you_mean(name, given) or "name one of its `hyperparameters`")
    return None


def names_of(asked: Question, fields: Mapping) -> Iterable[str] | Wrong:
    """The names of all metrics or hyperparameters, if the complete map is requested."""
    names = _names(fields.get(asked.attribute))
    if names:
        return names
    message = f"the names of the {asked.attribute} of `{asked.job}` are not known when the spec is compiled"
    return Wrong(codes.BAD_SUBSTITUTION, message, f"name one: `.{asked.attribute}.NAME`")


def tasks_with(tasks: Node | None, choices: Map[str, Choice]) -> Node:
    """The section `tasks` with the tasks that choose."""
    first = next(iter(choices.values()))
    given = tasks.entries if isinstance(tasks, Mapping) else ()
    added = tuple(Entry(Scalar(each.task_id, each.span), _task(each)) for each in choices.values())
    return mapping((*given, *added), tasks.span if tasks is not None else first.span)


def _task(choice: Choice) -> Mapping:
    def text(value: str) -> Scalar:
        return Scalar(value, choice.span, plain=False)

    def of(entries: Map[str, Node]) -> Mapping:
        return mapping(tuple(Entry(text(key), value) for key, value in entries.items()), choice.span)

    return of({
        "operator": text(OPERATOR),
        "depends_on": text(choice.job),
        "trigger_rule": text("none_failed_min_one_success"),
        "arguments": of({"metric": text(choice.metric), "goal": text(choice.goal)}),
    })  # fmt: skip


def _names(node: Node | None) -> list[str] | None:
    """The keys of a map; None if they are not known."""
    if node is None:
        return []
    return list(node.keys()) if isinstance(node, Mapping) else None


def _has_any(fields: Mapping, *names: str) -> bool:
    return any(fields.get(name) is not None for name in names)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
