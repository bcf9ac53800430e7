"""The training and tuning jobs that other tasks start: the literal `config` of Amazon's operators and of ours.

A policy would be worth little if a team could evade it by writing a task instead of a job.
https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/sagemaker.html
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from trainspec.request.api.model import TRAINING, TUNING
from trainspec.request.lower import Request
from trainspec.request.tuned import UNKNOWN
from trainspec.templates import has_template
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import JobData, SpecData, TaskData

CONFIG: Final[Path] = ("arguments", "config")
_OURS: Final = {"TrainingJobOperator": TRAINING, "TuningJobOperator": TUNING}
"""The operators of `trainspec.runtime` that take a `config`."""
OPERATIONS: Final = {
    "SageMakerTrainingOperator": TRAINING,
    "SageMakerTrainingOperatorAsync": TRAINING,
    "SageMakerTuningOperator": TUNING,
    **_OURS,
}
"""The request of each class, whatever module has it: teams have subclasses of the same name."""
_OF_THE_OPERATOR: Final = ("S3Operations",)
"""What Amazon's operators take out of `config` before it becomes a request."""
_CAST: Final = frozenset({
    "InstanceCount", "VolumeSizeInGB", "MaxRuntimeInSeconds", "MaxNumberOfTrainingJobs", "MaxParallelTrainingJobs",
})  # fmt: skip
"""Members that Amazon's operators convert to integers, with Python's `int`."""
_TEXTS: Final = frozenset({"HyperParameters", "StaticHyperParameters", "Environment"})
"""Maps of strings: a name in them is the user's."""
_BOOLEANS: Final = {"true": True, "false": False}


def task_requests(data: "SpecData") -> Iterator[tuple[str, Request | None]]:
    """The request of each task that starts training or tuning jobs; None if only a run knows its `config`."""
    for name, task in (data.get("tasks") or {}).items():
        operation = OPERATIONS.get(_class(task))
        if operation is not None:
            config = (task.get("arguments") or {}).get("config")
            yield name, _request(config, operation, task) if isinstance(config, Mapping) else None


def as_job(task: "TaskData") -> "JobData":
    """Such a task in the fields of a job, as far as its hours and money are counted from them."""
    job: JobData = {}
    if "retries" in task:
        job["retries"] = task["retries"]
    region = (task.get("arguments") or {}).get("region_name")
    if isinstance(region, str):
        job["region"] = region
    return job


def sent(members: Mapping[str, Any], task: "TaskData", unknown: Any) -> dict[str, Any]:
    """Members as the task's operator sends them: strings as numbers.

    `unknown` replaces what is not a number, and a role's name. Members with a template stay as they are.
    """
    ours = _class(task) in _OURS
    kinds = _kinds() if ours else dict.fromkeys(_CAST, "integer")
    return {name: _sent(value, name, kinds, ours, unknown) for name, value in members.items()}


def _class(task: "TaskData") -> str:
    return str(task.get("operator")).rpartition(".")[2]


def _kinds() -> dict[str, str]:
    """The type of each member that our operators cast, by its name."""
    from trainspec.runtime.engine.casting import TYPED_MEMBERS
    from trainspec.runtime.engine.tuning import TUNING_MEMBERS

    return {path.rpartition(".")[2]: kind for path, kind in {**TYPED_MEMBERS, **TUNING_MEMBERS}.items()}


def _request(config: Mapping[str, Any], operation: str, task: "TaskData") -> Request:
    taken = () if _class(task) in _OURS else _OF_THE_OPERATOR
    members = sent({name: value for name, value in config.items() if name not in taken}, task, UNKNOWN)
    return Request(members, {(name,): (*CONFIG, name) for name in members}, frozenset(), (), operation)


def _sent(value: Any, name: str, kinds: Mapping[str, str], ours: bool, unknown: Any) -> Any:
    if isinstance(value, Mapping):
        within = {} if name in _TEXTS else kinds
        return {key: _sent(below, "" if name in _TEXTS else key, within, ours, unknown) for key, below in value.items()}
    if isinstance(value, list):
        return [_sent(each, "", kinds, ours, unknown) for each in value]
    if not isinstance(value, str) or has_template(value):
        return value
    if name in kinds:
        return _cast(value, kinds[name], unknown)
    if name == "RoleArn" and not ours and not value.startswith("arn:"):
        return unknown
    return value


def _cast(value: str, kind: str, unknown: Any) -> Any:
    """A string as `int` parses it, which accepts more than digits: `+40`, `4_0`, digits of any script."""
    if kind == "boolean":
        return _BOOLEANS.get(value.strip().lower(), unknown)
    try:
        return int(value) if kind == "integer" else float(value)
    except ValueError:
        return unknown
