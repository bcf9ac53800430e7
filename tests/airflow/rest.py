"""The part of Airflow's public REST API that the tests use, for both majors."""

import base64
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

TASK = "train"


@dataclass
class Rest:
    """`address` is that of the API server or the webserver; Airflow 2 has a user `admin` with the same password."""

    address: str
    airflow_2: bool
    _token: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def healthy(self) -> bool:
        """Whether the API responds, and every component reports that it is healthy."""
        path = "/health" if self.airflow_2 else "/api/v2/monitor/health"
        wanted = ["metadatabase", "scheduler", "triggerer", *([] if self.airflow_2 else ["dag_processor"])]
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:  # noqa: S310
                health = json.load(answer)
        except OSError:
            return False
        return all((health.get(name) or {}).get("status") == "healthy" for name in wanted)

    def dags(self) -> set[str]:
        """The ids of the DAGs that have been parsed."""
        return {dag["dag_id"] for dag in self.call("GET", "/dags?limit=100")["dags"]}

    def import_errors(self) -> str:
        """What could not be parsed, as text."""
        return "\n".join(error["stack_trace"] for error in self.call("GET", "/importErrors")["import_errors"])

    def trigger(self, dag_id: str, run_id: str, logical_date: str) -> None:
        """Start a run."""
        self.call("POST", f"/dags/{dag_id}/dagRuns", {"dag_run_id": run_id, "logical_date": logical_date, "conf": {}})

    def unpause(self, dag_id: str, *, paused: bool = False) -> None:
        """Let the scheduler start the DAG's runs and tasks, or no more of them."""
        self.call("PATCH", f"/dags/{dag_id}", {"is_paused": paused})

    def runs(self, dag_id: str) -> dict[str, str]:
        """The state of each run of a DAG."""
        return {run["dag_run_id"]: run["state"] for run in self.call("GET", f"/dags/{dag_id}/dagRuns")["dag_runs"]}

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str]:
        """The state of each task of a run."""
        tasks = self.call("GET", f"{self._run(dag_id, run_id)}/taskInstances?limit=100")["task_instances"]
        return {task["task_id"]: task["state"] for task in tasks}

    def run_state(self, dag_id: str, run_id: str) -> str:
        """Queued, running, success or failed."""
        return str(self.call("GET", self._run(dag_id, run_id))["state"])

    def set_run_state(self, dag_id: str, run_id: str, state: str) -> None:
        """Mark a run as `state`."""
        self.call("PATCH", self._run(dag_id, run_id), {"state": state})

    def delete_run(self, dag_id: str, run_id: str) -> None:
        """Delete a run with its task."""
        self.call("DELETE", self._run(dag_id, run_id))

    def task(self, dag_id: str, run_id: str) -> Mapping[str, Any]:
        """The run's task: `state`, `try_number`, `pid`, `hostname`…"""
        found: Mapping[str, Any] = self.call("GET", f"{self._run(dag_id, run_id)}/taskInstances/{TASK}")
        return found

    def set_task_state(self, dag_id: str, run_id: str, state: str) -> None:
        """Mark the task as `state`."""
        body = {"new_state": state, **({"dry_run": False} if self.airflow_2 else {})}
        self.call("PATCH", f"{self._run(dag_id, run_id)}/taskInstances/{TASK}", body)

    def clear(self, dag_id: str, run_id: str) -> None:
        """Clear the task."""
        body = {"dry_run": False, "dag_run_id": run_id, "task_ids": [TASK], "only_failed": False}
        self.call("POST", f"/dags/{dag_id}/clearTaskInstances", {**body, "reset_dag_runs": True})

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One call; `path` is below the API's version. If the server is busy, calls that change nothing are retried."""
        request = urllib.request.Request(  # noqa: S310
            f"{self.address}/api/{'v1' if self.airflow_2 else 'v2'}{path}",
            method=method,
            headers={
                **({} if body is None else {"Content-Type": "application/json"}),
                "Accept": "application/json",
                "Authorization": self._login(),
            },
            data=None if body is None else json.dumps(body).encode(),
        )
        for left in range(5 if method == "GET" else 1, 0, -1):
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                    return json.loads(answer.read() or b"{}")
            except urllib.error.HTTPError as error:
                if error.code < 500 or left == 1:
                    raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()[:600]}") from None
            except OSError:
                if left == 1:
                    raise
            time.sleep(1)
        raise AssertionError("not reached")

    def _login(self) -> str:
        if self.airflow_2:
            return "Basic " + base64.b64encode(b"admin:admin").decode()
        return f"Bearer {self.token()}"

    def token(self) -> str:
        """The token that Airflow 3 gives to every user here."""
        with self._lock:
            if not self._token:
                with urllib.request.urlopen(f"{self.address}/auth/token", timeout=60) as answer:  # noqa: S310
                    self._token = json.load(answer)["access_token"]
        return self._token

    @staticmethod
    def _run(dag_id: str, run_id: str) -> str:
        return f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"
