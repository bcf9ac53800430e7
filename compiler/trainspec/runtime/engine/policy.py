"""The choices that the author of a task has for its job."""

from dataclasses import dataclass

from trainspec.runtime.engine.choices import IfExists, OnTimeout
from trainspec.runtime.engine.identity import Stay


@dataclass(frozen=True)
class Policy:
    """The choices that the request leaves open."""

    if_exists: IfExists = "fail"
    """If the job's name is taken by another job."""
    check_interval: float = 30.0
    """Seconds between two polls of the job."""
    max_attempts: int | None = 60
    """`max_attempts * check_interval` seconds are the longest wait; None: until the StoppingCondition is met."""
    on_timeout: OnTimeout = "stop"
    """What happens to the job when that wait is over."""
    bound: str | None = None
    """What a message calls the longest wait, if these numbers are not the ones that the author wrote."""
    reruns: bool = False
    """Whether the same try may run again: a job that has ended is then that of the earlier run."""

    @property
    def longest_wait(self) -> float | None:
        """Seconds, or None for no limit."""
        return None if self.max_attempts is None else self.max_attempts * self.check_interval

    def stay(self, *, wait: bool) -> Stay:
        """Return whether the job may outlive its task; `wait` is whether the task waits for it."""
        leaves = wait and self.on_timeout == "leave" and self.longest_wait is not None
        return Stay(not wait, int(self.longest_wait or 0) if leaves else None)
