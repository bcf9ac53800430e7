"""Which task run a job belongs to, and how the task runs of two jobs are related.

docs/guarantees.md describes the protocol based on this: what identifies a task run, and who may attach to, create and
stop which job.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

LOCAL_RUN: Final = "trainspec-run__"
"""Prefix of the ids of runs that no Airflow knows: `trainspec run` created them."""

DERIVED: Final = "@"
"""Prefix of the id of an installation without a name: it is derived from addresses in its configuration."""


@dataclass(frozen=True)
class TaskRun:
    """One run of one Airflow task, over all its tries until a user clears it.

    `started` is when the DAG run started, in microseconds since the epoch (0: not known). It distinguishes runs with
    the same name: those of two Airflows that share an AWS account, and a run that was deleted and created again. It
    changes when a finished run is cleared.

    `generation` is `max_tries - retries`: a retry does not change it, and a user's clear of the task increases it, but
    not if the task is running at that moment. It also changes if the author changes `retries` between two tries, but
    then their sum, Airflow's `max_tries`, stays the same. `clears` is how many clears Airflow itself counts: those of
    the run (3.2 and later: all of them; before: those of a finished run), and on 2.11 those of the running task, from
    its history. A retry changes neither.

    `installation` is the name that the owner of this Airflow set, or, beginning with `@`, an id derived from its
    addresses; empty if a label is from a release that did not have it, or if there is no Airflow.
    """

    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1
    generation: int = 0
    started: int = 0
    retries: int = 0
    clears: int = 0
    installation: str = ""

    @property
    def digest(self) -> str:
        """Identifies the task of the DAG run, whatever its generation: 32 hexadecimal digits."""
        whole = "\0".join((self.dag_id, self.run_id, self.task_id, str(self.map_index)))
        return hashlib.sha256(whole.encode(errors="replace")).hexdigest()[:32]

    @property
    def max_tries(self) -> int:
        """Airflow's number of the last try, which only a clear changes."""
        return self.generation + self.retries

    @property
    def is_local(self) -> bool:
        """Whether it is a job of `trainspec run`, which no Airflow knows."""
        return self.run_id.startswith(LOCAL_RUN)

    @property
    def is_named(self) -> bool:
        """Whether its installation has a name that somebody set, and that is therefore unique."""
        return bool(self.installation) and not self.installation.startswith(DERIVED)


def microseconds(moment: datetime | None) -> int:
    """Return `moment` in microseconds since the epoch, as a TaskRun's `started`; 0 for None."""
    return round(moment.timestamp() * 1_000_000) if moment else 0


class Relation(Enum):
    """How the task run of another job is related to ours."""

    SAME = "same"
    """It is ours: of this try or an earlier one."""
    EARLIER = "earlier"
    """The same task of the same DAG run, before a user cleared it."""
    PRESUMED = "presumed earlier"
    """Presumably the same, before a finished run was cleared: not certain enough to stop its job."""
    LATER = "later"
    """The same task, at a later try or cleared by a user since we started: this try is the obsolete one."""
    OTHER = "other"
    """Somebody else's, or not provably ours."""


@dataclass(frozen=True)
class Stay:
    """Whether a job may outlive its task, as its author chose. Stored in the label, because a sweep needs to know."""

    after_success: bool = False
    """The task does not wait (`wait_for_completion=False`), so its success says nothing about the job."""
    seconds: int | None = None
    """Seconds after the job's creation when the task gives up and leaves it (`on_timeout="leave"`); None: never."""

    def __str__(self) -> str:
        if self.after_success:
            return "stays"
        return "ends" if self.seconds is None else f"stays-{self.seconds}"

    @classmethod
    def read(cls, text: str) -> "Stay":
        """Return what `str` wrote. Raises ValueError for anything else."""
        if text in ("stays", "ends"):
            return cls(text == "stays")
        word, _, seconds = text.partition("-")
        if word != "stays":
            raise ValueError(text)
        return cls(seconds=int(seconds))


@dataclass(frozen=True)
class Label:
    """An identity in the form that a job carries. The ids of `task_run` may be cut; the digest is always complete.

    `counts_clears` is only known for the running try: whether its Airflow counts every clear in `clears`.
    """

    task_run: TaskRun
    try_number: int
    digest: str
    stay: Stay = Stay()
    counts_clears: bool = field(default=True, compare=False)

    @classmethod
    def of(cls, task_run: TaskRun, try_number: int, stay: Stay | None = None, *, counts_clears: bool = True) -> "Label":
        """Return the label that try `try_number` of `task_run` puts on its job."""
        return cls(task_run, try_number, task_run.digest, stay or Stay(), counts_clears)

    @property
    def complete(self) -> bool:
        """Whether all ids are as Airflow knows them, not cut."""
        return self.task_run.digest == self.digest

    @property
    def may_be_retry(self) -> bool:
        """Whether there may be a job of an earlier try since the last clear, as far as `max_tries` shows clears."""
        return self.try_number > self.task_run.generation + 1

    def follows(self, other: "Label | None") -> bool:
        """Whether `other` is of the try before this one, which had searched for the jobs of the tries before itself."""
        return other is not None and self.relation(other) is Relation.SAME and other.try_number >= self.try_number - 1

    def relation(self, other: "Label | None") -> Relation:
        """Return how the job that carries `other` is related to the task run of this label."""
        if other is None or other.digest != self.digest:
            return Relation.OTHER
        ours, theirs = self.task_run, other.task_run
        if theirs.installation and theirs.installation != ours.installation:
            return Relation.OTHER
        if theirs.started != ours.started:
            if ours.is_named and theirs.installation:
                # Within a named installation, a run with that id can only be ours, started again or deleted and
                # created again.
                return Relation.EARLIER if theirs.started < ours.started else Relation.LATER
            cleared = theirs.generation < ours.generation or theirs.clears < ours.clears
            return Relation.PRESUMED if cleared else Relation.OTHER
        return self._within_run(other)

    def _within_run(self, other: "Label") -> Relation:
        """Return how the job of the same task of the same DAG run is related: the clears decide, then the tries."""
        ours, theirs = self.task_run, other.task_run
        same_round = theirs.max_tries == ours.max_tries
        if same_round and other.try_number == self.try_number:
            return Relation.SAME  # each clear of the task itself leads to a new try, one of another task does not
        if theirs.clears != ours.clears and theirs.installation:  # older labels do not have them
            return Relation.EARLIER if theirs.clears < ours.clears else Relation.LATER
        if not same_round and theirs.generation != ours.generation:
            return Relation.EARLIER if theirs.generation < ours.generation else Relation.LATER
        # The author has lowered `retries`: a clear between the two tries may have left `max_tries` unchanged.
        is_lowered = theirs.generation < ours.generation
        if is_lowered and not self.counts_clears and other.try_number <= ours.generation < self.try_number:
            return Relation.EARLIER
        return Relation.SAME if other.try_number <= self.try_number else Relation.LATER

    def __str__(self) -> str:
        run = self.task_run
        mapped = f", map index {run.map_index}" if run.map_index >= 0 else ""
        return f"DAG {run.dag_id}, run {run.run_id}, task {run.task_id}{mapped}, try {self.try_number}"
