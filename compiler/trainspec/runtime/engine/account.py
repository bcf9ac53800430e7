"""The jobs of one kind in an account, and the only ways to read a job and to stop one.

Names are locks only while their jobs exist: DeleteTrainingJob frees one, and the next job with that name may be
anyone's. So a name never identifies a job here: reading a job also returns its label, and a job is stopped only right
after it was verified to be the intended one.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Final

from trainspec.runtime.engine.calls import CallAnswer, Calls
from trainspec.runtime.engine.identity import Label, Relation
from trainspec.runtime.engine.job import COMPLETED, Job
from trainspec.runtime.engine.kinds import TRAINING, JobKind
from trainspec.runtime.engine.label import signature, signs_by_tag
from trainspec.runtime.engine.names import stem
from trainspec.runtime.engine.problems import Kind, TrainingProblem

_SKEW: Final = 3600.0
"""Seconds that Airflow's clock, which dates the start of a run, may be ahead of AWS's, which dates a job's creation."""
_RUNNING: Final = ("InProgress", "Stopping")
_MOST_LOOKS: Final = 1000
"""How many jobs are described in one search for a task run's own jobs."""


class RefusedError(TrainingProblem):
    """AWS does not allow us to list jobs."""


@dataclass
class Account:
    """One kind of job in the account and region of a client."""

    calls: Calls
    kind: JobKind = TRAINING
    _labels: dict[tuple[str, float], Label | None] = field(default_factory=dict)

    def find(self, name: str) -> Job | None:
        """Return the job named `name`, or None if there is none yet."""
        try:
            return self._describe(name)
        except CallAnswer:
            return None

    def look(self, name: str) -> Job:
        """Return the job `name`, whose creation was requested: if it cannot be found, AWS lags."""
        return self._describe(name, exists=True)

    def label(self, job: Job) -> Label | None:
        """Return the label of the task run that created `job`, or None if trainspec did not create it."""
        member = self.kind.signed_in(job.description)
        if self.kind is TRAINING and "TuningJobArn" in job.description:
            return None  # a tuning job created it, and passed its own label on
        if not signs_by_tag(job.description, member, self.kind.max_variables):
            return signature(job.description, (), member)
        key = job.name, job.created or 0.0
        if key not in self._labels:
            tags = self.calls("list_tags", {"ResourceArn": job.arn}, needs="Tags", exists=True)["Tags"]
            self._labels[key] = signature(job.description, tags, member)
        return self._labels[key]

    def stop(self, job: Job, owner: Label) -> bool:
        """Ask SageMaker to stop `job`; return whether it still existed and was running.

        `job` is in a state seen after its creation, or was never seen: then its label must be that of `owner`. A job
        that has taken the name since then is left alone. Raises `TrainingProblem`.
        https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html
        """
        now = self.find(job.name) if job.description else self.look(job.name)
        if now is None or now.ended:
            return False
        if now.created != job.created if job.description else owner.relation(self.label(now)) is not Relation.SAME:
            return False
        with suppress(CallAnswer):
            self.calls(self.kind.stop, {self.kind.name: job.name}, exists=True)
        return True

    def own(self, label: Label, name: str, *, completed: bool) -> Iterator[tuple[Job, Label, Relation]]:
        """Yield each job since the run's start whose label is of the same task, whatever its name, newest first.

        First those with names derived from `name`, in any state; then all that are running, because the name may have
        changed between two tries; with `completed` also those that completed, within the limit of `_MOST_LOOKS`. Raises
        `RefusedError` if jobs may not be listed, and `TrainingProblem`.
        """
        looks, seen = 0, set[str]()
        after = datetime.fromtimestamp(max(label.task_run.started / 1e6 - _SKEW, 0), timezone.utc)
        named = {"NameContains": stem(name, self.kind.max_name)}
        for narrowed in (named, *({"StatusEquals": status} for status in (*_RUNNING, *([COMPLETED] * completed)))):
            for summary in self.listed({**narrowed, "CreationTimeAfter": after}):
                other = summary[self.kind.name]
                if other in seen:
                    continue
                if (looks := looks + 1) > _MOST_LOOKS:
                    since = f"Among more than {_MOST_LOOKS} {self.kind.noun}s since the start of this DAG run there may"
                    if narrowed.get("StatusEquals") == COMPLETED:  # too rare to fail the task for
                        self.calls.log(f"{since} be one of this task that completed under another name; not looked for")
                        return
                    raise TrainingProblem(Kind.RETRY, f"{since} be one of this task; there are too many to check.")
                seen.add(other)
                job = self.find(other)
                theirs = self.label(job) if job else None
                if job and theirs and (relation := label.relation(theirs)) is not Relation.OTHER:
                    yield job, theirs, relation

    def listed(self, arguments: dict[str, Any], more: Callable[[], bool] = lambda: True) -> Iterator[dict[str, Any]]:
        """Yield the summaries of the list operation for `arguments`, newest first, while `more` allows another page.

        Raises `RefusedError`, and `TrainingProblem`.
        """
        arguments = {**arguments, "SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": 100}
        while more():
            try:
                page = self.calls(self.kind.list, arguments, needs=self.kind.summaries)
            except TrainingProblem as problem:
                if problem.kind is Kind.FATAL:
                    raise RefusedError(problem.kind, problem.text) from None
                raise
            yield from page[self.kind.summaries]
            if not page.get("NextToken"):
                return
            arguments["NextToken"] = page["NextToken"]

    def _describe(self, name: str, *, exists: bool = False) -> Job:
        answer = self.calls(self.kind.describe, {self.kind.name: name}, needs=self.kind.arn, exists=exists)
        return self.kind.job.described(answer)
