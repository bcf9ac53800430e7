"""What must hold, judged by who created and stopped a job in the model, never by a label.

The runtime compares labels; if they were also the judge, a fault in the comparison would not be seen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from trainspec.runtime.engine.kinds import TRAINING, JobKind
from trainspec.simulator import Simulator


@dataclass(frozen=True)
class Maker:
    """Who created a job: the task (None: somebody by hand), how often it had been cleared, the try, and the Airflow."""

    task: Any
    round: int = 0
    try_number: int = 0
    place: int = -1
    name: str = ""
    """The name that was requested for the job."""
    clears: int = 0
    """How often its run was cleared, also for other tasks: then nothing proves that the job of a lost try is new."""
    retries: int = 0
    """The author's; if it is lowered, a clear looks like a retry, and creating a job is preferred to reusing one."""
    strict: bool = False
    """Whether the author wants the task to fail if another's job has that name."""


BY_HAND = Maker(None)


@dataclass
class Oracle:
    """Everything that was created and stopped, and what was wrong about it."""

    simulator: Simulator
    kind: JobKind = TRAINING
    acting: Maker = BY_HAND
    """On whose behalf calls are made now."""
    jobs: list[Any] = field(default_factory=list)
    """All jobs ever created, including deleted ones, in the order of their creation."""
    makers: dict[int, Maker] = field(default_factory=dict)
    seen: dict[tuple[int, str], Any] = field(default_factory=dict)
    """The job that a task saw last under a name: what it says about it stays true after the job was deleted."""
    deleted: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    """Jobs that a task left at its time limit on purpose."""
    unlisted: bool = False
    """Whether AWS has refused to list jobs at least once."""
    wrong: list[str] = field(default_factory=list)

    @property
    def now_there(self) -> list[Any]:
        """The existing jobs of the kind, in the order of their creation."""
        account = self.simulator.account
        return account.jobs() if self.kind is TRAINING else account.tuning.jobs()

    def calling(self, operation: str, arguments: dict[str, Any], call: Callable[[], Any]) -> Any:
        """Execute `call` and record what it created or stopped."""
        before = {id(job) for job in self.now_there}
        stopped = {id(job) for job in self.now_there if job.stop_requested is not None}
        try:
            answer = call()
        except Exception:
            self.unlisted = self.unlisted or operation == self.kind.list
            raise
        else:
            name = arguments.get(self.kind.name, "")
            for job in self.now_there if operation != self.kind.stop else []:
                if job.name == name:
                    self.seen[id(self.acting.task), name] = job
            return answer
        finally:
            self.note_made(before)
            for job in self.now_there:
                if job.stop_requested is not None and id(job) not in stopped:
                    self._judge_stop(job)

    def note_made(self, before: set[int]) -> None:
        for job in self.now_there:
            if id(job) not in before and id(job) not in self.makers:
                self.jobs.append(job)
                self.makers[id(job)] = self.acting
                self._judge_name(job)

    def by_hand(self, act: Callable[[], Any]) -> None:
        """Do what somebody does outside all Airflows."""
        before, self.acting = self.acting, BY_HAND
        made = {id(job) for job in self.now_there}
        try:
            act()
        finally:
            self.note_made(made)
            self.acting = before

    def maker(self, name: str) -> Maker:
        """Who created the job that has `name` now."""
        return self.makers[id(next(job for job in self.now_there if job.name == name))]

    def of(self, task: Any) -> Iterator[Any]:
        """The jobs that `task` created, in any round."""
        return (job for job in self.jobs if self.makers[id(job)].task is task)

    def _judge_name(self, job: Any) -> None:
        maker = self.acting
        if not maker.strict or job.name == maker.name:
            return
        holder = next((each for each in self.now_there if each.name == maker.name), None)
        whose = self.makers[id(holder)].task if holder else maker.task
        presumed = maker.task.run.moved and not maker.task.run.installation.startswith("place")
        if whose is not maker.task and not presumed:
            self.wrong.append(f"{job.name} was made beside another's {maker.name}, although the task was to fail then")

    def _judge_stop(self, job: Any) -> None:
        maker, acting = self.makers[id(job)], self.acting
        if acting is BY_HAND:
            return
        if maker.task is None or maker.place != acting.place:
            self.wrong.append(f"{job.name}, which is not of Airflow {acting.place}, was stopped by it")
        elif acting.task is not None and maker.task is not acting.task:
            self.wrong.append(f"{job.name} was stopped by {acting.task.task_id}, which did not make it")

    def overlaps(self, *, may_complete: Callable[[Any], bool]) -> Iterator[str]:
        """Yield what is wrong about the jobs of one task: two at once, or one in addition to a completed one."""
        tasks = {id(maker.task): maker.task for maker in self.makers.values() if maker.task}
        for task in tasks.values():
            for earlier, later in pairwise(self.of(task)):
                one, other = self.makers[id(earlier)], self.makers[id(later)]
                status = earlier.state(later.created).status
                if status in ("InProgress", "Stopping") and not may_complete(task):
                    yield f"{later.name} was made while {earlier.name} was {status}"
                known = (one.round, one.clears, one.retries) == (other.round, other.clears, other.retries)
                if known and status == "Completed" and id(earlier) not in self.deleted:
                    yield f"{later.name} was made although {earlier.name} had completed, without a clear"
