"""Ctrl-C, and what else tells a process to end: once to stop the jobs, twice to leave."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class LeaveError(BaseException):
    """The user asked twice. Not an Exception: nothing on the way may take it for a fault and go on."""


class Interrupt:
    """The signal that came first, as `number`; None where none did. It sets `stop`."""

    def __init__(self, stop: threading.Event) -> None:
        self.number: int | None = None
        self._stop = stop
        self._is_told = False

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

    def _handle(self, number: int, _: FrameType | None) -> None:
        if self.number is not None:
            raise LeaveError
        self.number = number
        self._stop.set()

    def tell(self, say: Callable[[str], None]) -> None:
        """Say once that a signal came. Its handler cannot: it may have come in the middle of another line."""
        if self.number is not None and not self._is_told:
            self._is_told = True
            say("Stopping what runs: SageMaker gives a container two minutes. Ctrl-C once more leaves at once")
