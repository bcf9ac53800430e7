"""Tuning jobs: the state of one and of its training jobs at a moment, calculated from the clock.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeHyperParameterTuningJob.html
"""

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from trainspec.simulator.errors import ApiError, validation_error
from trainspec.simulator.execution import Executor
from trainspec.simulator.jobs import Account, Job, arn, metric_value
from trainspec.simulator.lifecycle import ENDED, State, Transition
from trainspec.simulator.trials import parallel, trials

_ALL_FAILED = (
    "All training jobs failed. Please take a look at the training jobs failures to get more details."  # AWS's words
)


@dataclass
class TuningJob:
    """One tuning job with the training jobs that it will have started by and by."""

    name: str
    arn: str
    request: Mapping[str, Any]
    created: float
    planned: tuple[Job, ...]
    tags: dict[str, str]
    stop_requested: float | None = None

    def trainings(self, now: float) -> list[Job]:
        """The training jobs that have been started at `now`."""
        cut, _ = self._cut()
        begun = [job for job in self.planned if job.created <= min(now, cut)]
        return [replace(job, stop_requested=cut) if cut < math.inf else job for job in begun]

    def state(self, now: float) -> State:
        """Compute the tuning job's state at `now`."""
        cut, ending = self._cut()
        jobs = self.trainings(math.inf)
        ends = [job.state(job.created + 1e12) for job in jobs]
        over = max([self.created, *(state.end or 0.0 for state in ends)])
        steps = [Transition("Starting", self.created)]
        if cut < over:
            steps += [Transition("Stopping", cut)] if ending == "Stopped" else []
        else:
            has_result = any(state.status == "Completed" for state in ends)
            ending = "Completed" if has_result else "Failed" if cut == math.inf else ending
        steps.append(Transition(ending, max(over, cut if cut < math.inf else over)))
        return State((steps[0], *(step for step in steps[1:] if step.start <= now)))

    def best(self, now: float) -> Job | None:
        """The training job with the best objective among those that have completed."""
        goal = self.objective.get("Type")
        sign = -1 if goal == "Minimize" else 1
        done = [job for job in self.trainings(now) if job.state(now).status == "Completed" and self.reports(job)]
        return max(done, key=lambda job: sign * self.value(job), default=None)

    @property
    def objective(self) -> Mapping[str, Any]:
        """The objective, wherever it is in the request."""
        config, definition = self.request["HyperParameterTuningJobConfig"], self.request["TrainingJobDefinition"]
        found: Mapping[str, Any] = (
            config.get("HyperParameterTuningJobObjective") or definition.get("TuningObjective") or {}
        )
        return found

    def value(self, job: Job) -> float:
        """The objective that a training job reports."""
        return metric_value(job, self.objective.get("MetricName", "objective"))

    def reports(self, job: Job) -> bool:
        """Whether a training job that has completed reported the objective."""
        del job
        return True

    @property
    def failure(self) -> str | None:
        """FailureReason of one that has failed."""
        return _ALL_FAILED

    def _cut(self) -> tuple[float, str]:
        """When no more training jobs start and those that run are stopped, and as what the tuning job ends then."""
        config = self.request["HyperParameterTuningJobConfig"]
        limit = config["ResourceLimits"].get("MaxRuntimeInSeconds")
        target = (config.get("TuningJobCompletionCriteria") or {}).get("TargetObjectiveMetricValue")
        found = [(math.inf if self.stop_requested is None else self.stop_requested, "Stopped")]
        if limit is not None and limit < max(job.state(job.created + 1e12).end or 0 for job in self.planned) - (
            self.created
        ):
            found.append((self.created + limit, "Stopped"))
        if target is not None:
            sign = -1 if self.objective.get("Type") == "Minimize" else 1
            ends = [job.state(job.created + 1e12) for job in self.planned]
            reached = [
                state.end
                for job, state in zip(self.planned, ends, strict=True)
                if state.status == "Completed" and state.end is not None and sign * (self.value(job) - target) >= 0
            ]
            found += [(min(reached), "Completed")] if reached else []
        return min(found)


@dataclass
class TuningJobs:
    """All tuning jobs of an account, by region and name."""

    account: Account
    _regions: dict[str, dict[str, TuningJob]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def create(self, region: str, request: Mapping[str, Any]) -> TuningJob:
        """Create the tuning job that `request`, already validated, describes."""
        name, account = request["HyperParameterTuningJobName"], self.account
        tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
        with self._lock:
            jobs, now = self._regions.setdefault(region, {}), account.clock.now()
            account.limits.check_quota(_as_training(request), account.running(region), parallel(request))
            if name.lower() in jobs:
                raise ApiError(
                    "ResourceInUse",
                    f"A hyperparameter tuning job with the name, {name}, already exists. Choose a different name.",
                )
            where = arn(region, f"hyper-parameter-tuning-job/{name.lower()}")
            if account.executor is not None:
                jobs[name.lower()] = job = self._executed(name, where, request, now, tags, account.executor)
                return job
            planned = tuple(trials(request, region, where, now, account.choose))
            job = TuningJob(name, where, request, now, planned, tags)
            jobs[name.lower()] = job
            return job

    def _executed(
        self, name: str, where: str, request: Mapping[str, Any], now: float, tags: dict[str, str], executor: Executor
    ) -> TuningJob:
        """A tuning job whose training jobs really run, begun."""
        from trainspec.simulator.executed_tuning import ExecutedTuningJob

        job = ExecutedTuningJob(
            name,
            where,
            request,
            now,
            (),
            tags,
            region=where.split(":")[3],
            executor=executor,
            clock=self.account.clock,
            most=self.account.most_trials,
        )
        job.start()
        return job

    def get(self, region: str, name: str) -> TuningJob:
        """Return the tuning job `name`, if it can be seen yet."""
        with self._lock:
            job = self._regions.get(region, {}).get(name.lower())
        if job is None or self.account.hidden(job.created):
            raise ApiError(
                "ResourceNotFound", f"Amazon SageMaker can't find a tuning job called {name}. Type another name."
            )
        return job

    def stop(self, region: str, name: str) -> None:
        """Begin to stop a tuning job and its training jobs; once more for one that is stopping changes nothing."""
        with self._lock:
            job, now = self.get(region, name), self.account.clock.now()
            status = job.state(now).status
            if status in ENDED:
                raise validation_error(f"The request was rejected because the tuning job is in status {status}.")
            if status != "Stopping":
                job.stop_requested = now

    def delete(self, region: str, name: str) -> None:
        """Delete a tuning job that has ended."""
        with self._lock:
            status = self.get(region, name).state(self.account.clock.now()).status
            if status not in ENDED:
                raise validation_error(f"The request was rejected because the tuning job is in status {status}.")
            del self._regions[region][name.lower()]

    def jobs(self, region: str | None = None) -> list[TuningJob]:
        """Return the tuning jobs of `region`, or of all, in the order of their creation."""
        with self._lock:
            regions = list(self._regions.values()) if region is None else [self._regions.get(region, {})]
            return [job for jobs in regions for job in jobs.values()]

    def trainings(self, region: str | None = None) -> list[Job]:
        """Return the training jobs that the tuning jobs have started so far."""
        now = self.account.clock.now()
        return [training for job in self.jobs(region) for training in job.trainings(now)]

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._regions.clear()


def _as_training(request: Mapping[str, Any]) -> Mapping[str, Any]:
    definition = request["TrainingJobDefinition"]
    tuned = definition.get("HyperParameterTuningResourceConfig") or {}
    resources = definition.get("ResourceConfig") or (tuned.get("InstanceConfigs") or [tuned])[0]
    return {"ResourceConfig": resources}


def describe_tuning(job: TuningJob, now: float) -> dict[str, Any]:
    """Tell all about a tuning job at `now`, as DescribeHyperParameterTuningJob answers."""
    state, best = job.state(now), job.best(now)
    described = {
        **{member: value for member, value in job.request.items() if member != "Tags"},
        **_common(job, state, now),
        "BestTrainingJob": None if best is None else summarize_trial(job, best, now),
        "FailureReason": job.failure if state.status == "Failed" else None,
        "ConsumedResources": {"RuntimeInSeconds": round((state.end or now) - job.created)},
    }
    return {member: value for member, value in described.items() if value is not None}


def summarize_tuning(job: TuningJob, now: float) -> dict[str, Any]:
    """Tell of a tuning job what ListHyperParameterTuningJobs does."""
    config = job.request["HyperParameterTuningJobConfig"]
    own = {"Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}
    summary = {**_common(job, job.state(now), now), **own}
    return {member: value for member, value in summary.items() if value is not None}


def summarize_trial(job: TuningJob, training: Job, now: float) -> dict[str, Any]:
    """Tell of a training job what ListTrainingJobsForHyperParameterTuningJob does."""
    state, metric = training.state(now), job.objective.get("MetricName")
    static = job.request["TrainingJobDefinition"].get("StaticHyperParameters") or {}
    tuned = {name: value for name, value in training.request["HyperParameters"].items() if name not in static}
    is_known = state.status == "Completed" and job.reports(training)
    final = {"Type": job.objective.get("Type"), "MetricName": metric, "Value": job.value(training)}
    summary = {
        "TrainingJobName": training.name,
        "TrainingJobArn": training.arn,
        "CreationTime": training.created,
        "TrainingStartTime": state.training_start,
        "TrainingEndTime": state.end,
        "TrainingJobStatus": state.status,
        "TunedHyperParameters": tuned,
        "FailureReason": training.failure if state.status == "Failed" else None,
        "FinalHyperParameterTuningJobObjectiveMetric": final if is_known and metric else None,
        "ObjectiveStatus": "Succeeded" if is_known else "Failed" if state.status in ENDED else "Pending",
    }
    return {member: value for member, value in summary.items() if value is not None}


def _common(job: TuningJob, state: State, now: float) -> dict[str, Any]:
    statuses = [training.state(now).status for training in job.trainings(now)]
    counters = {
        "Completed": statuses.count("Completed"),
        "InProgress": statuses.count("InProgress") + statuses.count("Stopping"),
        "RetryableError": 0,
        "NonRetryableError": statuses.count("Failed"),
        "Stopped": statuses.count("Stopped"),
    }
    objectives = {"Succeeded": counters["Completed"], "Pending": counters["InProgress"]}
    return {
        "HyperParameterTuningJobName": job.name,
        "HyperParameterTuningJobArn": job.arn,
        "HyperParameterTuningJobStatus": state.status,
        "CreationTime": job.created,
        "HyperParameterTuningEndTime": state.end,
        "LastModifiedTime": state.modified,
        "TrainingJobStatusCounters": counters,
        "ObjectiveStatusCounters": {**objectives, "Failed": counters["NonRetryableError"]},
    }
