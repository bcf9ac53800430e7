"""From a request to an ended job: find or create the job, resolve conflicts, wait, and report a failure.

It does not depend on Airflow: the engine takes a boto SageMaker client, a request, the label of the task run and a
policy. One task run creates one job: SageMaker has no client token, but names are unique while their jobs exist, so the
create call itself decides races, and the label in the job's description shows whose it is. docs/guarantees.md has the
whole protocol.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from trainspec.runtime.engine.account import Account, RefusedError
from trainspec.runtime.engine.calls import CallAnswer, Calls
from trainspec.runtime.engine.identity import Label, Relation
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.kinds import TRAINING, JobKind
from trainspec.runtime.engine.label import sign
from trainspec.runtime.engine.names import MAX_NUMBER, named
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.problems import Fault, Kind, TrainingProblem
from trainspec.runtime.engine.taken import other_names, presumed_message, taken_message
from trainspec.runtime.engine.waiting import OUR_TASKS, GoneError, Waiting

_STALE: Final = 15.0
"""Seconds after which a try checks that it is still current before it creates a job: it may have been suspended."""


class Training:
    """One task run's job, from the request to the end."""

    def __init__(
        self,
        calls: Calls,
        request: Mapping[str, Any],
        label: Label,
        policy: Policy,
        log: Callable[[str], None],
        *,
        kind: JobKind = TRAINING,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        self.account = Account(calls, kind)
        self.request = sign(request, label, kind.signed_in(request), kind.max_variables)
        self.label = label
        self.policy = policy
        self.log = log
        self.wanted = wanted
        """Whether Airflow has not replaced this try; called before a job is created if time has passed."""
        self.name: str | None = self.request.get(kind.name)
        """The name that is being checked: of the job that may be running, or None once nothing is."""
        self._job: Job | None = None
        """That job, if it is known to be this task run's."""
        self._asked = False
        """Whether it was requested, so that it may exist although it is not visible yet."""
        self._other: Iterator[str] | None = None
        """The names to check after this one."""
        self._wanted_at = calls.clock.now()

    @property
    def _waiting(self) -> Waiting:
        """The wait, with the current policy."""
        return Waiting(self.account, self.label, self.policy, self.log)

    @property
    def calls(self) -> Calls:
        """The calls to AWS."""
        return self.account.calls

    @calls.setter
    def calls(self, calls: Calls) -> None:
        self.account.calls = calls

    @property
    def kind(self) -> JobKind:
        """What kind of job it is."""
        return self.account.kind

    @property
    def ours(self) -> bool:
        """Whether the job is known to be this task run's."""
        return self._job is not None

    def start(self) -> Job:
        """Return the job of this task run: created now, or found where an earlier try or a lost response left it.

        Raises `TrainingProblem`.
        """
        name = str(self.request[self.kind.name])
        holder = None
        if self._may_have_been_made:
            job, holder = self._recover(name)
            if job:
                return self._settle_on(job)
        job = holder or self._create(name) or self.account.look(name)
        theirs = self.account.label(job) if job.description else None
        if holder is None and (ours := self._usable(job, theirs)):
            return self._settle_on(ours)
        # These names are likely to be taken, and the describe call has the higher rate limit: so check first. The
        # create call still decides who gets a name that seemed free.
        self._other = self._names_but(name, job, theirs)
        self.log(f"{taken_message(job, theirs, self.label, self.kind)} Taking another name")
        for other in self._other:
            self.name, self._asked = other, False
            job = self.account.find(other) or self._create(other) or self.account.look(other)
            if ours := self._usable(job, self.account.label(job) if job.description else None):
                return self._settle_on(ours)
        raise TrainingProblem(Kind.FATAL, f"{name} and its numbered names up to {MAX_NUMBER} are all taken")

    def resume(self, name: str) -> Job:
        """Return the job `name` of this task run, which `start` returned in another process."""
        self.name, self._asked = name, True  # it may have to be stopped before this process has seen it
        return self._settle_on(self._or_gone(lambda: self._waiting.find_again(name, self._is_ours)))

    def wait(self, job: Job, deadline: float | None, watch: Callable[[Job], None] = lambda _: None) -> Job:
        """Return `job` when it has ended, or as it is at `deadline`: see `Waiting.until`. Raises `TrainingProblem`."""
        return self._or_gone(lambda: self._waiting.until(job, deadline, watch))

    def deadline(self, job: Job) -> float | None:
        """Return when the wait for `job` is over, in seconds since the epoch by AWS's clock; None: it has no limit."""
        return self._waiting.deadline(job)

    def overdue(self, job: Job) -> TrainingProblem:
        """Handle a job that has not ended in time as `on_timeout` says, and return what to raise."""
        return self._waiting.overdue(job)

    def release(self) -> None:
        """Forget the job: it has ended, or may continue without us."""
        self.name, self._job = None, None

    def abandon(self, calls: Calls) -> bool:
        """Stop the job of this task run through `calls`; return whether there was one running.

        This try created it, is just creating it, or has not yet found the one that an earlier try left. May be called
        while `start` or `wait` is running. Raises `TrainingProblem`.
        """
        account, stopped = replace(self.account, calls=calls), False
        if self.name is None:
            return False
        if self._job:
            return account.stop(self._job, self.label)
        for job in list(self._running(account)):
            stopped = account.stop(job, self.label) or stopped
            self.name = job.name
        return stopped

    @property
    def _may_have_been_made(self) -> bool:
        """Whether a job may already exist that an earlier try created, or one before a clear."""
        run = self.label.task_run
        return self.label.try_number > 1 or bool(run.generation or run.clears) or self.policy.reruns

    def _running(self, account: Account) -> Iterator[Job]:
        """Yield the running jobs of this task, seen through `account`, from the point that `start` has reached."""
        name = str(self.name)
        if self._asked:
            job = account.look(name)
            if self.label.relation(account.label(job)) in OUR_TASKS and not job.ended:
                yield job
                return
        if self._may_have_been_made and self.kind.name in self.request:  # `resume` has no request
            for job, _, relation in self._own(account, name, completed=False):
                if relation in OUR_TASKS and not job.ended:
                    yield job

    def _recover(self, name: str) -> tuple[Job | None, Job | None]:
        """Return the job of this task run that exists and can be waited for, and the one that has its name.

        Ends jobs of before a clear. Checks the name first: most often that is enough.
        """
        holder = self.account.find(name)
        if holder:
            theirs = self.account.label(holder)
            if (ours := self._usable(holder, theirs)) or self.label.follows(theirs):
                return ours, holder
        for job, theirs, _ in self._own(self.account, name, completed=self.label.may_be_retry):
            if holder and job.name == holder.name:
                continue
            if (ours := self._usable(job, theirs)) or self.label.follows(theirs):
                return ours, holder
        return None, holder

    def _own(self, account: Account, name: str, *, completed: bool) -> Iterator[tuple[Job, Label, Relation]]:
        """Yield the jobs of this task, as `Account.own`; if they may not be listed, name by name."""
        try:
            yield from account.own(self.label, str(self.request[self.kind.name]), completed=completed)
        except RefusedError as error:
            self.log(f"Jobs cannot be listed, so they are found only by their names. {error}")
            yield from self._own_by_name(account, name)

    def _own_by_name(self, account: Account, name: str) -> Iterator[tuple[Job, Label, Relation]]:
        """Yield the jobs of this task under the names that it may take, up to the first free one."""
        names: Iterator[str] = chain([name], self._other or ())
        while other := next(names, None):
            job = account.find(other)
            if job is None:
                return
            theirs = account.label(job)
            relation = self.label.relation(theirs)
            if theirs and relation is not Relation.OTHER:
                yield job, theirs, relation
            if other == name and self._other is None:
                with suppress(TrainingProblem):  # the policy allows no other name
                    names = self._names_but(name, job, theirs)

    def _or_gone(self, look: Callable[[], Job]) -> Job:
        """Return the job that `look` finds. If it no longer exists, nothing is left to stop: raises `GoneError`."""
        try:
            return look()
        except GoneError:
            self.release()
            raise

    def _is_ours(self, job: Job) -> bool:
        return self.label.relation(self.account.label(job)) in OUR_TASKS

    def _settle_on(self, job: Job) -> Job:
        self.name, self._job = job.name, job
        return job

    def _still_wanted(self) -> None:
        """Raise if Airflow has replaced this try. Checked only if the try may have been suspended for a while."""
        now = self.calls.clock.now()
        if now - self._wanted_at > _STALE:
            if not self.wanted():
                raise self._left_over("its task has ended without it")
            self._wanted_at = now

    def _left_over(self, why: str) -> TrainingProblem:
        self.release()
        return TrainingProblem(Kind.LEFT_OVER, f"This try is obsolete, and gives way: {why}")

    def _create(self, name: str) -> Job | None:
        """Return the new job, or None if the name is taken: perhaps by our own job, if a response was lost."""
        self._still_wanted()
        self.log(f"Creating {self.kind.noun}: {name}")
        self._asked = True  # from here on, it may be running
        request = named(self.request, self.kind.name, name)
        try:
            answer = self.calls(self.kind.create, request, needs=self.kind.arn, before=self._still_wanted)
        except CallAnswer as refusal:
            if refusal.fault is Fault.TAKEN:
                return None
            self._asked = refusal.unanswered
            if refusal.fault is not Fault.QUOTA:
                raise TrainingProblem(Kind.FATAL, f"{self.kind.create}: {refusal.text}") from None
            if job := self.account.find(name):  # the job that exhausts the quota may be our own
                return job
            raise TrainingProblem(Kind.RETRY, f"An AWS quota is exhausted: {refusal.text}") from None
        except TrainingProblem as problem:
            self._asked = problem.unanswered
            raise
        return self.kind.job(name, answer[self.kind.arn])

    def _usable(self, job: Job, theirs: Label | None) -> Job | None:
        """Return `job`, labeled `theirs`, if this task run should wait for it; None if it needs another one.

        Ends it if it is from before a clear. Raises if it shows that this try is obsolete.
        """
        if not job.description:
            return job
        relation = self.label.relation(theirs)
        if relation is Relation.LATER and self.policy.reruns:
            relation = Relation.SAME  # from before the change, when there were more tries
        if relation is Relation.EARLIER:
            self._or_gone(lambda: self._waiting.end_cleared(job))
        if relation is Relation.PRESUMED and not job.ended:
            self.log(presumed_message(job, self.kind))
        if relation is Relation.LATER and theirs:
            same_round = theirs.task_run.max_tries == self.label.task_run.max_tries
            when = "created by a later try" if same_round else "created after its task was cleared"
            raise self._left_over(f"{self.kind.noun} {job.name} was {when}: {theirs}")
        if relation is not Relation.SAME or theirs is None:
            return None
        # Lower `retries` and a clear may leave the sum unchanged; a clear must never yield the model from before it.
        if job.completed and theirs.task_run.generation < self.label.task_run.generation:
            return None
        if self.policy.reruns or theirs.try_number != self.label.try_number:
            if job.status == "Stopping":
                job = self._or_gone(lambda: self._waiting.ended(job))
            if job.ended and (self.policy.reruns or not job.completed):
                self.log(
                    f"{self.kind.noun.capitalize()} {job.name} of try {theirs.try_number} is {job.status}: "
                    f"a new one is needed"
                )
                return None
        self.log(f"Attaching to {self.kind.noun} {job.name}, created by try {theirs.try_number} of this task run")
        return job

    def _names_but(self, name: str, holder: Job, theirs: Label | None) -> Iterator[str]:
        """Return names to try if `holder`, labeled `theirs`, has the requested one. Raises if there is no other."""
        try:
            return other_names(name, holder, theirs, self.label, self.policy, self.kind)
        except TrainingProblem:
            self.release()
            raise
