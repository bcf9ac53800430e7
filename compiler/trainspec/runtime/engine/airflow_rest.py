"""Asking Airflow about a task run over its REST API, from outside: 2.11 (/api/v1) and 3 (/api/v2).

https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html
"""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from trainspec.runtime.engine.choices import RUN_ENDED
from trainspec.runtime.engine.identity import TaskRun, microseconds
from trainspec.runtime.engine.sweep import AskError, Known

_TIMEOUT = 30.0
_WAITS = (1.0, 3.0, 9.0)


@dataclass(frozen=True)
class Credentials:
    """A token (JWT), or a user with a password; all empty for an API that asks for none."""

    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)


class AirflowRest:
    """The REST API below `url`, the address at which Airflow's UI is seen. Raises AskError for what is none."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise AskError(f"{url!r} is no http or https address")
        self.url = url.rstrip("/")
        self._headers = {"Accept": "application/json"}
        # Redirects are not followed: urllib would send the credentials wherever they lead.
        self._open = build_opener(_NoRedirects).open
        self._runs: dict[tuple[str, str], Any] = {}
        self._api = next((api for api in ("api/v2", "api/v1") if self._get(f"{api}/version") is not None), "")
        if not self._api:
            raise AskError(f"{self.url} has no Airflow REST API (neither /api/v2 nor /api/v1)")
        self._log_in(credentials)

    def ask(self, task_run: TaskRun) -> Known | None:
        """Return what Airflow knows of `task_run`; None where it has no such DAG run. Raises AskError."""
        path = f"{self._api}/dags/{_quoted(task_run.dag_id)}/dagRuns/{_quoted(task_run.run_id)}"
        key = (task_run.dag_id, task_run.run_id)
        if key not in self._runs:
            self._runs[key] = self._get(path)
        run = self._runs[key]
        if run is None:
            return None
        mapped = f"/{task_run.map_index}" if task_run.map_index >= 0 else ""
        task = self._get(f"{path}/taskInstances/{_quoted(task_run.task_id)}{mapped}")
        started = run.get("start_date")
        moment = datetime.fromisoformat(started.replace("Z", "+00:00")) if started else None
        return Known(microseconds(moment), run.get("state") in RUN_ENDED, task and task.get("state"))

    def _log_in(self, credentials: Credentials) -> None:
        if credentials.token:
            self._headers["Authorization"] = f"Bearer {credentials.token}"
        elif credentials.user and self._api == "api/v1":
            pair = f"{credentials.user}:{credentials.password}".encode()
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        elif credentials.user:
            answer = self._get("auth/token", {"username": credentials.user, "password": credentials.password})
            if not isinstance(answer, dict) or "access_token" not in answer:
                raise AskError(f"{self.url}/auth/token gives no token: take one from elsewhere")
            self._headers["Authorization"] = f"Bearer {answer['access_token']}"

    def _get(self, path: str, data: Mapping[str, str] | None = None) -> Any:
        """Return the JSON at `path` (asked for with POST where there is `data`), or None for 404."""
        body = None if data is None else json.dumps(data).encode()
        headers = {**self._headers, **({"Content-Type": "application/json"} if data else {})}
        request = Request(f"{self.url}/{path}", body, headers)  # noqa: S310 - http and https only, see above
        for wait in (*_WAITS, None):
            try:
                with self._open(request, timeout=_TIMEOUT) as answer:
                    return json.load(answer)
            except HTTPError as error:
                error.close()
                if error.code == 404:
                    return None
                if error.code < 500 or wait is None:
                    raise AskError(_SAID.get(error.code, f"Airflow answers {error.code} {error.reason}")) from None
            except ValueError:
                return None  # a page for people: no API is there
            except (URLError, OSError) as error:
                if wait is None:
                    raise AskError(f"Airflow is not to be reached: {getattr(error, 'reason', error)}") from None
            time.sleep(wait or 0)
        raise AssertionError("the last wait is None")


_SAID = {
    301: "Airflow answers with a redirect: give the address that it leads to",
    302: "Airflow answers with a redirect: give the address that it leads to, or credentials",
    401: "Airflow wants credentials (401 Unauthorized)",
    403: "Airflow does not allow it (403 Forbidden)",
}
_SAID[307] = _SAID[308] = _SAID[301]


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _quoted(text: str) -> str:
    return quote(text, safe="")
