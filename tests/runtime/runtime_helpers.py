"""The engine in a simulated world: task runs, other people's jobs, and workers that die between two instructions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from trainspec.runtime.engine.calls import BackOff, Calls, Clock
from trainspec.runtime.engine.identity import Label, TaskRun
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.training import Training
from trainspec.simulator import ManualClock, Simulator

REQUEST: dict[str, Any] = {
    "TrainingJobName": "churn",
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "AlgorithmSpecification": {
        "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:1",
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
    },
    "HyperParameters": {"epochs": "10"},
    "Environment": {"API_KEY": "sup3r-secret"},
    "OutputDataConfig": {"S3OutputPath": "s3://models/churn/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}
SERVERLESS: dict[str, Any] = {
    "TrainingJobName": "churn",
    "RoleArn": "arn:aws:iam::123456789012:role/SageMakerRole",
    "OutputDataConfig": {"S3OutputPath": "s3://models/churn/"},
    "ServerlessJobConfig": {
        "JobType": "FineTuning",
        "BaseModelArn": "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama/1.0.0",
        "AcceptEula": True,
    },
}
RUN = TaskRun("my_dag", "scheduled__2025-04-09T00:00:00+00:00", "train", started=1744156800000000)
OTHER_RUN = TaskRun("other_dag", "manual__1", "train", started=1744156800000001)


class CrashError(BaseException):
    """The worker is lost. Not an Exception, so that nothing in the engine can catch it."""


class DyingClient:
    """A boto client whose process is lost at one call: before the call goes out, or after it took effect."""

    def __init__(self, client: Any, at: int, *, after: bool) -> None:
        self.client = client
        self.left = at
        self.after = after

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.after:
                raise CrashError
            try:
                return getattr(self.client, operation)(**arguments)
            finally:
                if self.left == 0:
                    raise CrashError

        return call


@dataclass
class World:
    simulator: Simulator
    client: Any
    log: list[str] = field(default_factory=list)

    @property
    def clock(self) -> ManualClock:
        assert isinstance(self.simulator.clock, ManualClock)
        return self.simulator.clock

    def calls(self, client: Any = None, request: dict[str, Any] | None = None, patience: float = 900) -> Calls:
        clock = Clock(self.clock.now, self.clock.advance, lambda: 0.5)
        back_off = BackOff(patience=patience)
        return Calls(client or self.client, clock, back_off, self.log.append, request or {})

    def training(
        self,
        policy: Policy | None = None,
        *,
        run: TaskRun = RUN,
        try_number: int = 1,
        counts_clears: bool = True,
        request: dict[str, Any] | None = None,
        client: Any = None,
    ) -> Training:
        request = request or REQUEST
        label = Label.of(run, try_number, counts_clears=counts_clears)
        return Training(self.calls(client, request), request, label, policy or Policy(), self.log.append)

    def run(self, policy: Policy | None = None, **arguments: Any) -> Job:
        """A complete task run: start, and wait without a limit."""
        training = self.training(policy, **arguments)
        return training.wait(training.start(), None)

    def others_job(self, name: str = "churn", run: TaskRun | None = OTHER_RUN) -> None:
        """A job that is not ours: of another task run, or (None) created by hand."""
        if run:
            self.training(run=run, request={**REQUEST, "TrainingJobName": name}).start()
        else:
            self.client.create_training_job(**{**REQUEST, "TrainingJobName": name})

    def statuses(self) -> dict[str, str]:
        """The status of every job by its name, in the order of creation."""
        return {job.name: job.state(self.clock.now()).status for job in self.simulator.jobs}

    def live(self) -> list[str]:
        """The jobs that cost money right now."""
        return [name for name, status in self.statuses().items() if status in ("InProgress", "Stopping")]

    def finish(self) -> None:
        """Let all jobs run to their end."""
        self.clock.advance(100_000)
