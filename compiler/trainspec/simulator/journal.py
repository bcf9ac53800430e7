"""What was asked of the endpoint, in the order in which the calls were answered."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Enough for any test; a long-running endpoint forgets the oldest.
MOST_CALLS = 100_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `error` is the type of the error answered (None for success), `fault` the fault that was shown.

    A call with the fault lost_answer has `error` None where it took effect, although its client never heard of it.
    """

    number: int
    time: float
    operation: str
    name: str
    region: str
    params: Mapping[str, Any]
    error: str | None
    fault: str | None


class Journal:
    """The calls so far; safe to share between threads."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=MOST_CALLS)
        self._count = 0
        self._lock = threading.Lock()

    def record(
        self,
        time: float,
        operation: str,
        name: str,
        region: str,
        params: Mapping[str, Any],
        error: str | None,
        fault: str | None,
    ) -> None:
        """Note one call down."""
        with self._lock:
            self._count += 1
            self._calls.append(Call(self._count, time, operation, name, region, params, error, fault))

    def clear(self) -> None:
        """Forget the calls so far."""
        with self._lock:
            self._calls.clear()
            self._count = 0

    def calls(self, operation: str | None = None, name: str | None = None) -> list[Call]:
        """Return the calls, all or those of one operation or one job."""
        with self._lock:
            calls = list(self._calls)
        return [
            call
            for call in calls
            if (operation is None or call.operation == operation) and (name is None or call.name == name)
        ]
