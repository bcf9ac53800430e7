"""What a run shows on stderr: lines; and on a terminal, the running jobs below them, with the time that passes."""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from trainspec.diagnostics.excerpt import visible
from trainspec.local.messages import status_line
from trainspec.local.table import table
from trainspec.runtime.engine.job import Job

_HEADING = ("JOB", "STATUS", "METRICS", "TIME", "BILLABLE", "MODEL")
_ERASE = "\r\x1b[{up}A\x1b[J"


class View:
    """Lines, as they come. `out` takes the results; `mask` keeps secrets from both. Safe to use from several threads.

    `names` is set where there are several jobs, whose names then stand before their lines. A stream that nobody reads
    any more is no reason to leave jobs alone: what is written to it is lost.
    """

    def __init__(
        self, stream: TextIO, out: TextIO, mask: Callable[[str], str], *, names: bool, as_json: bool = True
    ) -> None:
        self.stream = stream
        self.out = out
        self.mask = mask
        self.names = names
        self.as_json = as_json
        self._lock = threading.RLock()
        self._begun: dict[str, float] = {}
        self._results: list[tuple[Mapping[str, Any], float | None]] = []

    def say(self, text: str, task_id: str | None = None) -> None:
        """Show `text`, about a job or about the run as a whole."""
        before = f"{task_id}: " if task_id and self.names else ""
        lines = [f"{before}{visible(line)}" for line in self.mask(text).splitlines()]
        with self._lock:
            self._write(self.stream, lines)

    def result(self, record: Mapping[str, Any]) -> None:
        """Print one line of the command's result, as JSON; or keep it for the table at the end."""
        begun = self._begun.get(str(record.get("job")))
        self._results.append((self._masked(record), time.monotonic() - begun if begun is not None else None))
        if not self.as_json:
            return
        text = json.dumps(self._masked(record))
        with self._lock:
            self._write(self.out, [text])

    def close(self) -> None:
        """Print the outcomes of all jobs as a table, unless JSON was requested."""
        rows = [_HEADING, *(_row(record, elapsed) for record, elapsed in self._results)]
        if self._results and not self.as_json:
            with self._lock:
                self._write(self.out, ["", *map(visible, table(rows))])

    def seen(self, task_id: str, job: Job) -> None:
        """Show `job` as it is now."""
        self._begun.setdefault(task_id, time.monotonic())

    def forget(self, task_id: str) -> None:
        """Show the job no more: it is over."""

    def tick(self) -> None:
        """Show the time."""

    def _masked(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._masked(each) for key, each in value.items()}
        return self.mask(value) if isinstance(value, str) else value

    def _write(self, stream: TextIO, lines: list[str]) -> None:
        _put(stream, "".join(f"{line}\n" for line in lines))


class LiveView(View):
    """The same on a terminal."""

    def __init__(
        self, stream: TextIO, out: TextIO, mask: Callable[[str], str], *, names: bool, as_json: bool = True
    ) -> None:
        super().__init__(stream, out, mask, names=names, as_json=as_json)
        self._jobs: dict[str, Job] = {}
        self._drawn = ""

    def seen(self, task_id: str, job: Job) -> None:
        """Show `job` as it is now."""
        super().seen(task_id, job)
        with self._lock:
            self._jobs[task_id] = job
            self.tick()

    def forget(self, task_id: str) -> None:
        """Show the job no more: it is over."""
        with self._lock:
            self._jobs.pop(task_id, None)
            self.tick()

    def tick(self) -> None:
        """Show the time."""
        with self._lock:
            self._write(self.stream, [])

    def _write(self, stream: TextIO, lines: list[str]) -> None:
        """Write above the running jobs, which are drawn again."""
        status = "".join(f"{visible(line)}\n" for line in self._status())
        if not lines and status == self._drawn:
            return
        up = self._drawn.count("\n")
        erased = _ERASE.format(up=up) if up else ""
        text = "".join(f"{line}\n" for line in lines)
        if stream is self.stream:
            _put(stream, erased + text + status)
        else:
            _put(self.stream, erased)
            _put(stream, text)
            _put(self.stream, status)
        self._drawn = status

    def _status(self) -> list[str]:
        rows, columns = _size(self.stream)
        shown = [status_line(name, job, time.time())[: columns - 1] for name, job in self._jobs.items()]
        room = max(1, rows - 2)
        return shown if len(shown) <= room else [*shown[: room - 1], f"> and {len(shown) - room + 1} more"]


def _row(record: Mapping[str, Any], elapsed: float | None) -> tuple[str, ...]:
    metrics = record.get("metrics") or {}
    shown = ", ".join(f"{name}={value:.4g}" for name, value in metrics.items() if isinstance(value, int | float))
    billable = record.get("billable_seconds")
    return (
        str(record.get("job")),
        str(record.get("status")),
        shown,
        f"{elapsed:.1f} s" if elapsed is not None else "",
        f"{billable:,} s" if isinstance(billable, int) else "",
        str(record.get("model") or ""),
    )


def _put(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        return


def _size(stream: TextIO) -> tuple[int, int]:
    """Rows and columns of the terminal."""
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return 24, 80
    return size.lines or 24, size.columns or 80
