"""XComs in templates: what a training job returns becomes a reference; other tasks' XComs stay templates.

https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/sagemaker.html: a training job's XCom
contains the response of DescribeTrainingJob under `Training`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

_OPEN, _THEN, _END = "\ue003", "\ue004", "\ue005"
_MARK = re.compile(f"{_OPEN}([^{_THEN}]*){_THEN}([^{_END}]*){_END}")
_TASK = re.compile(r"""xcom_pull\(\s*(?:[^()]*?task_ids\s*=\s*)?\[?\\?['"]([^'"\\]+)""")
_PULL = re.compile(
    r"""\{\{-?\s*(?:ti|task_instance)\.xcom_pull\(\s*(?:task_ids\s*=\s*)?(?P<list>\[?)\s*(['"])(?P<task>[\w.-]+)\2\s*"""
    r"""(?P<end>\]?)(?:\s*,\s*dag_id\s*=\s*['"][\w.-]+['"])?(?:\s*,\s*key\s*=\s*['"]return_value['"])?\s*,?\s*\)"""
    r"""(?P<first>\[0\])?(?P<path>(?:\s*\[\s*['"]\w+['"]\s*\])+)\s*-?\}\}"""
)
_ATTRIBUTES = {
    ("Training", "ModelArtifacts", "S3ModelArtifacts"): "model",
    ("Training", "TrainingJobName"): "name",
    ("Training", "TrainingJobArn"): "arn",
}
_BY_PYTHON = ("op_args", "op_kwargs", "templates_dict", "params", "parameters", "conf", "trigger_run_id")
"""Arguments that take values of any kind: an XCom in them is passed on as it is, a template as a string."""


def with_marks(value: Any, jobs: Collection[str]) -> Any:
    """`value` with marks for what the training jobs `jobs` return, if a template names it."""
    if isinstance(value, Mapping):
        return {key: with_marks(below, jobs) for key, below in value.items()}
    if isinstance(value, list):
        return [with_marks(below, jobs) for below in value]
    if not isinstance(value, str) or "xcom_pull" not in value:
        return value
    return _PULL.sub(lambda found: _mark(found, jobs), value)


def _mark(found: re.Match[str], jobs: Collection[str]) -> str:
    attribute = _ATTRIBUTES.get(tuple(re.findall(r"\w+", found["path"])))
    is_one = bool(found["list"]) == bool(found["end"]) == bool(found["first"])
    if attribute is None or not is_one or found["task"] not in jobs:
        return found[0]
    return reference(found["task"], attribute)


def reference(task_id: str, attribute: str) -> str:
    """The mark for an attribute of a job's result, such as its `model`: a spec has `${jobs.TASK.ATTRIBUTE}` for it."""
    return f"{_OPEN}{task_id}{_THEN}{attribute}{_END}"


def with_references(value: Any) -> Any:
    """`value` with `${jobs.TASK.ATTRIBUTE}` for marks."""
    if isinstance(value, Mapping):
        return {key: with_references(below) for key, below in value.items()}
    if isinstance(value, list):
        return [with_references(below) for below in value]
    return _MARK.sub(r"${jobs.\1.\2}", value) if isinstance(value, str) and _OPEN in value else value


def pulled(value: Any) -> Iterator[str]:
    """The tasks whose XComs the templates in `value` read."""
    yield from dict.fromkeys(_TASK.findall(str(value)))


def handed_to_python(arguments: Mapping[str, Any]) -> str | None:
    """The argument of a task that passes an XCom to code which may need it in its own type."""
    return next((name for name in _BY_PYTHON if "xcom_pull" in str(arguments.get(name, ""))), None)


def before_of(upstream: Mapping[int, Collection[int]], task: int) -> set[int]:
    """All tasks that must have ended before a task starts."""
    found: set[int] = set()
    waiting = list(upstream.get(task, ()))
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(upstream.get(each, ()))
    return found
