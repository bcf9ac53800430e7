"""The jobs that other tasks start with Amazon's operators, as policies see them: their `config`, where it is literal.

A rule that a team could walk around by writing a task in the place of a job would be worth little.
https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/operators/sagemaker.html
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from trainspec.request.api.model import TRAINING, TUNING
from trainspec.request.lower import Request
from trainspec.request.tuned import UNKNOWN
from trainspec.text.tree import Path

if TYPE_CHECKING:
    from trainspec.language.data import JobData, SpecData, TaskData

CONFIG: Final[Path] = ("arguments", "config")
_OPERATIONS: Final = {
    "SageMakerTrainingOperator": TRAINING,
    "SageMakerTrainingOperatorAsync": TRAINING,
    "SageMakerTuningOperator": TUNING,
}
"""The request of each class, whatever module has it: teams have subclasses of the same name."""
_OF_THE_OPERATOR: Final = ("S3Operations",)
"""What the operators take out of `config` before it becomes a request."""
_CAST: Final = frozenset({
    "InstanceCount", "VolumeSizeInGB", "MaxRuntimeInSeconds", "MaxNumberOfTrainingJobs", "MaxParallelTrainingJobs",
})  # fmt: skip
"""Members that the operators make integers of."""


def task_requests(data: "SpecData") -> Iterator[tuple[str, Request | None]]:
    """The request of each task that starts training or tuning jobs; None where only a run knows its `config`."""
    for name, task in (data.get("tasks") or {}).items():
        operation = _OPERATIONS.get(str(task.get("operator")).rpartition(".")[2])
        if operation is not None:
            config = (task.get("arguments") or {}).get("config")
            yield name, _request(config, operation) if isinstance(config, Mapping) else None


def counted(data: "SpecData") -> "SpecData":
    """A spec with these tasks in the place of its jobs, as far as hours and money are counted from them."""
    jobs = {name: _as_job(data["tasks"][name]) for name, _ in task_requests(data)}
    return {"dag": data.get("dag") or {}, "jobs": jobs}


def _as_job(task: "TaskData") -> "JobData":
    job: JobData = {}
    if "retries" in task:
        job["retries"] = task["retries"]
    region = (task.get("arguments") or {}).get("region_name")
    if isinstance(region, str):
        job["region"] = region
    return job


def _request(config: Mapping[str, Any], operation: str) -> Request:
    sent = {name: value for name, value in config.items() if name not in _OF_THE_OPERATOR}
    members = {name: _sent(value, name) for name, value in sent.items()}
    return Request(members, {(name,): (*CONFIG, name) for name in members}, frozenset(), (), operation)


def _sent(value: Any, name: str) -> Any:
    """A value as the operator sends it: some as integers, and a role's name as an ARN, which is not known here."""
    if isinstance(value, Mapping):
        return {key: _sent(below, key) for key, below in value.items()}
    if isinstance(value, list):
        return [_sent(each, "") for each in value]
    if name in _CAST and isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if name == "RoleArn" and isinstance(value, str) and not value.startswith("arn:") and "{{" not in value:
        return UNKNOWN
    return value
