"""Runs the tasks of a spec in order: each job in a thread, in parallel if nothing prevents it."""

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from trainspec.local.attempt import Done, LocalAttempt
from trainspec.local.steps import State, Step, instead_of_running

_TICK = 0.25
"""Seconds between two updates of the clock in the view."""

Start = Callable[[str, Mapping[str, Done]], LocalAttempt | Done]
"""Makes the attempt of a job, given what has ended; or says at once what became of it."""


@dataclass
class Runner:
    """One run. `chosen` are the jobs that run; all other tasks are passed over as if they had succeeded.

    `bounds` says how many points of a matrix may run at once, `at_once` how many jobs in all; with `fail_fast`, one
    that fails ends the run.
    """

    steps: Sequence[Step]
    chosen: frozenset[str]
    start: Start
    stop: threading.Event
    ended: Callable[[Done], None]
    tick: Callable[[], None]
    bounds: Mapping[str, int]
    at_once: int
    fail_fast: bool = False
    done: dict[str, Done] = field(default_factory=dict)
    running: dict[str, LocalAttempt] = field(default_factory=dict)
    _group_of: Mapping[str, str | None] = field(init=False)
    _states: dict[str, State] = field(default_factory=dict)
    _answers: "queue.SimpleQueue[tuple[str, Done | Exception]]" = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        self._group_of = {step.task_id: step.group for step in self.steps}

    def run(self) -> dict[str, Done]:
        """Return what became of each chosen job. After `stop`, nothing is begun any more, and what runs is waited for.

        Raises what an attempt raised that is a fault of our own, once the others have stopped.
        """
        try:
            while self._begin() or self.running:
                self._next()
        except Exception:
            self.stop.set()
            while self.running:
                del self.running[self._answers.get()[0]]
            raise
        return self.done

    def _next(self) -> None:
        """Wait a moment for an answer, and take it in. Raises what an attempt raised."""
        self.tick()
        try:
            task_id, answer = self._answers.get(timeout=_TICK)
        except queue.Empty:
            return
        del self.running[task_id]
        if isinstance(answer, Exception):
            raise answer
        self._settle(answer)

    def _begin(self) -> bool:
        """Begin whatever may; return whether anything has changed."""
        changed = False
        for step in self.steps:
            if self.stop.is_set():
                return changed
            if step.task_id in self._states or step.task_id in self.running:
                continue
            upstream = [self._states.get(name) for name in step.upstream]
            states = [state for state in upstream if state is not None]
            if len(states) < len(upstream):
                continue
            if step.task_id in self.chosen and not self._has_room(step):
                continue
            self._begin_one(step, states)
            changed = True
        return changed

    def _begin_one(self, step: Step, upstream: Sequence[State]) -> None:
        instead = instead_of_running(step.rule, upstream)
        if step.task_id not in self.chosen:
            self._states[step.task_id] = (instead or State.SUCCESS) if not step.is_job else State.SUCCESS
        elif instead:
            why = [name for name in step.upstream if self._states[name] is not State.SUCCESS]
            status = "Skipped" if instead is State.SKIPPED else "UpstreamFailed"
            self._settle(Done(step.task_id, instead, status, reason=f"because of {', '.join(why)}"))
        else:
            attempt = self.start(step.task_id, self.done)
            if isinstance(attempt, Done):
                self._settle(attempt)
                return
            threading.Thread(target=self._work, args=(step.task_id, attempt), name=step.task_id, daemon=True).start()
            self.running[step.task_id] = attempt

    def _work(self, task_id: str, attempt: LocalAttempt) -> None:
        try:
            self._answers.put((task_id, attempt.run()))
        except Exception as error:
            self._answers.put((task_id, error))

    def _settle(self, done: Done) -> None:
        self._states[done.task_id] = done.state
        self.done[done.task_id] = done
        if self.fail_fast and done.state is State.FAILED:
            self.stop.set()
        self.ended(done)

    def _has_room(self, step: Step) -> bool:
        if len(self.running) >= self.at_once:
            return False
        bound = self.bounds.get(step.group) if step.group else None
        return bound is None or [self._group_of[each] for each in self.running].count(step.group) < bound
