"""Jobs that really run: the interface between the simulator and whatever runs them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias


class Execution(Protocol):
    """A job that runs. Its phases and lines only grow; all of it is read from other threads."""

    @property
    def phases(self) -> Sequence[tuple[str, float]]:
        """The secondary statuses so far, each with its start in seconds since the epoch."""

    @property
    def lines(self) -> Sequence[tuple[float, str]]:
        """The log: each line with its time."""

    @property
    def failure(self) -> str | None:
        """FailureReason."""

    @property
    def metrics(self) -> Mapping[str, float]:
        """The last value of each metric so far."""

    def start(self) -> None:
        """Begin in the background."""

    def stop(self) -> None:
        """Begin to stop."""


Executor: TypeAlias = Callable[[Mapping[str, Any], str, str], Execution]
"""Makes the execution of a request, in a region, as the job of an ARN."""
