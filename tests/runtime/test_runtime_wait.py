"""From a running job to its end: what is logged, how long the wait is, and what a failure says."""

from typing import Any

import pytest
from runtime_helpers import REQUEST, CrashError, DyingClient, World
from trainspec.runtime.engine.choices import OnTimeout
from trainspec.runtime.engine.console import job_url, logs_url
from trainspec.runtime.engine.failure import failure
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.logs import last_log_lines
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.problems import Kind
from trainspec.simulator import Outcome


def test_the_log_of_a_job_that_completes(world: World) -> None:
    job = world.run(Policy(check_interval=5))
    assert job.completed
    assert job.model == "s3://models/churn/churn/output/model.tar.gz"
    assert job.output == "s3://models/churn/"
    assert job.billable_seconds == 30
    assert list(job.metrics) == ["loss"]
    assert world.log[0] == "Creating training job: churn"
    assert world.log[1].startswith("Job state: InProgress")
    assert world.log[-1].startswith("Job state: Completed")
    assert len(world.log) == len(set(world.log)) == 6  # one line for each change of state


@pytest.mark.parametrize(
    ("attempts", "interval", "outcome", "seconds"),
    [(60, 30, Outcome(training=10_000), 1800), (3, 7, Outcome(training=10_000), 21), (60, 30, Outcome(), 60)],
)
def test_max_attempts_bounds_the_wait(
    world: World, attempts: int, interval: float, outcome: Outcome, seconds: float
) -> None:
    world.simulator.plan = world.simulator.account.choose = lambda *_: outcome
    training = world.training(Policy(max_attempts=attempts, check_interval=interval))
    started, job = world.clock.now(), training.start()
    job = training.wait(job, training.deadline(job))
    assert world.clock.now() - started == pytest.approx(seconds)
    assert job.ended == (outcome == Outcome())
    looks = [call for call in world.simulator.calls if call.operation == "DescribeTrainingJob"]
    assert len(looks) <= attempts + 1


def test_a_retry_does_not_wait_anew(world: World) -> None:
    policy = Policy(max_attempts=10, check_interval=60)
    made = world.training(policy)
    deadline = made.deadline(made.start())
    world.clock.advance(20)
    retry = world.training(policy, try_number=2)
    assert retry.deadline(retry.start()) == pytest.approx(deadline)


@pytest.mark.parametrize(("on_timeout", "status"), [("stop", "Stopping"), ("leave", "InProgress")])
def test_what_becomes_of_a_job_that_is_overdue(world: World, on_timeout: OnTimeout, status: str) -> None:
    training = world.training(Policy(max_attempts=1, check_interval=1, on_timeout=on_timeout))
    job = training.start()
    problem = training.overdue(training.wait(job, training.deadline(job)))
    assert problem.kind is Kind.RETRY
    assert "churn has not ended within 1 seconds (max_attempts=1 x check_interval=1)" in problem.text
    assert world.statuses() == {"churn": status}


@pytest.mark.parametrize(
    ("outcome", "stop", "kind", "text"),
    [
        (Outcome(failure="ClientError: no such file"), False, Kind.FATAL, "Failed: ClientError: no such file"),
        (Outcome(failure="AlgorithmError: exit 1"), False, Kind.RETRY, "AlgorithmError: exit 1"),
        (Outcome(failure="InternalServerError: sorry"), False, Kind.RETRY, "InternalServerError: sorry"),
        (Outcome(failure="CapacityError: none left"), False, Kind.RETRY, "CapacityError: none left"),
        (Outcome(training=90_000), False, Kind.RETRY, "StoppingCondition.MaxRuntimeInSeconds"),
        (Outcome(), True, Kind.RETRY, "it was stopped from outside"),
    ],
)
def test_a_failure_says_why(world: World, outcome: Outcome, stop: bool, kind: Kind, text: str) -> None:
    world.simulator.plan = world.simulator.account.choose = lambda *_: outcome
    job = world.training().start()
    if stop:
        world.client.stop_training_job(TrainingJobName="churn")
    job = world.training().wait(job, None)
    assert job.ended
    assert not job.completed
    lines = last_log_lines(world.simulator.client("logs"), "churn")
    problem = failure(job, lines, job_url(job.arn, job.name), None)
    assert problem.kind is kind
    assert text in problem.text
    assert "https://us-east-1.console.aws.amazon.com/sagemaker/home?region=us-east-1#/jobs/churn" in problem.text
    assert all(line in problem.text for line in lines)


def test_the_last_log_lines_are_few_and_cost_few_calls(world: World) -> None:
    request = {**REQUEST, "ResourceConfig": {**REQUEST["ResourceConfig"], "InstanceCount": 8}}
    world.run(request=request)
    before = len(world.simulator.calls)
    lines = last_log_lines(world.simulator.client("logs"), "churn", streams=2, lines=3)
    assert 0 < len(lines) <= 6
    assert all(line.startswith("[algo-") for line in lines)
    assert len(world.simulator.calls) - before <= 3


@pytest.mark.parametrize("status", ["InProgress", "Stopping", "Stopped", "Failed", "Deleting", "", "Done"])
def test_nothing_but_completed_is_success(status: str) -> None:
    assert not Job("churn", "", {"TrainingJobStatus": status}).completed


@pytest.mark.parametrize(
    ("arn", "host"),
    [
        ("arn:aws:sagemaker:eu-west-1:1:training-job/a-b", "eu-west-1.console.aws.amazon.com"),
        ("arn:aws-cn:sagemaker:cn-north-1:1:training-job/a-b", "cn-north-1.console.amazonaws.cn"),
        ("arn:aws-us-gov:sagemaker:us-gov-west-1:1:training-job/a-b", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_links(arn: str, host: str) -> None:
    job, logs = job_url(arn, "A-b"), logs_url(arn, "A-b")
    assert job is not None
    assert job.startswith(f"https://{host}/sagemaker/home?region=")
    assert job.endswith("#/jobs/A-b")
    assert logs is not None
    assert logs.startswith(f"https://{host}/cloudwatch/home?region=")
    assert logs.endswith("$252Faws$252Fsagemaker$252FTrainingJobs$3FlogStreamNameFilter$3DA-b$252F")


def test_no_link_where_there_is_no_public_console() -> None:
    assert job_url("arn:aws-iso:sagemaker:us-iso-east-1:1:training-job/a", "a") is None


def test_a_job_that_cannot_be_seen_yet_is_waited_for(world: World) -> None:
    """SageMaker may not know a job for a moment after its creation."""

    class Lagging:
        blind = 4

        def describe_training_job(self, **arguments: Any) -> Any:
            self.blind -= 1
            name = "not-there" if self.blind >= 0 else arguments["TrainingJobName"]
            return world.client.describe_training_job(TrainingJobName=name)

        def create_training_job(self, **arguments: Any) -> Any:
            return world.client.create_training_job(**arguments)

    assert world.run(client=Lagging()).completed


def test_a_kill_after_a_deferral_stops_the_job_that_was_not_looked_at_yet(world: World) -> None:
    job = world.training().start()
    again = world.training(client=DyingClient(world.client, 1, after=False))
    again.request = {}  # only the trigger's event is passed on
    with pytest.raises(CrashError):
        again.resume(job.name)
    assert again.abandon(world.calls(patience=2))
    assert world.statuses() == {job.name: "Stopping"}
