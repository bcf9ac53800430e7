"""A CreateTrainingJob request, or what DescribeTrainingJob answers, as JSON or YAML.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
"""

from collections.abc import Mapping
from typing import Any

from trainspec.importers.model import Imported, ImportedJob, task_id_for
from trainspec.importers.script import notes_on
from trainspec.request.api.check import member_schema

_ANSWERED = ("TrainingJobArn", "TrainingJobStatus", "SecondaryStatus")


def is_request(data: Any) -> bool:
    """Whether `data` is a request or an answer of DescribeTrainingJob."""
    return isinstance(data, Mapping) and ("TrainingJobName" in data or "AlgorithmSpecification" in data)


def import_request(data: Mapping[str, Any]) -> Imported:
    """The job of a request or an answer. An answer loses, without a word, what SageMaker alone can say."""
    answered = any(name in data for name in _ANSWERED)
    notes: list[str] = []
    request = {name: value for name, value in _known(data, (), notes).items() if value is not None}
    if answered:
        notes = []
    notes += notes_on(request)
    return Imported((ImportedJob(task_id_for(str(data.get("TrainingJobName", ""))), request),), notes=tuple(notes))


def _known(value: Any, path: tuple[str | int, ...], notes: list[str]) -> Any:
    """`value` with the members that CreateTrainingJob takes."""
    if isinstance(value, list):
        return [_known(each, (*path, index), notes) for index, each in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    kept = {}
    for name, below in value.items():
        schema = member_schema((*path, name))
        if schema is None or schema.get("x-output-only"):
            notes.append(f"{dotted_member((*path, name))} is not a member of CreateTrainingJob, so it was left out")
        else:
            kept[name] = _known(below, (*path, name), notes)
    return kept


def dotted_member(path: tuple[str | int, ...]) -> str:
    """`('Tags', 0, 'Key')` as `Tags[0].Key`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
