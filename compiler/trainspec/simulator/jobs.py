"""The account: its training jobs, their names and what the API says about them."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trainspec.simulator.clock import Clock
from trainspec.simulator.errors import ApiError, not_found, validation_error
from trainspec.simulator.execution import Execution, Executor
from trainspec.simulator.lifecycle import (
    ENDED,
    STATUSES,
    State,
    Transition,
    billable_seconds,
    state_at,
    training_seconds,
)
from trainspec.simulator.limits import Limits
from trainspec.simulator.outcomes import Chooser, Outcome
from trainspec.simulator.registry import Registry

if TYPE_CHECKING:
    from trainspec.simulator.tuning import TuningJob, TuningJobs

ACCOUNT_ID = "123456789012"
MAX_TAGS = 50

# Members of the request that DescribeTrainingJob does not give back.
_NOT_DESCRIBED = {"Tags", "SessionChainingConfig"}
# What AWS fills in.
_DEFAULTS = {
    "EnableInterContainerTrafficEncryption": False,
    "EnableManagedSpotTraining": False,
    "EnableNetworkIsolation": False,
}


@dataclass
class Job:
    """One training job: its request, its planned outcome, and when it was requested to stop."""

    name: str
    arn: str
    request: Mapping[str, Any]
    created: float
    outcome: Outcome
    tags: dict[str, str]
    stop_requested: float | None = None
    execution: Execution | None = None

    def state(self, now: float) -> State:
        """Compute the job's state at `now`; one that really runs reports it itself."""
        if self.execution is not None:
            return State(tuple(Transition(name, start) for name, start in tuple(self.execution.phases)))
        return state_at(now, self.created, self.request, self.outcome, self.stop_requested)

    @property
    def failure(self) -> str | None:
        """FailureReason of a job that failed."""
        return self.execution.failure if self.execution is not None else self.outcome.failure

    @property
    def metrics(self) -> Mapping[str, float]:
        """The last values of metrics, if they are not invented."""
        return self.execution.metrics if self.execution is not None else self.outcome.metrics


@dataclass
class Account:
    """All jobs, by region and name. Names stay taken until a job is deleted; they differ by more than case, as ARNs do.

    Every method is safe to call from several threads, and raises ApiError as the API answers.
    """

    clock: Clock
    choose: Chooser
    limits: Limits = field(default_factory=Limits)
    executor: Executor | None = None
    most_trials: int | None = None
    """How many training jobs of a tuning job really run, at most."""
    registry: Registry = field(init=False)
    tuning: "TuningJobs" = field(init=False)
    _regions: dict[str, dict[str, Job]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        from trainspec.simulator.tuning import TuningJobs

        self.registry = Registry(self.clock)
        self.tuning = TuningJobs(self)

    def create(self, region: str, request: Mapping[str, Any]) -> Job:
        """Create the job that `request`, already validated, describes."""
        name = request["TrainingJobName"]
        outcome = self.choose(name, request)
        tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
        with self._lock:
            jobs, now = self._regions.setdefault(region, {}), self.clock.now()
            self.limits.check_quota(request, self.running(region))
            taken = jobs.get(name.lower())
            if taken:
                raise ApiError(
                    "ResourceInUse",
                    "Training job names must be unique within an AWS account and region, and a training job with this "
                    f"name already exists ({taken.arn})",
                )
            job = Job(name, training_job_arn(region, name), request, now, outcome, tags)
            if self.executor is not None:
                job.execution = self.executor(request, region, job.arn)
                job.execution.start()
            jobs[name.lower()] = job
            return job

    def get(self, region: str, name: str) -> Job:
        """Return the job `name`, if it can be seen yet."""
        with self._lock:
            job = self._regions.get(region, {}).get(name.lower())
        if job is None:
            job = next((each for each in self.tuning.trainings(region) if each.name.lower() == name.lower()), None)
        if job is None or self.hidden(job.created):
            raise not_found()
        return job

    def running(self, region: str) -> list[Mapping[str, Any]]:
        """Return the requests of the jobs that have not ended."""
        now = self.clock.now()
        return [job.request for job in self.jobs(region) if not job.state(now).end]

    def stop(self, region: str, name: str) -> None:
        """Begin to stop the job `name`; once more for one that is stopping changes nothing."""
        with self._lock:
            job, now = self.get(region, name), self.clock.now()
            status = job.state(now).status
            if status in ENDED:
                raise validation_error(f"The request was rejected because the training job is in status {status}.")
            if status != "Stopping":
                job.stop_requested = now
                if job.execution is not None:
                    job.execution.stop()

    def delete(self, region: str, name: str) -> None:
        """Delete the job `name`, which has ended; its name is free again.

        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTrainingJob.html
        """
        with self._lock:
            status = self.get(region, name).state(self.clock.now()).status
            if status not in ENDED:
                raise validation_error(f"The request was rejected because the training job is in status {status}.")
            del self._regions[region][name.lower()]

    def hidden(self, created: float) -> bool:
        """Whether the account lags behind the creation of a job."""
        return self.clock.now() < created + self.limits.lag

    def clear(self) -> None:
        """Forget all jobs and models."""
        with self._lock:
            self._regions.clear()
        self.tuning.clear()
        self.registry.clear()

    def jobs(self, region: str | None = None) -> list[Job]:
        """Return the jobs of `region`, or of all regions, in the order of their creation, those of tuning jobs last."""
        with self._lock:
            regions = list(self._regions.values()) if region is None else [self._regions.get(region, {})]
            return [*(job for jobs in regions for job in jobs.values()), *self.tuning.trainings(region)]

    def by_arn(self, arn: str) -> "Job | TuningJob":
        """Return the job whose ARN is `arn`."""
        region = arn.split(":")[3] if arn.count(":") >= 5 else ""
        jobs: Account | TuningJobs = self.tuning if ":hyper-parameter-tuning-job/" in arn else self
        job = jobs.get(region, arn.rpartition("/")[2])
        if job.arn != arn:
            raise not_found()
        return job

    def add_tags(self, arn: str, tags: Mapping[str, str]) -> dict[str, str]:
        """Give the job more tags, and return all of them."""
        with self._lock:
            job = self.by_arn(arn)
            merged = {**job.tags, **tags}
            if len(merged) > MAX_TAGS:
                raise ApiError("ResourceLimitExceeded", f"The number of tags exceeds the limit of {MAX_TAGS}.")
            job.tags = merged
            return merged


def training_job_arn(region: str, name: str) -> str:
    """Return the ARN of the job `name`: AWS writes names in lower case there."""
    return arn(region, f"training-job/{name.lower()}")


def arn(region: str, resource: str) -> str:
    """Return the ARN of a resource of SageMaker."""
    partition = {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rsplit("-", 2)[0], "aws")
    return f"arn:{partition}:sagemaker:{region}:{ACCOUNT_ID}:{resource}"


def describe(job: Job, now: float) -> dict[str, Any]:
    """Tell all about `job` at `now`, as DescribeTrainingJob answers; times are epoch seconds.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
    """
    state = job.state(now)
    described = {
        **_DEFAULTS,
        **{member: value for member, value in job.request.items() if member not in _NOT_DESCRIBED},
        "TrainingJobArn": job.arn,
        "TrainingJobStatus": state.status,
        "SecondaryStatus": state.secondary,
        "CreationTime": job.created,
        "LastModifiedTime": state.modified,
        "TrainingStartTime": state.training_start,
        "TrainingEndTime": state.end,
        "TrainingTimeInSeconds": training_seconds(state, now),
        "BillableTimeInSeconds": billable_seconds(state, job.request),
        "SecondaryStatusTransitions": _transitions(state),
        "FailureReason": job.failure if state.status == "Failed" else None,
        "ModelArtifacts": _model_artifacts(job, state),
        "FinalMetricDataList": _final_metrics(job, state) or None,
        "ResourceConfig": _resources(job),
        "OutputDataConfig": (output := job.request.get("OutputDataConfig")) and {"KmsKeyId": "", **output},
    }
    return {member: value for member, value in described.items() if value is not None}


def summarize(job: Job, now: float) -> dict[str, Any]:
    """Tell of `job` at `now` what ListTrainingJobs does."""
    state = job.state(now)
    summary = {
        "TrainingJobName": job.name,
        "TrainingJobArn": job.arn,
        "CreationTime": job.created,
        "TrainingEndTime": state.end,
        "LastModifiedTime": state.modified,
        "TrainingJobStatus": state.status,
        "SecondaryStatus": state.secondary,
    }
    return {member: value for member, value in summary.items() if value is not None}


def metric_names(job: Job) -> list[str]:
    """Return the metrics that a job reports: those that it defines, and those that its outcome has besides.

    A job that really runs reports what was found in its log.
    """
    if job.execution is not None:
        return list(job.metrics)
    defined = job.request.get("AlgorithmSpecification", {}).get("MetricDefinitions", [])
    return list(dict.fromkeys([*(metric["Name"] for metric in defined), *job.metrics]))


def metric_value(job: Job, metric: str) -> float:
    """Return the last value of a metric: its outcome's, or one between 0 and 1, the same for the same two names."""
    if metric in job.metrics:
        return job.metrics[metric]
    digest = hashlib.sha256(f"{job.name}\n{metric}".encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") % 10_000 / 10_000


def _transitions(state: State) -> list[dict[str, Any]]:
    ends: list[float | None] = [step.start for step in state.transitions[1:]]
    ends.append(state.end)
    return [
        {
            "Status": step.secondary,
            "StartTime": step.start,
            **({} if end is None else {"EndTime": end}),
            "StatusMessage": STATUSES[step.secondary][1],
        }
        for step, end in zip(state.transitions, ends, strict=True)
    ]


def _model_artifacts(job: Job, state: State) -> dict[str, str] | None:
    """The path of the model, from the upload on and after every end of a job that trained."""
    if state.start_of("Training") is None or (state.end is None and state.secondary != "Uploading"):
        return None
    output = job.request["OutputDataConfig"]
    artifact = "model/" if output.get("CompressionType") == "NONE" else "model.tar.gz"
    return {"S3ModelArtifacts": f"{output['S3OutputPath'].rstrip('/')}/{job.name}/output/{artifact}"}


def _final_metrics(job: Job, state: State) -> list[dict[str, Any]]:
    trained = state.start_of("Uploading")
    names = metric_names(job) if trained is not None else ()
    return [{"MetricName": name, "Value": metric_value(job, name), "Timestamp": trained} for name in names]


def _resources(job: Job) -> dict[str, Any] | None:
    resources = job.request.get("ResourceConfig")
    if resources is None or not resources.get("InstancePreferences"):
        return resources
    chosen = resources["InstancePreferences"][0]
    selected = {f"Selected{member}": chosen[member] for member in ("InstanceType", "InstanceCount") if member in chosen}
    return {**resources, **selected}
