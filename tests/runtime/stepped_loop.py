"""An event loop whose time stands still, and jumps to the next timer as soon as there is nothing left to do.

A test of minutes takes no time, and measured durations are exact whatever else the machine does.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

from trainspec.simulator import ManualClock


class SteppedLoop(asyncio.SelectorEventLoop):
    """Timers run by `clock`. While work is in its threads, time stands still: such work counts as instant."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.in_threads = 0
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.clock.now()

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        self.in_threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._back)
        return future

    def _back(self, _: object) -> None:
        self.in_threads -= 1


class _Selector(selectors.DefaultSelector):
    """Waits for threads in real time, and for timers by advancing the clock."""

    def __init__(self, loop: SteppedLoop) -> None:
        super().__init__()
        self.loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or self.loop.in_threads:
            return super().select(60 if timeout != 0 else 0)
        events = super().select(0)
        if not events and timeout > 0:
            self.loop.clock.advance(timeout + 1e-6)  # a timer is due after its time, and floats are not exact here
        return events


def run_stepped(clock: ManualClock, main: Coroutine[Any, Any, Any]) -> Any:
    """Like `asyncio.run`, with `clock`."""
    loop = SteppedLoop(clock)
    try:
        return loop.run_until_complete(main)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
