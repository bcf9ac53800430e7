"""Finding jobs whose task run has ended without stopping them, because nobody was left to do it.

Airflow has moments in which it calls no code of ours: a worker is lost with the last try, a deferred task is set to
failed while the triggerer is away. The job still carries the identity of its task run, so it is known whom to ask.

A job is stopped only where this very Airflow says that its task run has ended: the DAG run must exist and must have
started in the same microsecond as the job's label says. So a job of another Airflow, whose runs have the same names,
is never touched; nor is one of a run that was deleted, or was cleared and started anew.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from trainspec.runtime.engine.calls import CallAnswer, Calls
from trainspec.runtime.engine.choices import TASK_ENDED
from trainspec.runtime.engine.identity import Label, TaskRun
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.training import label_on, stop_job


@dataclass(frozen=True)
class Known:
    """What Airflow knows of a task run: its DAG run's start (microseconds since the epoch) and end, and its state."""

    started: int
    run_ended: bool
    state: str | None
    """Airflow's name of the task instance's state; None where the DAG run has no such task instance, or it no state."""


class AskError(Exception):
    """Airflow could not be asked about a task run. The text says why."""


Ask = Callable[[TaskRun], Known | None]
"""Asks Airflow about a task run: None where there is no such DAG run. Raises AskError."""


class Verdict(Enum):
    """What becomes of a running job."""

    STRAY = "stray"
    """Its task run has ended, and it was to end with it."""
    WANTED = "wanted"
    """Its task run goes on, or its author wants it to outlive it."""
    UNKNOWN = "unknown"
    """This Airflow does not know its task run, or could not be asked."""


@dataclass(frozen=True)
class Finding:
    """A running job that trainspec made, what becomes of it, and why."""

    name: str
    label: Label
    verdict: Verdict
    why: str


@dataclass(frozen=True)
class Bounds:
    """What a sweep looks at."""

    older_than: float = 300.0
    """Seconds since a job's creation, below which it is left alone and costs no call."""
    name_contains: str = ""
    """Part of the jobs' names; the others cost no call."""
    max_jobs: int = 1000
    """How many jobs are asked about, a DescribeTrainingJob each."""
    max_pages: int = 200
    """How many pages of 100 jobs are listed, newest jobs first."""


class Sweep:
    """One look over the running jobs of an account and region. `exhausted` says whether the bounds cut it short."""

    def __init__(self, calls: Calls, ask: Ask, bounds: Bounds) -> None:
        self.calls = calls
        self.ask = ask
        self.bounds = bounds
        self.looked_at = 0
        self.exhausted = False

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each running job that carries a label, oldest last. Raises `TrainingProblem`."""
        for name in self._names():
            if self.looked_at >= self.bounds.max_jobs:
                self.exhausted = True
                return
            self.looked_at += 1
            try:
                job = Job.described(
                    self.calls("describe_training_job", {"TrainingJobName": name}, needs="TrainingJobArn")
                )
                label = None if job.ended or job.status == "Stopping" else label_on(self.calls, job)
            except CallAnswer:  # it is gone
                continue
            if label:
                yield Finding(name, label, *self._judge(job, label))

    def stop(self, finding: Finding) -> None:
        """Stop the job of `finding`. Raises `TrainingProblem`."""
        stop_job(self.calls, finding.name)

    def _names(self) -> Iterator[str]:
        arguments: dict[str, Any] = {"StatusEquals": "InProgress", "SortBy": "CreationTime", "SortOrder": "Descending"}
        if self.bounds.name_contains:
            arguments["NameContains"] = self.bounds.name_contains
        youngest = self.calls.clock.now() - self.bounds.older_than
        for _ in range(self.bounds.max_pages):
            page = self.calls("list_training_jobs", {**arguments, "MaxResults": 100}, needs="TrainingJobSummaries")
            for summary in page["TrainingJobSummaries"]:
                if summary["CreationTime"].timestamp() <= youngest:
                    yield summary["TrainingJobName"]
            if not page.get("NextToken"):
                return
            arguments["NextToken"] = page["NextToken"]
        self.exhausted = True

    def _judge(self, job: Job, label: Label) -> tuple[Verdict, str]:
        if label.task_run.is_local:
            return Verdict.UNKNOWN, "`trainspec run` started it, not a task of Airflow's"
        if not label.complete:
            return Verdict.UNKNOWN, "its label had no room for the whole ids of its task"
        try:
            known = self.ask(label.task_run)
        except AskError as error:
            return Verdict.UNKNOWN, str(error)
        age = self.calls.clock.now() - job.description["CreationTime"].timestamp()
        return judge(label, age, known)


def judge(label: Label, age: float, known: Known | None) -> tuple[Verdict, str]:
    """Return what becomes of the running job that carries `label` and is `age` seconds old, and why."""
    if known is None:
        return Verdict.UNKNOWN, "this Airflow has no such DAG run"
    if known.started != label.task_run.started:
        return Verdict.UNKNOWN, "this Airflow's DAG run of that name is another one, or was started anew"
    state = known.state
    if state is None and known.run_ended:
        state = "removed"
    if state not in TASK_ENDED:
        return Verdict.WANTED, f"its task is {state or 'still to run'}"
    if label.stay.after_success and state == "success":
        return Verdict.WANTED, "its task does not wait for it (wait_for_completion=False)"
    if label.stay.seconds is not None and age >= label.stay.seconds:
        return Verdict.WANTED, "its task left it running at its time limit (on_timeout='leave')"
    return Verdict.STRAY, f"its task is {state}"
