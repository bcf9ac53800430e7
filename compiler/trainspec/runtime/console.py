"""Where a training job is to be seen: the AWS console, and the log streams in CloudWatch."""

from collections.abc import Callable
from typing import Any, Final

LOG_GROUP: Final = "/aws/sagemaker/TrainingJobs"

# https://docs.aws.amazon.com/general/latest/gr/rande.html; other partitions have no public console.
_CONSOLES: Final = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def job_url(arn: str) -> str | None:
    """Return the page of a training job in the SageMaker console; None in a partition without one."""
    return _url(arn, lambda region, name: f"sagemaker/home?region={region}#/jobs/{name}")


def logs_url(arn: str) -> str | None:
    """Return the page of a training job's log streams in CloudWatch; None in a partition without a console."""
    group = LOG_GROUP.replace("/", "$252F")  # the console's own escape: percent-encoded twice, "$" for "%"
    return _url(
        arn,
        lambda region, name: (
            f"cloudwatch/home?region={region}#logsV2:log-groups/log-group/{group}$3FlogStreamNameFilter$3D{name}$252F"
        ),
    )


def _url(arn: str, page: Callable[[str, str], str]) -> str | None:
    _, partition, _, region, _, resource = arn.split(":", 5)
    host = _CONSOLES.get(partition)
    return f"https://{region}.{host}/{page(region, resource.rpartition('/')[2])}" if host else None


def last_log_lines(logs: Any, name: str, *, streams: int = 3, lines: int = 10) -> list[str]:
    """Return the last lines that job `name` wrote, of at most `streams` containers, `lines` each: `streams + 1` calls.

    `logs` is a boto CloudWatch Logs client. Raises what it raises.
    https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
    """
    found = logs.describe_log_streams(logGroupName=LOG_GROUP, logStreamNamePrefix=f"{name}/", limit=streams)
    result = []
    for stream in found.get("logStreams", [])[:streams]:
        stream_name = stream["logStreamName"]
        events = logs.get_log_events(
            logGroupName=LOG_GROUP, logStreamName=stream_name, limit=lines, startFromHead=False
        )
        container = stream_name.partition("/")[2]
        result += [f"[{container}] {event['message'].rstrip()}" for event in events.get("events", [])]
    return result
