"""The calls to the endpoint, in the order in which they were answered."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainspec.safety.masking import redacted
from trainspec.schema.bounded import depth

# Enough for any test; a long-running endpoint forgets the oldest.
MOST_CALLS = 100_000
MOST_CHARACTERS = 16_000_000
LONGEST_TEXT = 4_096
DEEPEST = 60
"""Limits on the contents of all calls that are kept, and on one text in one of them: a request may have a megabyte."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `error` is the type of the error answered (None for success), `fault` the fault that was shown.

    Secrets in `params` are masked, and long texts cut. A call with the fault lost_answer has `error` None if it took
    effect, although its client never heard of it.
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
        self._sizes: deque[int] = deque()
        self._characters = 0
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
        kept = _cut(redacted(params)) if depth(params) <= DEEPEST else {"...": "nested too deeply to be kept"}
        size = len(repr(kept)) + len(name)
        with self._lock:
            self._count += 1
            self._calls.append(Call(self._count, time, operation, name[:LONGEST_TEXT], region, kept, error, fault))
            self._sizes.append(size)
            self._characters += size
            while len(self._sizes) > len(self._calls) or (self._characters > MOST_CHARACTERS and len(self._sizes) > 1):
                self._characters -= self._sizes.popleft()
                if len(self._sizes) < len(self._calls):
                    self._calls.popleft()

    def clear(self) -> None:
        """Forget the calls so far."""
        with self._lock:
            self._calls.clear()
            self._sizes.clear()
            self._characters = 0
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


def _cut(value: Any) -> Any:
    """Data with texts cut that are longer than any that a job gets."""
    if isinstance(value, Mapping):
        return {_cut(key): _cut(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_cut(each) for each in value]
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[:LONGEST_TEXT]}... ({len(value):,} characters)"
    return value
