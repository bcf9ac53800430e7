"""Queries Airflow about a task run through its REST API, from outside: 2.11 (/api/v1) and 3 (/api/v2).

https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html
"""

import base64
import json
import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from trainspec.runtime.engine.choices import RUN_ENDED, RUN_STATES, TASK_STATES
from trainspec.runtime.engine.identity import TaskRun, microseconds
from trainspec.runtime.engine.sweep import AskError, Known

_TIMEOUT = 30.0
_MOST_BYTES = 1_000_000
_WAITS = (1.0, 3.0, 9.0)


@dataclass(frozen=True)
class Credentials:
    """A token (JWT), or a user with a password; all empty for an API that requires none."""

    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)


class AirflowRest:
    """The REST API below `url`, the address of Airflow's UI. Raises AskError if there is none.

    `transport` opens a request with a timeout in seconds, as urllib does.
    """

    def __init__(self, url: str, credentials: Credentials, transport: Callable[..., Any] | None = None) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise AskError(f"{url!r} is not an http or https address")
        self.url = url.rstrip("/")
        self._headers = {"Accept": "application/json"}
        # Redirects are not followed: urllib would send the credentials wherever they lead.
        self._open = transport or build_opener(_NoRedirects).open
        self._runs: dict[tuple[str, str], Any] = {}
        self._api = next((api for api in ("api/v2", "api/v1") if self._is_api(api)), "")
        if not self._api:
            raise AskError(f"{self.url} has no Airflow REST API (neither /api/v2 nor /api/v1)")
        self._log_in(credentials)

    def ask(self, task_run: TaskRun) -> Known | None:
        """Return what Airflow knows about `task_run`; None if it has no such DAG run. Raises AskError."""
        path = f"{self._api}/dags/{_quoted(task_run.dag_id)}/dagRuns/{_quoted(task_run.run_id)}"
        key = (task_run.dag_id, task_run.run_id)
        if key not in self._runs:
            self._runs[key] = self._get(path, gone=_RUN_GONE)
        run = self._runs[key]
        if run is None:
            return None
        _same(run, {"dag_id": task_run.dag_id, "dag_run_id": task_run.run_id})
        mapped = f"/{task_run.map_index}" if task_run.map_index >= 0 else ""
        task = self._get(f"{path}/taskInstances/{_quoted(task_run.task_id)}{mapped}", gone=_TASK_GONE)
        if task is not None:
            ids = {"dag_id": task_run.dag_id, "dag_run_id": task_run.run_id, "task_id": task_run.task_id}
            _same(task, {**ids, "map_index": task_run.map_index})
        started = _moment(run, "start_date")
        logical = _moment(run, "logical_date", "execution_date")
        run_ended = _state(run, RUN_STATES) in RUN_ENDED
        state = None if task is None else _state(task, TASK_STATES)
        return Known(microseconds(started), run_ended, state, started is not None and started == logical)

    def _log_in(self, credentials: Credentials) -> None:
        if credentials.token:
            self._headers["Authorization"] = f"Bearer {credentials.token}"
        elif credentials.user and self._api == "api/v1":
            pair = f"{credentials.user}:{credentials.password}".encode()
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        elif credentials.user:
            answer = self._get("auth/token", {"username": credentials.user, "password": credentials.password})
            if not isinstance(answer, dict) or "access_token" not in answer:
                raise AskError(f"{self.url}/auth/token returned no token; get one by other means")
            self._headers["Authorization"] = f"Bearer {answer['access_token']}"

    def _is_api(self, api: str) -> bool:
        try:
            return "version" in self._get(f"{api}/version")
        except _NotAirflowError:
            return False

    def _get(self, path: str, data: Mapping[str, str] | None = None, gone: "re.Pattern[str] | None" = None) -> Any:
        """Return the JSON object at `path`, requested with POST if there is `data`.

        None if Airflow responds that there is no such object, in the words of `gone`. Any other response, such as a
        proxy's page, a truncated body or a response to another request, raises AskError.
        """
        body = None if data is None else json.dumps(data).encode()
        headers = {**self._headers, **({"Content-Type": "application/json"} if data else {})}
        request = Request(f"{self.url}/{path}", body, headers)  # noqa: S310 - http and https only, see above
        for wait in (*_WAITS, None):
            try:
                with self._open(request, timeout=_TIMEOUT) as answer:
                    return _object(answer.read(_MOST_BYTES))
            except HTTPError as error:
                with error:
                    if error.code == 404:
                        return _nothing(error.read(_MOST_BYTES), gone)
                if error.code < 500 or wait is None:
                    raise AskError(_SAID.get(error.code, f"Airflow responded with {error.code}")) from None
            except (URLError, HTTPException, OSError) as error:
                if wait is None:
                    raise AskError(f"Airflow cannot be reached: {getattr(error, 'reason', error)}") from None
            time.sleep(wait or 0)
        raise AssertionError("the last wait is None")


class _NotAirflowError(AskError):
    """The response does not come from Airflow's API."""


def _object(body: bytes) -> dict[str, Any]:
    """Parse `body` as a JSON object. Raises AskError."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _NotAirflowError("the response does not come from Airflow's REST API, or is truncated")
    return found


def _nothing(body: bytes, words: "re.Pattern[str] | None") -> None:
    """Return if the 404 is Airflow's own, for an object that does not exist. Raises AskError for any other 404."""
    answer = _object(body)
    said = f"{answer.get('title', '')}: {answer.get('detail', '')}"
    if words is None or not words.search(said):
        raise _NotAirflowError("the 404 does not come from Airflow")


def _same(answer: Mapping[str, Any], ids: Mapping[str, str | int]) -> None:
    """Raise AskError if `answer` is about something else."""
    if any(answer.get(name, wanted) != wanted for name, wanted in ids.items()):
        raise AskError("Airflow's response is about another task or DAG run")


def _state(answer: Mapping[str, Any], known: Collection[str]) -> str | None:
    """Return the state in `answer`, one of the `known` or None. Raises AskError."""
    state = answer.get("state", "")
    if state is not None and state not in known:
        raise AskError("Airflow's response has no known state")
    return None if state is None else str(state)


def _moment(answer: Mapping[str, Any], *names: str) -> datetime | None:
    """Return the moment in the first of the members `names` that `answer` has. Raises AskError."""
    text = next((answer[name] for name in names if name in answer), None)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except (ValueError, AttributeError):
        raise AskError("Airflow's response has a date that is not a date") from None
    if moment.tzinfo is None:
        raise AskError("Airflow's response has a date without a time zone")
    return moment


# Airflow 3's detail is "The DagRun with dag_id: `…` and run_id: `…` was not found"; 2.11 has a title.
_RUN_GONE = re.compile(r"^DAGRun not found|: The DagRun with dag_id: .* was not found$", re.DOTALL)
_TASK_GONE = re.compile(
    r"^Task instance not found: (?!Task instance is mapped)|: The (Mapped )?Task Instance with .* was not found$",
    re.DOTALL,
)

_SAID = {
    301: "Airflow responded with a redirect: set the address that it leads to",
    302: "Airflow responded with a redirect: set the address that it leads to, or credentials",
    401: "Airflow requires credentials (401 Unauthorized)",
    403: "Airflow does not allow it (403 Forbidden)",
}
_SAID[307] = _SAID[308] = _SAID[301]


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _quoted(text: str) -> str:
    return quote(text, safe="")
