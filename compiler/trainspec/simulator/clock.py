"""The time that jobs live by, in seconds since the epoch."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Anything that gives the time; it must never go back."""

    def now(self) -> float:
        """Return seconds since the epoch."""


class ScaledClock:
    """Starts at the present and runs `speed` times as fast as the wall's."""

    def __init__(self, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be more than 0, not {speed}")
        self.speed = speed
        self._epoch = time.time()
        self._started = time.monotonic()

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self._epoch + (time.monotonic() - self._started) * self.speed


class ManualClock:
    """Stands still until it is advanced; safe to share between threads."""

    def __init__(self, start: float = 1_750_000_000.0) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Go `seconds` forward."""
        if seconds < 0:
            raise ValueError(f"a clock does not go back: {seconds}")
        with self._lock:
            self._now += seconds
