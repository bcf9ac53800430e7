"""CloudWatch Logs of training jobs: a few lines a phase, the same for the same job, one stream for each instance.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from trainspec.simulator.errors import ApiError
from trainspec.simulator.jobs import Account, Job, metric_names, metric_value
from trainspec.simulator.lifecycle import State

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
EPOCHS = 5
MOST_EVENTS = 10_000
MOST_STREAMS = 50


def describe_log_streams(account: Account, region: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Answer DescribeLogStreams: the streams of jobs whose instances have started, by name."""
    _check_group(params)
    now, prefix = account.clock.now(), params.get("logStreamNamePrefix", "")
    streams = []
    for job in account.jobs(region):
        # A stream's name begins with the job's: most calls are about one job.
        if job.name.startswith(prefix) or prefix.startswith(job.name):
            streams += [stream for stream in _streams(job, now) if stream["logStreamName"].startswith(prefix)]
    by_time = params.get("orderBy") == "LastEventTime"
    streams.sort(
        key=lambda stream: (stream["lastEventTimestamp"] if by_time else 0, stream["logStreamName"]),
        reverse=params.get("descending", False),
    )
    start = _number(params.get("nextToken", "0"))
    end = start + _limit(params, MOST_STREAMS)
    return {"logStreams": streams[start:end], **({"nextToken": str(end)} if end < len(streams) else {})}


def get_log_events(account: Account, region: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Answer GetLogEvents. The tokens are places in the stream; at either end the same one comes back, as on AWS."""
    _check_group(params)
    now, name = account.clock.now(), params["logStreamName"]
    job = next((job for job in account.jobs(region) if name in _stream_names(job, now)), None)
    if job is None:
        raise ApiError("ResourceNotFoundException", "The specified log stream does not exist.")
    first, last = params.get("startTime", 0), params.get("endTime", float("inf"))
    events = [event for event in _events(job, now) if first <= event["timestamp"] < last]
    limit = _limit(params, MOST_EVENTS)
    direction, _, place = params.get("nextToken", "").partition("/")
    if direction == "f" or (not direction and params.get("startFromHead")):
        start = min(_number(place or "0"), len(events))
        end = min(start + limit, len(events))
    elif direction in ("b", ""):
        end = min(_number(place), len(events)) if place else len(events)
        start = max(end - limit, 0)
    else:
        raise _bad_token()
    return {
        "events": events[start:end],
        "nextForwardToken": f"f/{end:056d}",
        "nextBackwardToken": f"b/{start:056d}",
    }


def log_lines(job: Job, state: State) -> Iterator[tuple[float, str]]:
    """Yield what the container has said by `state`: (epoch seconds, line)."""
    if job.execution is not None:
        yield from tuple(job.execution.lines)
        return
    if (downloading := state.start_of("Downloading")) is None:
        return
    yield downloading, "Downloading input data"
    training = state.start_of("Training")
    if training is None:
        yield from _last_words(job, state)
        return
    yield training, f"Training job {job.name} started"
    for name, value in sorted(job.request.get("HyperParameters", {}).items()):
        yield training, f"hyperparameter {name}={value}"
    metrics = metric_names(job)
    for epoch in range(1, EPOCHS + 1):
        moment = training + job.outcome.training * epoch / EPOCHS
        stopped = state.start_of("Stopping")
        if stopped is None or moment <= stopped:
            values = [f"{name}={metric_value(job, name) * _so_far(name, epoch):.4f}" for name in metrics]
            yield moment, " ".join([f"epoch {epoch}/{EPOCHS}", *values])
    if (uploading := state.start_of("Uploading")) is not None:
        yield uploading, "Reporting training SUCCESS"
    yield from _last_words(job, state)


def _so_far(metric: str, epoch: int) -> float:
    """The fraction of its last value that a metric has after an epoch: errors fall to it, others rise to it."""
    falls = any(word in metric.lower() for word in ("loss", "error", "rmse", "mse", "mae", "perplexity"))
    return EPOCHS / epoch if falls else epoch / EPOCHS


def _last_words(job: Job, state: State) -> Iterator[tuple[float, str]]:
    if (stopping := state.start_of("Stopping")) is not None:
        yield stopping, "SIGTERM received"
    if state.end is not None and state.status == "Failed":
        yield state.end, f"{job.outcome.failure}"
        yield state.end, "Reporting training FAILURE"


def _events(job: Job, now: float) -> list[dict[str, Any]]:
    lines = [(moment, line) for moment, line in log_lines(job, job.state(now)) if moment <= now]
    return [
        {"timestamp": int(moment * 1000), "message": line, "ingestionTime": int(moment * 1000)}
        for moment, line in lines
    ]


def _stream_names(job: Job, now: float) -> list[str]:
    started = job.state(now).training_start
    if started is None:
        return []
    resources = job.request.get("ResourceConfig", {})
    groups = resources.get("InstanceGroups") or [resources]
    instances = max(sum(group.get("InstanceCount", 1) for group in groups), 1)
    if job.execution is not None:  # its hosts have one log, in which each line names its host
        instances = 1
    return [f"{job.name}/algo-{number}-{int(started)}" for number in range(1, min(instances, MOST_STREAMS) + 1)]


def _streams(job: Job, now: float) -> list[dict[str, Any]]:
    names = _stream_names(job, now)
    if not names:
        return []
    events = _events(job, now) or [{"timestamp": int(now * 1000)}]
    times = {
        "creationTime": events[0]["timestamp"],
        "firstEventTimestamp": events[0]["timestamp"],
        "lastEventTimestamp": events[-1]["timestamp"],
        "lastIngestionTime": events[-1]["timestamp"],
    }
    arn = f"{job.arn.rpartition(':')[0].replace(':sagemaker:', ':logs:')}:log-group:{LOG_GROUP}:log-stream:"
    return [{"logStreamName": name, "arn": arn + name, "storedBytes": 0, **times} for name in names]


def _check_group(params: Mapping[str, Any]) -> None:
    group = params.get("logGroupName") or params.get("logGroupIdentifier", "")
    if group.rpartition("log-group:")[2].removesuffix(":*") != LOG_GROUP:
        raise ApiError("ResourceNotFoundException", "The specified log group does not exist.")


def _limit(params: Mapping[str, Any], most: int) -> int:
    limit = int(params.get("limit", most))
    if not 1 <= limit <= most:
        raise ApiError("InvalidParameterException", f"limit must be between 1 and {most}")
    return limit


def _number(place: str) -> int:
    if not re.fullmatch("[0-9]{1,64}", place):
        raise _bad_token()
    return int(place)


def _bad_token() -> ApiError:
    return ApiError("InvalidParameterException", "The specified nextToken is invalid.")
