"""What the guarantees depend on, removed one by one: the model must notice that each is missing.

A mutation replaces what one rule of the protocol does by what was done before that rule existed.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from schedules import (
    Callback,
    Clear,
    ClearLost,
    Copy,
    Crash,
    Delete,
    Foreign,
    Go,
    GoOrphan,
    Kill,
    Orphan,
    Retune,
    Schedule,
    SweepUp,
    TaskSpec,
    Wait,
)
from trainspec.runtime import airflow_compat
from trainspec.runtime import attempt as attempt_module
from trainspec.runtime import task_run as task_run_module
from trainspec.runtime import trigger as trigger_module
from trainspec.runtime.engine import airflow_rest
from trainspec.runtime.engine.account import Account
from trainspec.runtime.engine.calls import Calls
from trainspec.runtime.engine.identity import Label, Relation
from trainspec.runtime.engine.job import Job
from trainspec.runtime.engine.label import decode
from trainspec.runtime.engine.sweep import AskError, Sweep
from trainspec.runtime.engine.training import Training
from trainspec.runtime.engine.waiting import Waiting

Mutate = Callable[[pytest.MonkeyPatch], None]

_relation = Label.relation


def _bare(label: Label | None, **without: Any) -> Any:
    return label and replace(label, task_run=replace(label.task_run, **without))


def no_installation(patch: pytest.MonkeyPatch) -> None:
    """Labels are compared without the installation: two Airflows with the same runs count as one."""
    patch.setattr(
        Label, "relation", lambda self, other: _relation(_bare(self, installation="x"), _bare(other, installation="x"))
    )


def sweep_of_all(patch: pytest.MonkeyPatch) -> None:
    """A sweep does not check whose installation a label names."""
    judge = Sweep._judge

    def judged(self: Sweep, job: Job, label: Label) -> Any:
        self.installation = label.task_run.installation
        return judge(self, job, label)

    patch.setattr(Sweep, "_judge", judged)


def copies_keep_labels(patch: pytest.MonkeyPatch) -> None:
    """A trigger in a copied database stops the original's job."""
    patch.setattr(trigger_module.TrainingJobTrigger, "_is_ours", _yes)


async def _yes(*_: Any) -> bool:
    return True


def no_clears(patch: pytest.MonkeyPatch) -> None:
    """Only `max_tries` shows a clear, which does not change it if the task is running."""
    patch.setattr(Label, "relation", lambda self, other: _relation(_bare(self, clears=0), _bare(other, clears=0)))


def max_tries_alone(patch: pytest.MonkeyPatch) -> None:
    """A try after the last one counts as a retry, if Airflow counts no clears of running tasks."""
    patch.setattr(task_run_module, "max_tries_of", lambda ti: ti.max_tries)


def clears_are_counted(patch: pytest.MonkeyPatch) -> None:
    """If `retries` were lowered, equal counts of clears count as proof, even if Airflow counts none."""
    patch.setattr(Label, "relation", lambda self, other: _relation(replace(self, counts_clears=True), other))


def events_are_the_trys(patch: pytest.MonkeyPatch) -> None:
    """A try that gets an event continues after it, whichever try the event belongs to."""
    patch.setattr(attempt_module, "decode", lambda text: (label := decode(text)) and replace(label, try_number=99))


def callbacks_are_final(patch: pytest.MonkeyPatch) -> None:
    """The failure callback does not check whether the task is retried."""
    patch.setattr(airflow_compat, "is_tried_again", lambda *_: False)


def no_search(patch: pytest.MonkeyPatch) -> None:
    """A retry creates first, and checks only the names on its way: freed and changed names hide its job."""
    patch.setattr(Training, "_recover", lambda *_: (None, None))


def names_are_jobs(patch: pytest.MonkeyPatch) -> None:
    """To continue with a job is to take the job that has the name now."""
    patch.setattr(Training, "resume", lambda self, name: self._settle_on(self.account.look(name)))
    patch.setattr(Waiting, "_look_again", lambda self, job: self.account.look(job.name))


def stops_by_name(patch: pytest.MonkeyPatch) -> None:
    """A job is stopped by its name, whoever has it now."""

    def stop(self: Account, job: Job, _: Label) -> bool:
        found = self.find(job.name)
        if found and not found.ended:
            self.calls(self.kind.stop, {self.kind.name: job.name}, exists=True)
        return found is not None

    patch.setattr(Account, "stop", stop)


def left_overs_go_on(patch: pytest.MonkeyPatch) -> None:
    """A try that wakes after the last try's job has failed creates another one."""
    usable = Training._usable

    def use(self: Training, job: Job, theirs: Label | None) -> Job | None:
        later = job.description and self.label.relation(theirs) is Relation.LATER
        return None if later and job.ended else usable(self, job, theirs)

    patch.setattr(Training, "_usable", use)
    patch.setattr(Training, "_still_wanted", lambda _: None)


def finished_runs_keep_jobs(patch: pytest.MonkeyPatch) -> None:
    """The job of before the clear of a finished run is not stopped, although the Airflow has a name."""

    def relation(self: Label, other: Label | None) -> Relation:
        found = _relation(self, other)
        moved = other is not None and other.task_run.started != self.task_run.started
        return Relation.PRESUMED if moved and found is Relation.EARLIER else found

    patch.setattr(Label, "relation", relation)


def deferred_kills_unheard(patch: pytest.MonkeyPatch) -> None:
    """Before Airflow 3.3, a trigger treats its cancellation as the triggerer's end."""
    patch.setattr(trigger_module.TrainingJobTrigger, "_stop_unless_deferred", _yes)


def gone_is_no_answer(patch: pytest.MonkeyPatch) -> None:
    """A task whose DAG run was deleted counts as one about which Airflow gives no answer."""
    states = airflow_compat.ASKED_TO_END - {airflow_compat.GONE}
    patch.setattr(attempt_module, "ASKED_TO_END", states)


def garbage_is_an_answer(patch: pytest.MonkeyPatch) -> None:
    """A response that is not from Airflow's API counts as: there is no such task any more."""
    read = airflow_rest._object

    def lenient(body: bytes) -> Any:
        try:
            return read(body)
        except AskError:
            return {}

    patch.setattr(airflow_rest, "_object", lenient)
    patch.setattr(airflow_rest, "_state", lambda answer, _: answer.get("state"))


def own_clocks(patch: pytest.MonkeyPatch) -> None:
    """Worker and sweep measure a job's age by their own clocks."""
    patch.setattr(Calls, "aws_now", lambda self: self.clock.now())


def fail_passed_over(patch: pytest.MonkeyPatch) -> None:
    """Another Airflow's job that was cleared less often counts as the task's own earlier one."""

    def relation(self: Label, other: Label | None) -> Relation:
        found = _relation(self, other)
        same = other is not None and other.digest == self.digest
        earlier = same and other is not None and other.task_run.generation < self.task_run.generation
        return Relation.PRESUMED if found is Relation.OTHER and earlier else found

    patch.setattr(Label, "relation", relation)


T: Final = TaskSpec()
DEFERRED: Final = TaskSpec(deferrable=True)
NOT_WAITED: Final = TaskSpec(wait=False)
LONG: Final = ("is too long",) * 3

MUTATIONS: Final[dict[str, tuple[tuple[Mutate, Schedule], ...]]] = {
    "1: another Airflow's job": (
        (no_installation, Schedule((T, TaskSpec(place=1)), (), (Go(0, 8), Go(1, 8)))),
        (sweep_of_all, Schedule((T, TaskSpec(place=1)), LONG, (Go(0, 8), Kill(1), SweepUp()))),
        (copies_keep_labels, Schedule((DEFERRED,), LONG, (Go(0, 5), Copy(0), Kill(1)))),
    ),
    "2: a clear that moves nothing": (
        (no_clears, Schedule((T,), (), (Go(0, 6), ClearLost(0)))),
        (max_tries_alone, Schedule((TaskSpec(retries=0),), (), (Go(0, 6), ClearLost(0)), counts=False)),
        (
            clears_are_counted,
            Schedule((TaskSpec(retries=2),), (), (Go(0, 1), Go(0, 1), Retune(0, 0), Crash(0), Clear(0)), counts=False),
        ),
    ),
    "3: freed and changed names": (
        (
            no_search,
            Schedule((T,), ("completes", *LONG), (Foreign("churn"), Wait(600), Go(0, 12), Delete(0), Crash(0))),
        ),
        (names_are_jobs, Schedule((DEFERRED,), (), (Go(0, 5), Wait(600), Delete(0, remade=True)))),
        (stops_by_name, Schedule((T,), (), (Go(0, 6), Wait(600), Delete(0, remade=True), Kill(0)))),
    ),
    "4: tries and jobs that are left over": (
        (left_overs_go_on, Schedule((T,), ("fails",), (Go(0, 1), Orphan(0), Go(0, 24), GoOrphan(0, 12)))),
        (events_are_the_trys, Schedule((DEFERRED,), ("fails",), (Go(0, 20),), counts=False)),
        (callbacks_are_final, Schedule((T,), LONG[:1], (Go(0, 6), Crash(0), Callback(0)))),
        (
            finished_runs_keep_jobs,
            Schedule((NOT_WAITED,), LONG, (Go(0, 8), Clear(0, moves=True), Go(0, 8)), named=True),
        ),
    ),
    "5: deferred tasks before Airflow 3.3": (
        (deferred_kills_unheard, Schedule((DEFERRED,), LONG, (Go(0, 5), Kill(0)), hook=False)),
    ),
    "6: a deleted DAG run": ((gone_is_no_answer, Schedule((T,), LONG, (Go(0, 6), Kill(0, state="removed")))),),
    "7: a sweep's answers and clocks": (
        (garbage_is_an_answer, Schedule((NOT_WAITED,), LONG, (Go(0, 8), *[SweepUp(garbage=True)] * 8))),
        (
            own_clocks,
            Schedule(
                (TaskSpec(on_timeout="leave", max_attempts=2, skew=300.0),),
                LONG,
                (Go(0, 5), Crash(0), Go(0, 40), SweepUp()),
            ),
        ),
    ),
    "8: fail is passed over": (
        (
            fail_passed_over,
            Schedule((T, TaskSpec(place=1, action="fail")), LONG, (Go(0, 8), Clear(1), Go(1, 8))),
        ),
    ),
}
"""The eight faults that were seen, what prevents each, and a schedule that shows its absence."""


def cases() -> list[Any]:
    """Each mutation with its schedule."""
    return [
        pytest.param(mutate, schedule, id=f"{fault.partition(':')[0]}-{mutate.__name__}")
        for fault, mutations in MUTATIONS.items()
        for mutate, schedule in mutations
    ]
