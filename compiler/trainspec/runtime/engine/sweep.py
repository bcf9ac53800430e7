"""Finds jobs whose task run has ended without stopping them.

In some cases Airflow runs no code of ours: a worker is lost with the last try, a deferred task is set to failed while
the triggerer is down. The job still carries the identity of its task run, so that Airflow can be asked about it.

A job is stopped only if this Airflow says that its task run has ended: the label must name this installation, and the
DAG run must exist and have started in the same microsecond as in the label. Only if the owner gave the installation a
unique name does an unknown DAG run count as deleted, and one that started later as started anew. In case of doubt, a
job is left alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from trainspec.runtime.engine.account import Account
from trainspec.runtime.engine.calls import CallAnswer, Calls
from trainspec.runtime.engine.choices import TASK_ENDED
from trainspec.runtime.engine.identity import Label, TaskRun
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.kinds import TRAINING, JobKind

_EARLY = 30.0
"""Seconds before its time limit from which a job may have been left on purpose: clocks and polls are not exact."""


@dataclass(frozen=True)
class Known:
    """What Airflow knows about a task run: its state, and its DAG run's start (microseconds since 1970) and end."""

    started: int
    run_ended: bool
    state: str | None
    """The task instance's state in Airflow; None if the DAG run has no such task instance, or that has no state."""
    shared_start: bool = False
    """Whether the run starts at its logical date, as with `airflow dags test`, and so in every Airflow."""


class AskError(Exception):
    """Airflow could not be queried about a task run. The text says why."""


Ask = Callable[[TaskRun], Known | None]
"""Queries Airflow about a task run: None if there is no such DAG run. Raises AskError."""


class Verdict(Enum):
    """What to do with a running job."""

    STRAY = "stray"
    """Its task run has ended, and the job should have ended with it."""
    WANTED = "wanted"
    """Its task run continues, or its author wants it to outlive it."""
    UNKNOWN = "unknown"
    """This Airflow does not know its task run, or could not be queried."""


@dataclass(frozen=True)
class Finding:
    """A running job that trainspec created, what to do with it, and why."""

    job: Job
    label: Label
    verdict: Verdict
    why: str

    @property
    def name(self) -> str:
        """The job's name."""
        return self.job.name


@dataclass(frozen=True)
class Bounds:
    """The limits of a sweep."""

    older_than: float = 300.0
    """Seconds since a job's creation; younger jobs are left alone and cost no call."""
    name_contains: str = ""
    """Part of the jobs' names; other jobs cost no call."""
    max_jobs: int = 1000
    """How many jobs are described, a call each."""
    max_pages: int = 200
    """How many pages of 100 jobs are listed, newest jobs first."""


class Sweep:
    """One pass over the running jobs of an account and region. `exhausted` says whether the limits cut it short.

    `installation` is the name in labels of the Airflow that `ask` queries; empty if that is not known.
    """

    def __init__(
        self, calls: Calls, ask: Ask, bounds: Bounds, installation: str = "", kind: JobKind = TRAINING
    ) -> None:
        self.account = Account(calls, kind)
        self.ask = ask
        self.bounds = bounds
        self.installation = installation
        self.looked_at = 0
        self.exhausted = False

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each running job that carries a label, oldest last.

        Raises `TrainingProblem`, and `RefusedError` if jobs may not be listed.
        """
        for name in self._names():
            if self.looked_at >= self.bounds.max_jobs:
                self.exhausted = True
                return
            self.looked_at += 1
            try:
                job = self.account.find(name)
                running = job and not job.ended and job.status != "Stopping"
                label = self.account.label(job) if job and running else None
            except CallAnswer:  # it no longer exists
                continue
            if job and label:
                yield Finding(job, label, *self._judge(job, label))

    def stop(self, finding: Finding) -> None:
        """Stop the job of `finding`, if it is still there. Raises `TrainingProblem`."""
        self.account.stop(finding.job, finding.label)

    def _names(self) -> Iterator[str]:
        pages = 0

        def more() -> bool:
            nonlocal pages
            pages += 1
            self.exhausted = self.exhausted or pages > self.bounds.max_pages
            return pages <= self.bounds.max_pages

        contains = {"NameContains": self.bounds.name_contains} if self.bounds.name_contains else {}
        for summary in self.account.listed({"StatusEquals": "InProgress", **contains}, more):
            if self._age(summary["CreationTime"].timestamp()) >= self.bounds.older_than:
                yield summary[self.account.kind.name]

    def _age(self, created: float) -> float:
        """Seconds since a job was created, by AWS's clock."""
        return self.account.calls.aws_now() - created

    def _judge(self, job: Job, label: Label) -> tuple[Verdict, str]:
        if label.task_run.is_local:
            return Verdict.UNKNOWN, "`trainspec run` started it, not an Airflow task"
        if not label.complete:
            return Verdict.UNKNOWN, "its label had no room for the complete ids of its task"
        theirs = label.task_run.installation
        if theirs and not self.installation:
            return Verdict.UNKNOWN, f"it belongs to the installation {theirs}, and this Airflow's is not known"
        if theirs and theirs != self.installation:
            return Verdict.UNKNOWN, f"it belongs to the installation {theirs}, and this is {self.installation}"
        try:
            known = self.ask(label.task_run)
        except AskError as error:
            return Verdict.UNKNOWN, str(error)
        return judge(label, self._age(job.created or 0) + _EARLY, known)


def judge(label: Label, age: float, known: Known | None) -> tuple[Verdict, str]:
    """Return what to do with the running job that carries `label` of this installation, and is `age` seconds old."""
    named, theirs = label.task_run.is_named, label.task_run
    if known is None:
        if not named:
            return Verdict.UNKNOWN, "this Airflow has no such DAG run"
        return _ended("removed with its DAG run", "success", label, age)
    if known.started != theirs.started and not (named and theirs.started < known.started):
        return Verdict.UNKNOWN, "this Airflow's DAG run of that name is a different one, or was started again"
    if known.shared_start and not theirs.installation:
        return Verdict.UNKNOWN, "`airflow dags test` created it, in this Airflow or in another one"
    state = known.state
    if state is None and known.run_ended:
        state = "removed"
    if state not in TASK_ENDED:
        return Verdict.WANTED, f"its task is {state or 'still to run'}"
    return _ended(state, state, label, age)


def _ended(state: str, counts_as: str, label: Label, age: float) -> tuple[Verdict, str]:
    """Return what to do with a job whose task ended as `state`; `counts_as` replaces a state that is not certain."""
    if label.stay.after_success and counts_as == "success":
        return Verdict.WANTED, "its task does not wait for it (wait_for_completion=False)"
    if label.stay.seconds is not None and age >= label.stay.seconds:
        return Verdict.WANTED, "its task left it running at its time limit (on_timeout='leave')"
    return Verdict.STRAY, f"its task is {state}"
