"""The logs of training jobs, as CloudWatch returns them."""

from collections.abc import Iterator
from typing import Any

import pytest
from simulator_helpers import REQUEST, refusal, request
from trainspec.simulator import ManualClock, Outcome, Plan, Simulator

GROUP = "/aws/sagemaker/TrainingJobs"
START = 1_750_000_000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def simulator(clock: ManualClock) -> Iterator[Simulator]:
    plan = Plan(Outcome(5, 5, 20, 5), {"*-bad": Outcome(5, 5, 20, 5, failure="AlgorithmError: exit code 1")})
    with Simulator(clock=clock, plan=plan) as running:
        running.client().create_training_job(**REQUEST)
        yield running


def messages(logs: Any, stream: str, **options: Any) -> list[str]:
    answer = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startFromHead=True, **options)
    return [event["message"] for event in answer["events"]]


def streams(logs: Any, prefix: str) -> list[str]:
    answer = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=prefix)
    return [stream["logStreamName"] for stream in answer["logStreams"]]


def test_a_stream_for_each_instance_once_they_run(simulator: Simulator, clock: ManualClock) -> None:
    logs = simulator.client("logs")
    assert streams(logs, "churn/") == []
    clock.advance(5)
    expected = [f"churn/algo-1-{START + 5}", f"churn/algo-2-{START + 5}"]
    assert streams(logs, "churn/") == expected
    assert streams(logs, "chu") == expected
    assert streams(logs, expected[1]) == expected[1:]
    assert streams(logs, "other/") == []


# seconds after creation → how many lines there are, and the last
LINES = [
    (5, 1, "Downloading input data"),
    (10, 3, "hyperparameter epochs=10"),
    (14, 4, "epoch 1/5"),
    (29, 7, "epoch 4/5"),
    (30, 9, "Reporting training SUCCESS"),
    (500, 9, "Reporting training SUCCESS"),
]


@pytest.mark.parametrize(("after", "count", "last"), LINES)
def test_lines_come_with_the_phases(
    simulator: Simulator, clock: ManualClock, after: float, count: int, last: str
) -> None:
    clock.advance(after)
    lines = messages(simulator.client("logs"), f"churn/algo-1-{START + 5}")
    assert len(lines) == count
    assert lines[-1].startswith(last)


def test_tokens_go_through_the_stream(simulator: Simulator, clock: ManualClock) -> None:
    logs, stream = simulator.client("logs"), f"churn/algo-1-{START + 5}"
    clock.advance(100)
    whole, read, token = messages(logs, stream), [], None
    while True:
        options: dict[str, Any] = {"nextToken": token} if token else {}
        answer = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startFromHead=True, limit=4, **options)
        read += [event["message"] for event in answer["events"]]
        if answer["nextForwardToken"] == token:
            break
        token = answer["nextForwardToken"]
    assert read == whole
    latest = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, limit=2)
    assert [event["message"] for event in latest["events"]] == whole[-2:]
    before = logs.get_log_events(
        logGroupName=GROUP, logStreamName=stream, limit=2, nextToken=latest["nextBackwardToken"]
    )
    assert [event["message"] for event in before["events"]] == whole[-4:-2]


def test_a_failed_job_says_why_in_its_log(simulator: Simulator, clock: ManualClock) -> None:
    simulator.client().create_training_job(**request("job-bad"))
    clock.advance(100)
    lines = messages(simulator.client("logs"), f"job-bad/algo-1-{START + 5}")
    assert lines[-2:] == ["AlgorithmError: exit code 1", "Reporting training FAILURE"]


def test_a_stopped_job_stops_talking(simulator: Simulator, clock: ManualClock) -> None:
    clock.advance(15)
    simulator.client().stop_training_job(TrainingJobName="churn")
    clock.advance(100)
    lines = messages(simulator.client("logs"), f"churn/algo-1-{START + 5}")
    assert lines[-1] == "SIGTERM received"
    assert sum(line.startswith("epoch") for line in lines) == 1


def test_errors_fall_to_their_last_value_and_scores_rise_to_it(simulator: Simulator, clock: ManualClock) -> None:
    defined = [{"Name": name, "Regex": f"{name}=([0-9.]+)"} for name in ("loss", "auc")]
    algorithm = {**REQUEST["AlgorithmSpecification"], "MetricDefinitions": defined}
    simulator.client().create_training_job(**request("scored", AlgorithmSpecification=algorithm))
    clock.advance(100)
    lines = messages(simulator.client("logs"), f"scored/algo-1-{START + 5}")
    read = [dict(pair.split("=") for pair in line.split()[2:]) for line in lines if line.startswith("epoch")]
    losses, scores = ([float(each[name]) for each in read] for name in ("loss", "auc"))
    assert losses == sorted(losses, reverse=True)
    assert scores == sorted(scores)
    assert max(scores) <= 1


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("describe_log_streams", {"logGroupName": "/aws/lambda/x"}, "The specified log group does not exist."),
    ("get_log_events", {"logGroupName": GROUP, "logStreamName": "x"}, "The specified log stream does not exist."),
    ("describe_log_streams", {"logGroupName": GROUP, "nextToken": "x"}, "The specified nextToken is invalid."),
]


@pytest.mark.parametrize(("operation", "params", "message"), REFUSED)
def test_refused(simulator: Simulator, operation: str, params: dict[str, Any], message: str) -> None:
    assert refusal(getattr(simulator.client("logs"), operation), **params)[1] == message
