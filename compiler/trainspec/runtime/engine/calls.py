"""Calls to AWS that are retried during temporary problems: throttling, 5xx, resets, timeouts."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainspec.runtime.engine.problems import Fault, Kind, TrainingProblem, classify, redacted


class CallAnswer(Exception):  # noqa: N818 - a response, if not the expected one
    """AWS says: name taken (`Fault.TAKEN`), no such job (`MISSING`), it has ended (`ENDED`), no quota (`QUOTA`)."""

    def __init__(self, fault: Fault, text: str, *, unanswered: bool = False) -> None:
        super().__init__(text)
        self.fault = fault
        self.text = text
        self.unanswered = unanswered
        """Whether an earlier attempt got no response, but may have been carried out."""


class CutAnswer(Exception):  # noqa: N818 - a response, if not a complete one
    """A response lacks a required member. botocore parses one that was truncated as `{}`."""


def whole(answer: Any, needs: str) -> Any:
    """Return `answer` if it has the member `needs`, else raise `CutAnswer`."""
    if needs and answer.get(needs) is None:
        raise CutAnswer("the response was truncated")
    return answer


def ahead(answer: Any, now: float, otherwise: float = 0.0) -> float:
    """Return how many seconds AWS's clock is ahead of `now`, by the Date of its response, which is exact to a second.

    `otherwise` is returned if the response has no date; differences below two seconds count as none.
    """
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp()
    except (LookupError, TypeError, ValueError):
        return otherwise
    difference = date + 0.5 - now
    return difference if abs(difference) > 2 else 0.0


@dataclass(frozen=True)
class Clock:
    """Time, as the engine sees it: injected so that tests and simulations can drive it."""

    now: Callable[[], float] = time.time
    """Returns the time in seconds since the epoch."""
    sleep: Callable[[float], None] = time.sleep
    """Waits for a number of seconds. May raise to end the wait for good."""
    jitter: Callable[[], float] = random.random
    """Returns a random number from 0 to 1."""


@dataclass(frozen=True)
class BackOff:
    """A random wait of up to `first`, 2 x `first`, … `ceiling` seconds after each fault; `patience` seconds in total.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    first: float = 1.0
    ceiling: float = 30.0
    patience: float = 900.0

    def delay(self, attempt: int, jitter: float) -> float:
        """Seconds to wait after the failed attempt number `attempt` (from 0): at least a tenth of the span."""
        span = min(self.ceiling, self.first * 2.0 ** min(attempt, 30))
        return span * (0.1 + 0.9 * jitter)


@dataclass
class Patience:
    """The faults of one call so far, and how long to wait after each."""

    what: str
    clock: Clock
    back_off: BackOff
    request: Mapping[str, Any]
    passing: frozenset[Fault] = frozenset({Fault.TRANSIENT})
    attempts: int = 0
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock.now()

    def after(self, error: Exception) -> tuple[float, str]:
        """Seconds to wait before the next attempt, and what went wrong.

        Raises `CallAnswer` for what the caller has to decide, `TrainingProblem` for what is final, what needs another
        try of the task, and faults that outlast the patience, and any other `error` as it is.
        """
        fault = Fault.TRANSIENT if isinstance(error, CutAnswer) else classify(error)
        if fault is None:
            raise error
        text = redacted(str(error), self.request)
        if fault not in self.passing:
            raise self._verdict(fault, text) from None
        waited = self.clock.now() - self.started
        if waited >= self.back_off.patience:
            text = f"{self.what}: no response for {waited:.0f} seconds. Last: {text}"
            raise TrainingProblem(Kind.RETRY, text, unanswered=True) from None
        self.attempts += 1
        return self.back_off.delay(self.attempts - 1, self.clock.jitter()), text

    def _verdict(self, fault: Fault, text: str) -> Exception:
        unanswered = self.attempts > 0
        if fault in (Fault.TAKEN, Fault.MISSING, Fault.ENDED, Fault.QUOTA):
            return CallAnswer(fault, text, unanswered=unanswered)
        kind = Kind.RETRY if fault in (Fault.CREDENTIALS, Fault.RENEWAL) else Kind.FATAL
        return TrainingProblem(kind, f"{self.what}: {text}", unanswered=unanswered)


@dataclass
class Calls:
    """Methods of a boto client, called until they get a response.

    The client should not retry by itself (botocore's `retries={"total_max_attempts": 1}`): what is retried, and for how
    long, is decided here and logged.
    """

    client: Any
    clock: Clock = field(default_factory=Clock)
    back_off: BackOff = field(default_factory=BackOff)
    log: Callable[[str], None] = lambda _: None
    request: Mapping[str, Any] = field(default_factory=dict)
    """The training request, whose values are kept out of messages."""
    answered: bool = False
    """Whether AWS has responded before. Then there are credentials, and a failure to renew them is temporary."""
    ahead: float = 0.0
    """Seconds that AWS's clock is ahead of ours, by its last response."""

    def aws_now(self) -> float:
        """Seconds since the epoch by AWS's clock, which all comparisons use: it is the same for all who see a job."""
        return self.clock.now() + self.ahead

    def __call__(
        self,
        operation: str,
        arguments: Mapping[str, Any],
        *,
        needs: str = "",
        exists: bool = False,
        before: Callable[[], None] = lambda: None,
    ) -> Any:
        """Return the response of `operation`, a method of the client.

        A response without the member `needs` was truncated and does not count. `exists` means that the job is known to
        exist: then not finding it is AWS's lag, and temporary. `before` is called before each attempt, and may raise.
        Raises what `Patience` raises.
        """
        passing = {Fault.TRANSIENT: True, Fault.MISSING: exists, Fault.RENEWAL: self.answered}
        faults = frozenset(fault for fault, passes in passing.items() if passes)
        patience = Patience(operation, self.clock, self.back_off, self.request, faults)
        while True:
            before()
            try:
                answer = whole(getattr(self.client, operation)(**arguments), needs)
            except Exception as error:
                delay, text = patience.after(error)
            else:
                self.answered = True
                self.ahead = ahead(answer, self.clock.now(), self.ahead)
                return answer
            self.log(f"{operation}: {text}. Retrying in {delay:.1f} seconds")
            self.clock.sleep(delay)
