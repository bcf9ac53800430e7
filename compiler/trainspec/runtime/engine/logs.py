"""A training job's log streams in CloudWatch, read with a limited number of calls.

Each container of a job has a stream, `JOB/algo-NUMBER-TIME`, which appears some time after the container has started.
https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from trainspec.runtime.engine.calls import CutAnswer, whole
from trainspec.runtime.engine.problems import Fault, classify

LOG_GROUP: Final = "/aws/sagemaker/TrainingJobs"

CALLS_A_LOOK: Final = 10
CALLS_AT_THE_END: Final = 50
CALLS_FOR_A_TAIL: Final = 4
LINES_OF_A_TAIL: Final = 50


@dataclass
class JobLog:
    """The log of job `name`, written line by line to `write` as it grows.

    `client` is a boto3 CloudWatch Logs client. With `tail`, only the last lines of the streams that exist at the first
    poll are written: the earlier lines are in the log of the lost try.
    """

    client: Any
    name: str
    write: Callable[[str], None]
    tail: bool = False
    _tokens: dict[str, str] = field(default_factory=dict)
    """How far each stream has been read; the stream to read next comes first."""
    _tails: set[str] = field(default_factory=set)
    _readable: bool = True

    def show(self, calls: int = CALLS_A_LOOK) -> None:
        """Write what is new, with at most `calls` calls; the rest waits for the next poll. Raises no AWS error.

        A log that may not be read is reported once. Other faults pass: the next poll continues where this one stopped.
        """
        if not self._readable:
            return
        try:
            self._read(self._streams(), calls - 1)
        except Exception as error:
            fault = classify(error)
            if fault is None and not isinstance(error, CutAnswer):
                raise
            if fault in (Fault.FINAL, Fault.QUOTA):
                self._readable = False
                self.write(f"The log of {self.name} cannot be read: {error}")

    def _streams(self) -> list[str]:
        """Return the names of the streams, new ones last."""
        found = whole(
            self.client.describe_log_streams(logGroupName=LOG_GROUP, logStreamNamePrefix=f"{self.name}/", limit=50),
            "logStreams",
        )
        names = [stream["logStreamName"] for stream in found["logStreams"]]
        new = [name for name in names if name not in self._tokens]
        self._tokens |= dict.fromkeys(new, "")
        if self.tail:
            self._tails, self.tail = set(new), False
        return list(self._tokens)

    def _read(self, streams: Iterable[str], calls: int) -> None:
        """Read the streams in turn, one page at a time, until nothing is new or the calls are used up."""
        waiting = list(streams)
        while waiting and calls > 0:
            stream, calls = waiting.pop(0), calls - 1
            if self._read_page(stream):
                waiting.append(stream)
            self._tokens[stream] = self._tokens.pop(stream)  # moved to the end: another is first at the next poll

    def _read_page(self, stream: str) -> bool:
        """Write one page of `stream`; return whether there may be more. Only a repeated token means the end."""
        token = self._tokens[stream]
        last_lines = stream in self._tails
        where = {"nextToken": token} if token else {"limit": LINES_OF_A_TAIL} if last_lines else {}
        page = whole(
            self.client.get_log_events(
                logGroupName=LOG_GROUP, logStreamName=stream, startFromHead=not last_lines or bool(token), **where
            ),
            "nextForwardToken",
        )
        for line in lines_of(stream, page):
            self.write(line)
        self._tokens[stream] = page["nextForwardToken"]
        return self._tokens[stream] != token


def lines_of(stream: str, page: Any) -> list[str]:
    """Return the events of one GetLogEvents response as lines that name the container."""
    container = stream.partition("/")[2]
    return [f"[{container}] {event['message'].rstrip()}" for event in page.get("events", [])]


def last_log_lines(logs: Any, name: str, *, streams: int = 3, lines: int = 10) -> list[str]:
    """Return the last lines of job `name`, of at most `streams` containers, `lines` each, with `streams + 1` calls.

    `logs` is a boto3 CloudWatch Logs client. Raises what it raises.
    """
    found = logs.describe_log_streams(logGroupName=LOG_GROUP, logStreamNamePrefix=f"{name}/", limit=streams)
    result = []
    for stream in found.get("logStreams", [])[:streams]:
        page = logs.get_log_events(
            logGroupName=LOG_GROUP, logStreamName=stream["logStreamName"], limit=lines, startFromHead=False
        )
        result += lines_of(stream["logStreamName"], page)
    return result
