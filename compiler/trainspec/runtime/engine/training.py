"""From a request to an ended training job: create, ask on conflict, wait, say why it failed.

No Airflow here. The engine takes a boto SageMaker client, a request, the label of the task run and a policy. One task
run makes one training job: SageMaker has no client token, but names are unique, so CreateTrainingJob itself decides
races, and the label in the job's description says whose it is.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import chain
from typing import Any

from trainspec.runtime.engine.calls import CallAnswer, Calls
from trainspec.runtime.engine.choices import IfExists, OnTimeout
from trainspec.runtime.engine.identity import Label, Relation, Stay, sign, signature, signs_by_tag
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.names import MAX_NUMBER, numbered, with_suffix
from trainspec.runtime.engine.problems import Fault, Kind, TrainingProblem


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


class Training:
    """One task run's training job, from the request to the end."""

    def __init__(
        self, calls: Calls, request: Mapping[str, Any], label: Label, policy: Policy, log: Callable[[str], None]
    ) -> None:
        self.calls = calls
        self.request = sign(request, label)
        self.label = label
        self.policy = policy
        self.log = log
        self.name: str | None = self.request.get("TrainingJobName")
        """The name that is looked at: of the job that may be running, or None once nothing is."""
        self.ours = False
        """Whether that job is known to be this task run's."""
        self._asked = False
        """Whether it was asked for, so that it may be there although it cannot be seen yet."""
        self._other: Iterator[str] | None = None
        """The names to be looked at after this one."""

    def start(self) -> Job:
        """Return the job of this task run: made now, or found where an earlier try or a lost answer left it.

        Raises `TrainingProblem`.
        """
        name = str(self.request["TrainingJobName"])
        job = self._create(name) or self.look_again(name)
        if ours := self._usable(job):
            return self._settle_on(ours)
        # These names are likely to be taken, and DescribeTrainingJob has the higher rate limit: so look first.
        # CreateTrainingJob still decides who gets a name that looked free.
        theirs = label_on(self.calls, job)
        self._other = self._other_names(name, job, theirs)
        self.log(f"{_whose(job, theirs)} Taking another name")
        for other in self._other:
            self.name, self._asked = other, False
            job = self._find(self.calls, other) or self._create(other) or self.look_again(other)
            if ours := self._usable(job):
                return self._settle_on(ours)
        raise TrainingProblem(Kind.FATAL, f"{name} and its numbered names up to {MAX_NUMBER} are all taken")

    def resume(self, name: str) -> Job:
        """Return the job `name` of this task run, which `start` returned in another process."""
        return self.wait(self._settle_on(Job(name, "")), 0)

    def release(self) -> None:
        """Forget the job: it has ended, or may go on without us."""
        self.name, self.ours = None, False

    def abandon(self, calls: Calls) -> bool:
        """Stop the job of this task run through `calls`; return whether there is one.

        It was made by this try, is just being made, or was left by an earlier try and not found again yet. Safe in the
        middle of `start` and `wait`. Raises `TrainingProblem`.
        """
        name = self.name if self.ours else self._running(calls)
        if name is None:
            return False
        stop_job(calls, name)
        return True

    def _running(self, calls: Calls) -> str | None:
        """Return the name of this task run's running job, looking on through `calls` from where `start` has got to."""
        nothing_made = self.label.try_number <= 1 and not self._asked
        if self.name is None or nothing_made:
            return None
        job = self.look_again(self.name, calls) if self._asked else self._find(calls, self.name)
        names = self._other
        while job:
            theirs = label_on(calls, job)
            if self.label.relation(theirs) is Relation.SAME and not job.ended:
                return job.name
            try:
                names = names or self._other_names(self.name, job, theirs)
            except TrainingProblem:  # the policy allows no other name
                return None
            name = next(names, None)
            job = self._find(calls, name) if name else None
        return None

    def wait(self, job: Job, deadline: float | None, watch: Callable[[Job], None] = lambda _: None) -> Job:
        """Return `job` when it has ended, or as it is at `deadline` (seconds since the epoch), whichever is first.

        Looks every `check_interval` seconds, logs each change of state, and shows `watch` what it saw. Raises
        `TrainingProblem`.
        """
        clock, state = self.calls.clock, ""
        while True:
            job = self.look_again(job.name)
            if job.state != state:
                state = job.state
                self.log(f"Job state: {state}")
            watch(job)
            now = clock.now()
            if job.ended or (deadline is not None and now >= deadline):
                return job
            left = self.policy.check_interval if deadline is None else min(self.policy.check_interval, deadline - now)
            clock.sleep(left)

    def deadline(self, job: Job) -> float | None:
        """Return when the wait for `job` is over, in seconds since the epoch; None for a wait without end.

        It counts from the job's creation, so that a retry which attaches to the job gets no more.
        """
        longest = self.policy.longest_wait
        if longest is None:
            return None
        now = self.calls.clock.now()
        return min(now, job.created or now) + longest

    def overdue(self, job: Job) -> TrainingProblem:
        """Do as `on_timeout` says about a job that has not ended in time, and return what to raise."""
        waited = f"{job.name} has not ended within {self.policy.longest_wait:g} seconds"
        bound = f"max_attempts={self.policy.max_attempts} x check_interval={self.policy.check_interval:g}"
        if self.policy.on_timeout == "leave":
            return TrainingProblem(Kind.RETRY, f"{waited} ({bound}). It is left running. Job state: {job.state}")
        stop_job(self.calls, job.name)
        return TrainingProblem(Kind.RETRY, f"{waited} ({bound}) and is being stopped. Job state: {job.state}")

    def look_again(self, name: str, calls: Calls | None = None) -> Job:
        """Return the job `name`, which is known to exist, as it is now."""
        calls = calls or self.calls
        answer = calls("describe_training_job", {"TrainingJobName": name}, needs="TrainingJobArn", exists=True)
        return Job.described(answer)

    def _settle_on(self, job: Job) -> Job:
        self.name, self.ours = job.name, True
        return job

    def _create(self, name: str) -> Job | None:
        """Return the job, newly made, or None where the name is taken: perhaps by ourselves, if an answer was lost."""
        self.log(f"Creating training job: {name}")
        self._asked = True  # from here on it may be running
        try:
            answer = self.calls(
                "create_training_job", {**self.request, "TrainingJobName": name}, needs="TrainingJobArn"
            )
        except CallAnswer as refusal:
            if refusal.fault is Fault.TAKEN:
                return None
            self._asked = refusal.unanswered
            if refusal.fault is not Fault.QUOTA:
                raise TrainingProblem(Kind.FATAL, f"create_training_job: {refusal.text}") from None
            if job := self._find(self.calls, name):  # what uses the quota up may be the very job that we want
                return job
            raise TrainingProblem(Kind.RETRY, f"An AWS quota is used up: {refusal.text}") from None
        except TrainingProblem as problem:
            self._asked = problem.unanswered
            raise
        return Job(name, answer["TrainingJobArn"])

    def _find(self, calls: Calls, name: str) -> Job | None:
        """Return the job that has `name`, or None where none is to be seen."""
        try:
            return Job.described(calls("describe_training_job", {"TrainingJobName": name}, needs="TrainingJobArn"))
        except CallAnswer:
            return None

    def _usable(self, job: Job) -> Job | None:
        """Return `job` if this task run should wait for it; None where it needs a job of another name."""
        if not job.description:
            return job
        theirs = label_on(self.calls, job)
        relation = self.label.relation(theirs)
        if relation is Relation.EARLIER and theirs and theirs.task_run.started == self.label.task_run.started:
            self._end(job)
            return None
        if relation is Relation.LATER and not job.ended:
            text = f"Training job {job.name} is this task's, cleared since: this try was left over, and gives way to it"
            raise TrainingProblem(Kind.FATAL, text)
        if relation is not Relation.SAME or theirs is None:
            return None
        # Lower `retries` and a clear may leave the sum as it was; a clear must never give the model of the time before.
        if job.completed and theirs.task_run.generation < self.label.task_run.generation:
            return None
        if self.policy.reruns or theirs.try_number != self.label.try_number:
            if job.status == "Stopping":
                job = self._ended(job)
            if job.ended and (self.policy.reruns or not job.completed):
                self.log(f"Training job {job.name} of try {theirs.try_number} is {job.status}: a new one is needed")
                return None
        self.log(f"Attaching to training job {job.name}, made by try {theirs.try_number} of this task run")
        return job

    def _end(self, job: Job) -> None:
        """Stop the job of a task run that a user cleared, where it still runs, and wait until it has ended."""
        if not job.ended:
            self.log(f"Stopping training job {job.name}: its task was cleared")
            stop_job(self.calls, job.name)
            self._ended(job)

    def _ended(self, job: Job) -> Job:
        """Return `job` once it has stopped, which SageMaker allows two minutes and the upload of the artifacts."""
        job = self.wait(job, self.calls.clock.now() + self.calls.back_off.patience)
        if not job.ended:
            raise TrainingProblem(Kind.RETRY, f"Training job {job.name} is still {job.status}")
        return job

    def _other_names(self, name: str, holder: Job, theirs: Label | None) -> Iterator[str]:
        """Return names to try where `holder` has the one asked for, for `theirs`. Raises where there is no other."""
        if self.label.relation(theirs) is not Relation.OTHER:
            return numbered(name)  # our own earlier job has it: a new one needs another name, whatever the policy
        text = _whose(holder, theirs)
        started = self.label.task_run.started
        match self.policy.if_exists:
            case "fail":
                self.release()
                raise TrainingProblem(Kind.FATAL, f"{text} (action_if_job_exists='fail')")
            case "skip":
                self.release()
                raise TrainingProblem(Kind.SKIP, f"{text} (action_if_job_exists='skip')")
            case "timestamp" if started:  # the run's start, not now: a retry must come by the same name again
                stamped = with_suffix(name, f"{datetime.fromtimestamp(started / 1e6, timezone.utc):%Y%m%d%H%M%S}")
                return chain([stamped], numbered(stamped))
            case _:
                return numbered(name)


def _whose(job: Job, label: Label | None) -> str:
    owner = f"It belongs to {label}." if label else f"It was not made by trainspec, or by a later release: {job.arn}"
    return f"Training job {job.name} exists already. {owner}"


def failure(job: Job, log_lines: Sequence[str], *links: str | None) -> TrainingProblem:
    """Why `job` did not complete: SageMaker's reason, the job's last log lines, and where to see more.

    A reason that lies in the request itself (`ClientError`) is fatal; all others may go better at another try.
    """
    where = [f"{job.name} is {job.status} ({job.description.get('SecondaryStatus', '')}): {job.reason}"]
    if log_lines:
        where += ["Its last log lines:", *(f"  {line}" for line in log_lines)]
    return TrainingProblem(Kind.FATAL if job.lasting else Kind.RETRY, "\n".join([*where, *filter(None, links)]))


def stop_job(calls: Calls, name: str) -> None:
    """Ask SageMaker to stop job `name`, which exists; one that has ended already is fine. Raises `TrainingProblem`.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html
    """
    with suppress(CallAnswer):
        calls("stop_training_job", {"TrainingJobName": name}, exists=True)


def label_on(calls: Calls, job: Job) -> Label | None:
    """Return the label of the task run that made `job`, or None where trainspec did not make it."""
    tags: list[dict[str, str]] = []
    if signs_by_tag(job.description):
        tags = calls("list_tags", {"ResourceArn": job.arn}, needs="Tags", exists=True)["Tags"]
    return signature(job.description.get("Environment") or {}, tags)
