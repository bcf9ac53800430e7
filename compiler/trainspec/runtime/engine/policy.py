"""What the author of a task may choose about its job."""

from dataclasses import dataclass

from trainspec.runtime.engine.choices import IfExists, OnTimeout
from trainspec.runtime.engine.identity import Stay


@dataclass(frozen=True)
class Policy:
    """What to do where the request leaves a choice."""

    if_exists: IfExists = "fail"
    """Where the job's name is taken by another's job."""
    check_interval: float = 30.0
    """Seconds between two looks at the job."""
    max_attempts: int | None = 60
    """`max_attempts * check_interval` seconds are the longest wait; None: until the StoppingCondition is met."""
    on_timeout: OnTimeout = "stop"
    """What becomes of the job when that wait is over."""
    bound: str | None = None
    """How a message calls the longest wait, where these numbers are not those that the author wrote."""
    reruns: bool = False
    """Whether one and the same try may be run once more: a job that has ended is then that of the time before."""

    @property
    def longest_wait(self) -> float | None:
        """Seconds, or None for a wait without end."""
        return None if self.max_attempts is None else self.max_attempts * self.check_interval

    def stay(self, *, wait: bool) -> Stay:
        """Return whether the job may outlive its task, which waits for it or does not."""
        leaves = wait and self.on_timeout == "leave" and self.longest_wait is not None
        return Stay(not wait, int(self.longest_wait or 0) if leaves else None)
