"""A training job as last described by DescribeTrainingJob."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, ClassVar, Final

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
COMPLETED: Final = "Completed"
ENDED: Final = frozenset({COMPLETED, "Failed", "Stopped", "Deleting", "Deleted", "DeleteFailed"})

# How SageMaker's reasons start when the request, the role or the data is at fault; the same request fails again.
# After AlgorithmError (the container failed), CapacityError and InternalServerError, another try may succeed.
# https://docs.aws.amazon.com/sagemaker/latest/dg/model-train-storage.html and .../train-troubleshooting
_LASTING_REASONS: Final = ("ClientError",)

# What the triggerer reports when the longest wait is over.
OVERDUE: Final = "overdue"


@dataclass(frozen=True)
class Job:
    """One training job; `description` is the response of DescribeTrainingJob, empty before the first one."""

    name: str
    arn: str
    description: Mapping[str, Any] = field(default_factory=dict, repr=False)

    name_member: ClassVar[str] = "TrainingJobName"
    arn_member: ClassVar[str] = "TrainingJobArn"
    status_member: ClassVar[str] = "TrainingJobStatus"

    @classmethod
    def described(cls, description: Mapping[str, Any]) -> "Job":
        """Return the job in a response of DescribeTrainingJob."""
        return cls(description[cls.name_member], description[cls.arn_member], description)

    def in_full(self, ask: Callable[[str, Mapping[str, Any]], Mapping[str, Any]]) -> "Job":
        """Return the ended job with all that is known about it. Kinds that need more calls use `ask`."""
        del ask
        return self

    @property
    def status(self) -> str:
        """InProgress, Completed, Failed, Stopping or Stopped."""
        return str(self.description.get(self.status_member, "InProgress"))

    @property
    def ended(self) -> bool:
        """Whether the status is final."""
        return self.status in ENDED

    @property
    def completed(self) -> bool:
        """Whether the job succeeded: only the status Completed means that."""
        return self.status == COMPLETED

    @property
    def created(self) -> float | None:
        """When the job was created, in seconds since the epoch."""
        moment = self.description.get("CreationTime")
        return None if moment is None else float(moment.timestamp())

    @property
    def state(self) -> str:
        """The status with the secondary status and its message, for a log line."""
        parts = [self.status, self.description.get("SecondaryStatus", "")]
        transitions = self.description.get("SecondaryStatusTransitions") or [{}]
        text = " - ".join(part for part in parts if part and part != self.status) or ""
        message = transitions[-1].get("StatusMessage", "")
        return self.status + (f" - {text}" if text else "") + (f": {message}" if message else "")

    @property
    def logged_as(self) -> str | None:
        """The prefix of its log streams' names; None if it has no log of its own."""
        return self.name

    @property
    def model(self) -> str | None:
        """The S3 path of the model artifact, once there is one."""
        return (self.description.get("ModelArtifacts") or {}).get("S3ModelArtifacts")

    @property
    def output(self) -> str | None:
        """The S3 path under which the job writes."""
        return (self.description.get("OutputDataConfig") or {}).get("S3OutputPath")

    @property
    def billable_seconds(self) -> int | None:
        """What AWS bills for each instance, without what spot capacity saved."""
        return self.description.get("BillableTimeInSeconds")

    @property
    def metrics(self) -> dict[str, float | None]:
        """The last value of each metric; None if it is not a finite number, which JSON, and so XCom, cannot hold."""
        found = self.description.get("FinalMetricDataList") or []
        return {entry["MetricName"]: entry["Value"] if isfinite(entry["Value"]) else None for entry in found}

    @property
    def results(self) -> dict[str, Any]:
        """What a completed job passes on by XCom in addition to its name; without None values."""
        found = {
            "arn": self.arn,
            "output": self.output,
            "model": self.model,
            "billable_seconds": self.billable_seconds,
            "metrics": self.metrics,
        }
        return {key: value for key, value in found.items() if value is not None}

    @property
    def reason(self) -> str:
        """Why the job did not complete, in SageMaker's words if it has any."""
        if reason := self.description.get("FailureReason"):
            return str(reason)
        return _LIMITS.get(self.description.get("SecondaryStatus", ""), "SageMaker gives no reason")

    @property
    def cause(self) -> tuple[str, str]:
        """The kind of failure: SageMaker's reason and the secondary status; each may be empty."""
        description = self.description
        return str(description.get("FailureReason") or ""), str(description.get("SecondaryStatus") or "")

    @property
    def lasting(self) -> bool:
        """Whether the same request would fail again."""
        return self.reason.startswith(_LASTING_REASONS)


_LIMITS: Final = {
    "MaxRuntimeExceeded": "it ran longer than StoppingCondition.MaxRuntimeInSeconds allows",
    "MaxWaitTimeExceeded": "it waited and ran longer than StoppingCondition.MaxWaitTimeInSeconds allows",
    "MaxPendingTimeExceeded": "it waited for capacity longer than StoppingCondition.MaxPendingTimeInSeconds allows",
    "Interrupted": "spot capacity was interrupted",
    "Stopped": "it was stopped from outside",
}
