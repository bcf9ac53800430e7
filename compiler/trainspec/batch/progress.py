"""How far a long run is, on a terminal."""

import os
import sys
import time
from types import TracebackType

_MANY = 100
_EVERY = 0.1
"""From how many files on it is shown, and how many seconds apart."""


class Progress:
    """One line on the terminal's standard error, removed at the end; nothing if there is no terminal."""

    def __init__(self, total: int) -> None:
        dumb = os.environ.get("TERM") == "dumb" or bool(os.environ.get("NO_COLOR"))
        self._is_shown = total >= _MANY and sys.stderr.isatty() and not dumb
        self._total, self._done, self._next, self._width = total, 0, time.monotonic() + 5 * _EVERY, 0

    def __enter__(self) -> "Progress":
        return self

    def advance(self) -> None:
        """One file more is done."""
        self._done += 1
        if self._is_shown and time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            self._show(f"{self._done:,} of {self._total:,} files")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._width:
            self._show("")
            sys.stderr.write("\r")

    def _show(self, text: str) -> None:
        sys.stderr.write(f"\r{text:<{self._width}}")
        sys.stderr.flush()
        self._width = len(text)
