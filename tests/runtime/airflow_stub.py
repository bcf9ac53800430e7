"""The part of Airflow's REST API that a sweep calls, for both majors, with credentials: over HTTP, without Airflow."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


@dataclass
class AirflowStub:
    """`runs` maps (DAG, run) to its JSON; `states` maps (DAG, run, task[, map index]) to the task's state."""

    api: str = "api/v2"
    runs: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    states: dict[tuple[str, ...], str | None] = field(default_factory=dict)
    login: tuple[str, str] | None = None
    broken: list[int] = field(default_factory=list)
    """Statuses of the next responses."""
    damaged: dict[str, tuple[int, bytes, int | None]] = field(default_factory=dict)
    """Part of a path → the response instead: a status, a body, and the announced length, if it differs."""
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        self.asked.append(path)
        if self.broken:
            return self.broken.pop(0), {}
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if "/".join(parts[:2]) == "auth/token" and method == "POST" and self.api == "api/v2":
            good = tuple(json.loads(body).values()) == self.login
            return (201, {"access_token": "t0ken"}) if good else (401, {})
        if "/".join(parts[:2]) != self.api:
            return 404, {}
        if parts[2] == "version":
            return 200, {"version": "x"}
        if self.login and headers.get("Authorization") != self._wanted():
            return 401, {}
        match parts[2:]:
            case ["dags", dag, "dagRuns", run]:
                there = (dag, run) in self.runs
                return (
                    (200, {"dag_id": dag, "dag_run_id": run, **self.runs[dag, run]})
                    if there
                    else self._no_run(dag, run)
                )
            case ["dags", dag, "dagRuns", run, "taskInstances", *task]:
                key = (dag, run, *task)
                if key not in self.states:
                    return self._no_task(dag, run, *task)
                index = int(task[1]) if len(task) > 1 else -1
                ids = {"dag_id": dag, "dag_run_id": run, "task_id": task[0], "map_index": index}
                return 200, {**ids, "state": self.states[key]}
        return 404, {}

    def _no_run(self, dag: str, run: str) -> tuple[int, Any]:
        """Airflow's response, word for word."""
        if self.api == "api/v2":
            return 404, {"detail": f"The DagRun with dag_id: `{dag}` and run_id: `{run}` was not found"}
        said = f"DAGRun with DAG ID: '{dag}' and DagRun ID: '{run}' not found"
        return 404, {"detail": said, "status": 404, "title": "DAGRun not found", "type": "https://airflow.apache.org"}

    def _no_task(self, dag: str, run: str, task: str, *index: str) -> tuple[int, Any]:
        if self.api == "api/v1":
            return 404, {"detail": None, "status": 404, "title": "Task instance not found", "type": "about:blank"}
        if index:
            which = f"task_id: `{task}`, and map_index: `{index[0]}`"
            return 404, {
                "detail": f"The Mapped Task Instance with dag_id: `{dag}`, run_id: `{run}`, {which} was not found"
            }
        which = f"dag_id: `{dag}`, run_id: `{run}` and task_id: `{task}`"
        return 404, {"detail": f"The Task Instance with {which} was not found"}

    def _wanted(self) -> str:
        assert self.login
        return f"Basic {b64encode(':'.join(self.login).encode()).decode()}" if self.api == "api/v1" else "Bearer t0ken"


@contextmanager
def serving(stub: AirflowStub) -> Iterator[AirflowStub]:
    """Serve `stub` on 127.0.0.1, and set its url."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            damaged = next((stub.damaged[part] for part in stub.damaged if part in self.path), None)
            if damaged:
                self.send_response(damaged[0])
                self.send_header("Content-Length", str(damaged[2] or len(damaged[1])))
                self.end_headers()
                self.wfile.write(damaged[1])
                self.close_connection = True
                return
            status, data = stub.answer(self.command, self.path, self.headers, body)
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            self.wfile.write(json.dumps(data).encode())

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
