"""Processes of a modelled Airflow: threads, one of which runs at a time, from one call of AWS to the next.

A process stops before each call goes out, before each response is read, and where it sleeps. There the schedule lets it
continue, kills it (its on_kill runs) or crashes it (nothing runs). So a schedule decides every interleaving,
repeatably.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from trainspec.runtime.engine.calls import Clock
from trainspec.simulator import ManualClock

Verdict = Literal["go on", "kill", "crash"]


class CrashError(BaseException):
    """The process is lost. Not an Exception, so that nothing in the runtime can catch it."""


@dataclass
class Stage:
    """Where processes run: the clock, the client of AWS, and whose turn it is."""

    clock: ManualClock
    client: Any
    current: "Process | None" = None
    observe: Callable[[str, dict[str, Any], Callable[[], Any]], Any] = lambda _, __, call: call()
    """Makes a call of AWS, and records its result."""
    skew: Callable[[], float] = lambda: 0.0
    """Seconds by which the clock of the current actor is ahead of AWS's."""
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def engine_clock(self) -> Clock:
        """The clock as the runtime sees it: sleeping lets others run."""
        return Clock(lambda: self.clock.now() + self.skew(), self._sleep, lambda: 0.5)

    def boundary_client(self) -> "BoundaryClient":
        """A boto client in which every call has two boundaries."""
        return BoundaryClient(self)

    def boundary(self, wake: float = 0) -> None:
        """Let the schedule decide how the running process continues; not before `wake`."""
        if self.current is None or self.current.dying:
            self.clock.advance(max(0.0, wake - self.clock.now()))
        else:
            self.current.pause(wake)

    def _sleep(self, seconds: float) -> None:
        self.boundary(self.clock.now() + seconds)  # by AWS's clock: durations are the same for all


class BoundaryClient:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self._stage.boundary()
            try:
                method = getattr(self._stage.client, operation)
                return self._stage.observe(operation, arguments, lambda: method(**arguments))
            finally:
                self._stage.boundary()

        return call


class Process:
    """`work` in a separate process. `on_kill` runs wherever the process is, as a signal handler does."""

    def __init__(self, stage: Stage, work: Callable[[], Any], on_kill: Callable[[], None], owner: Any = None) -> None:
        self.stage = stage
        self.owner = owner
        self.work = work
        self.on_kill = on_kill
        self.ended = False
        self.dying = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._wake = 0.0
        self._verdict: Verdict = "go on"
        self._turn = threading.Semaphore(0)
        self._thread: threading.Thread | None = None

    def run(self, verdict: Verdict = "go on") -> None:
        """Let the process run to its next boundary. The clock advances to the end of its sleep."""
        if self.ended:
            return
        if self._thread is None:
            if verdict != "go on":
                self.ended, self.error = True, CrashError()
                return
            self._thread = threading.Thread(target=self._main, daemon=True)
            self._thread.start()
        elif verdict == "go on":
            self.stage.clock.advance(max(0.0, self._wake - self.stage.clock.now()))
        self._verdict = verdict
        self.stage.current = self
        self._turn.release()
        self.stage.turn.acquire()
        self.stage.current = None
        if self.ended:
            self._thread.join()

    def pause(self, wake: float) -> None:
        """Give the turn back. Called by the process itself, at a boundary."""
        self._wake = wake
        self.stage.turn.release()
        self._turn.acquire()
        if self._verdict == "crash":
            self.dying = True
            raise CrashError
        if self._verdict == "kill":
            self.dying = True  # on_kill is not interrupted: it has five seconds
            self.on_kill()
            raise CrashError

    def _main(self) -> None:
        self._turn.acquire()
        try:
            self.result = self.work()
        except BaseException as error:
            self.error = error
        self.ended = True
        self.stage.turn.release()
