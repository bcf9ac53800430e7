"""Waits for a job: polls it until it has ended, its time is over, or it no longer exists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from trainspec.runtime.engine.account import Account
from trainspec.runtime.engine.identity import Label, Relation
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.problems import Kind, TrainingProblem

OUR_TASKS: Final = (Relation.SAME, Relation.EARLIER)
_LOOKS_FOR_GONE, _BETWEEN_LOOKS = 4, 5.0
"""A missing job that was seen before is polled this often, this many seconds apart, before it counts as deleted."""


class GoneError(TrainingProblem):
    """The job was deleted, whoever has its name now."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How the task run of `label` waits for its job."""

    account: Account
    label: Label
    policy: Policy
    log: Callable[[str], None]

    def until(self, job: Job, deadline: float | None, watch: Callable[[Job], None]) -> Job:
        """Return `job` when it has ended, or as it is at `deadline` (seconds since the epoch), whichever is first.

        Polls every `check_interval` seconds, logs each change of state, and passes the job to `watch`. Time is AWS's.
        Raises `TrainingProblem`, also if the job no longer exists, or another has its name.
        """
        state = ""
        while True:
            job = self._look_again(job)
            if job.state != state:
                state = job.state
                self.log(f"Job state: {state}")
            watch(job)
            now = self.account.calls.aws_now()
            if job.ended or (deadline is not None and now >= deadline):
                return job
            left = self.policy.check_interval if deadline is None else min(self.policy.check_interval, deadline - now)
            self.account.calls.clock.sleep(left)

    def end_cleared(self, job: Job) -> Job:
        """Return the job of a task run that a user cleared, once it has ended; it is stopped if it was running."""
        if job.ended:
            return job
        self.log(f"Stopping {self.account.kind.noun} {job.name}: its task was cleared")
        self.account.stop(job, self.label)
        return self.ended(job)

    def ended(self, job: Job) -> Job:
        """Return `job` once it has stopped: SageMaker allows it two minutes, plus the upload of the artifacts."""
        calls = self.account.calls
        job = self.until(job, calls.aws_now() + calls.back_off.patience, lambda _: None)
        if not job.ended:
            noun = self.account.kind.noun.capitalize()
            raise TrainingProblem(Kind.RETRY, f"{noun} {job.name} is still {job.status}")
        return job

    def find_again(self, name: str, is_it: Callable[[Job], bool]) -> Job:
        """Return the job `name`, which was seen before. Raises `GoneError` if there is none, or another one."""
        for look in range(_LOOKS_FOR_GONE):
            self.account.calls.clock.sleep(_BETWEEN_LOOKS if look else 0)
            if found := self.account.find(name):
                if is_it(found):
                    return found
                break
        raise self._gone(name)

    def deadline(self, job: Job) -> float | None:
        """Return when the wait for `job` is over, in seconds since the epoch by AWS's clock; None: it has no limit.

        It counts from the job's creation, so that a retry which attaches to the job gets no extra time.
        """
        longest = self.policy.longest_wait
        if longest is None:
            return None
        now = self.account.calls.aws_now()
        return min(now, job.created or now) + longest

    def overdue(self, job: Job) -> TrainingProblem:
        """Handle a job that has not ended in time as `on_timeout` says, and return what to raise."""
        waited = f"{job.name} has not ended within {self.policy.longest_wait:g} seconds"
        bound = (
            self.policy.bound
            or f"max_attempts={self.policy.max_attempts} x check_interval={self.policy.check_interval:g}"
        )
        if self.policy.on_timeout == "leave":
            return TrainingProblem(Kind.RETRY, f"{waited} ({bound}). It is left running. Job state: {job.state}")
        self.account.stop(job, self.label)
        return TrainingProblem(Kind.RETRY, f"{waited} ({bound}) and is being stopped. Job state: {job.state}")

    def _look_again(self, job: Job) -> Job:
        """Return `job` as it is now. Raises `TrainingProblem` if it was deleted, whoever has its name now."""
        if not job.description:  # just created, and perhaps not visible yet
            now = self.account.look(job.name)
            if self.label.relation(self.account.label(now)) not in OUR_TASKS:
                raise self._gone(job.name)
            return now
        return self.find_again(job.name, lambda found: found.created == job.created)

    def _gone(self, name: str) -> "GoneError":
        noun = self.account.kind.noun.capitalize()
        text = f"{noun} {name} of this task is gone: it was deleted, or the job with that name is someone else's."
        return GoneError(Kind.RETRY, text)
