"""Ctrl-C, and other signals to end: once to stop the jobs, twice to leave."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


_SAME = 0.5
"""Seconds within which two signals are one: a shell and a wrapper such as `uv run` may both pass Ctrl-C on."""


class LeaveError(BaseException):
    """The user asked twice. Not an Exception, so that no code on the way handles it as an error and continues."""


class Interrupt:
    """The signal that came first, as `number`; None if none did. `respite` is what the jobs get to end."""

    def __init__(self, stop: threading.Event, respite: str) -> None:
        self.number: int | None = None
        self._stop = stop
        self._respite = respite
        self._came = 0.0

    @property
    def exit_code(self) -> int:
        """What a shell expects of a process that ended because of the signal."""
        return 128 + (self.number or 0)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Catch the signals meanwhile, but for such that the process was started to ignore. Main thread only."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.getsignal(each) for each in _SIGNALS}
        caught = [each for each, handler in before.items() if handler is not signal.SIG_IGN]
        for each in caught:
            signal.signal(each, self._handle)
        try:
            yield
        finally:
            for each in caught:
                signal.signal(each, before[each])

    def heed(self, say: Callable[[str], None]) -> None:
        """Set `stop` if a signal came, and say so. Its handler says nothing: it may be in the middle of a line."""
        if self.number is not None and not self._stop.is_set():
            say(f"Stopping the running jobs: {self._respite}. Press Ctrl-C again to exit immediately")
            self._stop.set()

    def _handle(self, number: int, _: FrameType | None) -> None:
        if self.number is None:
            self.number, self._came = number, time.monotonic()
        elif time.monotonic() - self._came > _SAME:
            raise LeaveError
