"""Templates of other tasks: what Airflow could not render, found before it tries."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trainspec.dag.airflow import MINORS
from trainspec.dag.callables import signature_of
from trainspec.dag.checks.params import declared_params
from trainspec.dag.sections import sections
from trainspec.diagnostics import codes
from trainspec.options import Options
from trainspec.templates import Sample, has_template, render
from trainspec.templates.context import Declared
from trainspec.text.fault import Fault
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import SpecData, TaskData

_RENDERED = {
    "sensors": ("s3",),
    "approvals": ("subject", "body"),
    "triggers": ("conf", "run_id", "logical_date"),
    "jobs": ("proceed_if",),
}
"""The fields that Airflow always renders."""


def check_templates(data: "SpecData", sample: Sample, options: Options) -> Iterator[Fault]:
    """What is wrong with the templates of the validated `data` of a spec, in its jobs only those of their gates."""
    contexts: dict[Declared, Mapping[str, Any]] = {}
    tasks = dict(sections(data))
    for path, text in _templates(data):
        params = declared_params(data, tasks[path[0]][path[1]])
        if params not in contexts:
            contexts[params] = sample._replace(params=params).context()
        for problem in render(text, contexts[params]).problems:
            is_rendered = path[0] != "tasks" or _is_rendered(data["tasks"][path[1]], str(path[3]), options)
            if is_rendered is not False:
                code = problem.code if is_rendered else codes.DOUBTFUL_TEMPLATE
                yield Fault(code, path, problem.message, problem.advice)


def _is_rendered(task: "TaskData", argument: str, options: Options) -> bool | None:
    """Whether Airflow renders an argument of a task; None if it is not known."""
    airflow = MINORS[options.airflow]
    operator = task.get("operator")  # missing if it names a variable that is not defined
    signature = signature_of(airflow.operator(operator), airflow, options.own_operators) if operator else None
    if signature is None or signature.renders is None or argument not in signature.arguments:
        return None
    return argument in signature.renders


def _templates(data: "SpecData") -> Iterator[tuple[tuple[Any, ...], str]]:
    tasks = dict(sections(data))
    for section, fields in (*_RENDERED.items(), ("tasks", ("arguments",))):
        for name, task in tasks[section].items():
            for field in fields:
                yield from _texts(task.get(field), (section, name, field))


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The strings in a value that contain a template, each with its path."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _texts(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _texts(below, (*path, index))
    elif isinstance(value, str) and has_template(value):
        yield path, value
