"""Tuning jobs: what DescribeHyperParameterTuningJob returns, and the row of their kind.

A tuning job has no artifact and no log of its own. It passes on the results of its best training job.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeHyperParameterTuningJob.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, ClassVar, Final

from trainspec.runtime.engine.calls import CallAnswer
from trainspec.runtime.engine.casting import INTEGER, NUMBER, TYPED_MEMBERS
from trainspec.runtime.engine.job import COMPLETED, Job
from trainspec.runtime.engine.kinds import JobKind
from trainspec.runtime.engine.problems import TrainingProblem

DEFINITION: Final = "TrainingJobDefinition"
SEVERAL: Final = "TrainingJobDefinitions"
LIST_TRAININGS: Final = "list_training_jobs_for_hyper_parameter_tuning_job"
_DESCRIBE_TRAINING: Final = "describe_training_job"
_CONFIG: Final = "HyperParameterTuningJobConfig"
_SLACK, _SLACK_SHARE = 60.0, 0.1
"""Seconds before its own limit at which a stopped tuning job may seem to end; at most this share of the limit."""


@dataclass(frozen=True)
class TuningJob(Job):
    """One tuning job; `best` is the description of its best training job, empty before it is requested."""

    best: Mapping[str, Any] | None = None
    failed_training: Mapping[str, Any] | None = None
    """The summary of one of its training jobs that failed."""

    name_member: ClassVar[str] = "HyperParameterTuningJobName"
    arn_member: ClassVar[str] = "HyperParameterTuningJobArn"
    status_member: ClassVar[str] = "HyperParameterTuningJobStatus"

    def in_full(self, ask: Callable[[str, Mapping[str, Any]], Mapping[str, Any]]) -> "TuningJob":
        """Return the job with its best training job or, if it did not complete, one that failed.

        `ask` calls an operation with its arguments. Raises no AWS error: the job itself is known.
        """
        try:
            if self.completed:
                name = self._best_summary.get("TrainingJobName")
                return replace(self, best=ask(_DESCRIBE_TRAINING, {"TrainingJobName": name})) if name else self
            failed = {self.name_member: self.name, "StatusEquals": "Failed", "MaxResults": 1}
            summaries = ask(LIST_TRAININGS, failed).get("TrainingJobSummaries") or []
            return replace(self, failed_training=summaries[0]) if summaries else self
        except (CallAnswer, TrainingProblem):
            return self

    @property
    def completed(self) -> bool:
        """Whether the job succeeded, which includes that it used up its own time limit and has a result."""
        return self.status == COMPLETED or bool(self.status == "Stopped" and self._is_out_of_time and self.best_name)

    @property
    def state(self) -> str:
        """The status with the numbers of training jobs, for a log line."""
        counted = self.description.get("TrainingJobStatusCounters") or {}
        words = [f"{counted[name]} {word}" for name, word in _COUNTERS.items() if counted.get(name)]
        best, value = self.best_name, self.objective[1]
        words += [f"the best is {best}" + ("" if value is None else f" with {value:g}")] if best else []
        return self.status + (f" - {', '.join(words)}" if words else "")

    @property
    def best_name(self) -> str | None:
        """The name of the best training job, once there is one."""
        return self._best_summary.get("TrainingJobName")

    @property
    def objective(self) -> tuple[str | None, float | None]:
        """The name of the objective metric, and its value in the best training job; None if not known."""
        final = self._best_summary.get("FinalHyperParameterTuningJobObjectiveMetric") or {}
        value = final.get("Value")
        return final.get("MetricName"), value if value is not None and isfinite(value) else None

    @property
    def hyperparameters(self) -> dict[str, str]:
        """Those of the best training job, including the static ones; SageMaker's own (`_tuning…`) are left out."""
        static = self._definition.get("StaticHyperParameters") or {}
        found = {**static, **(self._best_summary.get("TunedHyperParameters") or {})}
        return {name: value for name, value in found.items() if not name.startswith("_")}

    @property
    def logged_as(self) -> str | None:
        """The name of a training job that failed: a tuning job itself has no log."""
        return (self.failed_training or {}).get("TrainingJobName")

    @property
    def model(self) -> str | None:
        """The S3 path of the best training job's artifact, once that job is described."""
        return ((self.best or {}).get("ModelArtifacts") or {}).get("S3ModelArtifacts")

    @property
    def output(self) -> str | None:
        """The S3 path under which the training jobs write."""
        return (self._definition.get("OutputDataConfig") or {}).get("S3OutputPath")

    @property
    def billable_seconds(self) -> int | None:
        """Not reported for a tuning job: each of its training jobs has its own."""
        return None

    @property
    def metrics(self) -> dict[str, float | None]:
        """The last value of each metric of the best training job, the objective among them."""
        name, value = self.objective
        reported = Job(self.name, self.arn, self.best or {}).metrics
        return {**reported, **({name: value} if name else {})}

    @property
    def results(self) -> dict[str, Any]:
        """What a completed job passes on by XCom in addition to its name; without None values."""
        summary, (metric, value) = self._best_summary, self.objective
        best = {
            "name": self.best_name,
            "arn": summary.get("TrainingJobArn"),
            "model": self.model,
            "metric": metric,
            "objective": value,
            "hyperparameters": self.hyperparameters,
        }
        found = {key: each for key, each in best.items() if each is not None}
        return {**super().results, **({"best": found} if self.best_name else {})}

    @property
    def reason(self) -> str:
        """Why the job did not complete: in the words of a training job that failed, and its own."""
        own = str(self.description.get("FailureReason") or "")
        if self.failed_training and self.status == "Failed":
            of_it, _ = self.cause
            return f"{of_it} (training job {self.failed_training['TrainingJobName']})" + (f". {own}" if own else "")
        if own:
            return own
        if self.status == "Stopped":
            return _OUT_OF_TIME if self._is_out_of_time else "it was stopped from outside"
        return "SageMaker gives no reason"

    @property
    def cause(self) -> tuple[str, str]:
        """What failed, in the words of a training job that failed; a tuning job has no secondary status."""
        if self.status == "Stopped":
            return "", "MaxRuntimeExceeded" if self._is_out_of_time else "Stopped"
        own = str(self.description.get("FailureReason") or "")
        return (str(self.failed_training.get("FailureReason") or "AlgorithmError") if self.failed_training else own), ""

    @property
    def _best_summary(self) -> Mapping[str, Any]:
        return self.description.get("BestTrainingJob") or {}

    @property
    def _definition(self) -> Mapping[str, Any]:
        """The definition of the best training job: the only one or, of several, the one that its summary names."""
        several = self.description.get(SEVERAL) or ()
        name = self._best_summary.get("TrainingJobDefinitionName")
        named = (each for each in several if each.get("DefinitionName") == name)
        return self.description.get(DEFINITION) or next(named, several[0] if several else {})

    @property
    def _is_out_of_time(self) -> bool:
        limits = (self.description.get(_CONFIG) or {}).get("ResourceLimits") or {}
        longest, created, ended = (
            limits.get("MaxRuntimeInSeconds"), self.created, self.description.get("HyperParameterTuningEndTime"),
        )  # fmt: skip
        if longest is None or created is None or ended is None:
            return False
        return bool(ended.timestamp() - created >= longest - min(_SLACK, _SLACK_SHARE * longest))


_OUT_OF_TIME: Final = (
    "it ran longer than ResourceLimits.MaxRuntimeInSeconds allows, and none of its training jobs has completed"
)
_COUNTERS: Final = {
    "Completed": "completed",
    "InProgress": "in progress",
    "RetryableError": "to be tried again",
    "NonRetryableError": "failed",
    "Stopped": "stopped",
}

_OF_DEFINITION: Final = (
    "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining", "EnableNetworkIsolation",
    "InputDataConfig[].DataSource.S3DataSource.ModelAccessConfig.AcceptEula", "InputDataConfig[].ShuffleConfig.Seed",
    "ResourceConfig.InstanceCount", "ResourceConfig.InstanceGroups[].InstanceCount",
    "ResourceConfig.InstancePlacementConfig.EnableMultipleJobs",
    "ResourceConfig.InstancePlacementConfig.PlacementSpecifications[].InstanceCount",
    "ResourceConfig.InstancePreferences[].InstanceCount", "ResourceConfig.KeepAlivePeriodInSeconds",
    "ResourceConfig.SelectedInstanceCount", "ResourceConfig.VolumeSizeInGB", "RetryStrategy.MaximumRetryAttempts",
    "StoppingCondition.MaxPendingTimeInSeconds", "StoppingCondition.MaxRuntimeInSeconds",
    "StoppingCondition.MaxWaitTimeInSeconds",
)  # fmt: skip
"""The typed members that the definition of the training jobs shares with a training request."""
_ONLY_DEFINITION: Final = {
    "HyperParameterTuningResourceConfig.InstanceConfigs[].InstanceCount": INTEGER,
    "HyperParameterTuningResourceConfig.InstanceConfigs[].VolumeSizeInGB": INTEGER,
    "HyperParameterTuningResourceConfig.InstanceCount": INTEGER,
    "HyperParameterTuningResourceConfig.VolumeSizeInGB": INTEGER,
}
_DEFINITION_MEMBERS: Final = {**{name: TYPED_MEMBERS[name] for name in _OF_DEFINITION}, **_ONLY_DEFINITION}
_CRITERIA: Final = f"{_CONFIG}.TuningJobCompletionCriteria"
TUNING_MEMBERS: Final[Mapping[str, str]] = {
    **{f"{DEFINITION}.{name}": form for name, form in _DEFINITION_MEMBERS.items()},
    **{f"{SEVERAL}[].{name}": form for name, form in _DEFINITION_MEMBERS.items()},
    f"{_CONFIG}.RandomSeed": INTEGER,
    f"{_CONFIG}.ResourceLimits.MaxNumberOfTrainingJobs": INTEGER,
    f"{_CONFIG}.ResourceLimits.MaxParallelTrainingJobs": INTEGER,
    f"{_CONFIG}.ResourceLimits.MaxRuntimeInSeconds": INTEGER,
    f"{_CONFIG}.StrategyConfig.HyperbandStrategyConfig.MaxResource": INTEGER,
    f"{_CONFIG}.StrategyConfig.HyperbandStrategyConfig.MinResource": INTEGER,
    f"{_CRITERIA}.BestObjectiveNotImproving.MaxNumberOfTrainingJobsNotImproving": INTEGER,
    f"{_CRITERIA}.TargetObjectiveMetricValue": NUMBER,
}

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
TUNING: Final = JobKind(
    noun="tuning job",
    create="create_hyper_parameter_tuning_job",
    describe="describe_hyper_parameter_tuning_job",
    stop="stop_hyper_parameter_tuning_job",
    list="list_hyper_parameter_tuning_jobs",
    summaries="HyperParameterTuningJobSummaries",
    max_name=32,
    signed_members=((DEFINITION,), (SEVERAL, 0)),
    max_variables=48,
    typed_members=TUNING_MEMBERS,
    page="hyper-tuning-jobs/{name}",
    log_prefix="{name}-",
    job=TuningJob,
)
