"""The REST API of a modelled Airflow, as the bytes that a sweep reads: correct, or as a proxy may change them."""

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime, timezone
from itertools import cycle
from types import SimpleNamespace
from typing import Any

from trainspec.runtime.engine.airflow_rest import AirflowRest, Credentials
from trainspec.runtime.engine.identity import TaskRun
from trainspec.runtime.engine.sweep import Known

GARBAGE = cycle(
    [b"<html>Log in</html>", b'{"state": "succ', b"", b"[]", b'"failed"', b"{}", b'{"state": "ok"}', b"null"]
)
"""What replaces the response about the task."""


class RestOf:
    """Queries as the command does. `known` returns a run's start, whether it has ended, and the state of the task."""

    def __init__(self, known: Callable[[str], tuple[float, bool, str | None]], *, garbage: bool) -> None:
        self.known = known
        self.garbage = garbage
        self._rest = AirflowRest("http://127.0.0.1", Credentials(), self._open)

    def ask(self, task_run: TaskRun) -> Known | None:
        return self._rest.ask(task_run)

    @contextmanager
    def _open(self, request: Any, **_: Any) -> Any:
        yield SimpleNamespace(read=lambda _: self._answer(request.full_url))

    def _answer(self, url: str) -> bytes:
        parts = url.split("/")
        if parts[-1] == "version":
            return b'{"version": "3.3.2"}'
        started, ended, state = self.known(parts[-1])
        if "taskInstances" not in parts:
            moment = datetime.fromtimestamp(started, timezone.utc).isoformat()
            ids = {"dag_id": "dag", "dag_run_id": "run"}
            return json.dumps({**ids, "start_date": moment, "state": "success" if ended else "running"}).encode()
        if self.garbage:
            return next(GARBAGE)
        return json.dumps({"dag_id": "dag", "dag_run_id": "run", "task_id": parts[-1], "state": state}).encode()
