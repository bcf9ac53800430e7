"""The name of this Airflow in labels: the one that its owner set, or one derived from its address.

    [trainspec]
    installation = prod          # or AIRFLOW__TRAINSPEC__INSTALLATION=prod, the same in all components

Two Airflows that share an AWS account may have the same DAGs, runs and dates, and a copy of a metadata database has all
of them. So the name is not in the database, where a copy would keep it. Without a name, the id is derived from the
addresses that all components of an installation must share; docs/guarantees.md says when that is not enough.
"""

import hashlib
import os
import re
import socket
from typing import Any, Final
from urllib.parse import urlsplit

from airflow.providers.common.compat.sdk import conf
from trainspec.runtime.airflow_compat import HAS_DATABASE
from trainspec.runtime.engine.identity import DERIVED

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 - compared, not listened on


def installation() -> str:
    """Return the id of this Airflow. Raises ValueError if its setting is not a name."""
    name = str(conf.get("trainspec", "installation", fallback="") or "").strip()
    if not name:
        return _derived(_address())
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"[trainspec] installation must be up to 40 letters, digits, dots, dashes and underscores, not {name!r}"
        )
    return name


def installation_of(dag_run: Any) -> str:
    """Return the id of this Airflow for the labels of the run `dag_run`.

    With `airflow dags test` of Airflow 2, a run starts at its logical date, in every Airflow: two that share a name or
    an address cannot be distinguished, so the machine counts, too. Raises ValueError as `installation` does.
    """
    return _derived(f"{installation()} {_machine()}") if has_shared_start(dag_run) else installation()


def is_here(other: str) -> bool:
    """Whether `other`, from a label, is this Airflow. A copy of a database contains labels of the original."""
    return other in ("", installation(), _derived(f"{installation()} {_machine()}"))


def has_shared_start(dag_run: Any) -> bool:
    """Whether `dag_run` starts at its logical date, so that other runs may have the same start."""
    start = dag_run.start_date
    return start is not None and start == getattr(dag_run, "logical_date", None)


def _derived(text: str) -> str:
    return DERIVED + hashlib.sha256(text.encode()).hexdigest()[:12]


def _address() -> str:
    """The address that all components of this Airflow share: its database on Airflow 2, its API server on Airflow 3."""
    if HAS_DATABASE:
        return _database(conf.get("database", "sql_alchemy_conn"))
    url = conf.get("core", "execution_api_server_url", fallback="") or conf.get("api", "base_url", fallback="")
    parts = urlsplit(url or "http://localhost:8080")
    alone = "Local" in conf.get("core", "executor", fallback="") or "Sequential" in conf.get(
        "core", "executor", fallback=""
    )
    host = parts.hostname or "localhost"
    if host in _LOOPBACK:  # this machine; but remote workers would each use their own
        host = _machine() if alone else "localhost"
    return f"{host}:{parts.port or ''}{parts.path.removesuffix('/').removesuffix('/execution')}"


def _database(url: str) -> str:
    """The address of the database, without what may change: driver, user, password and options."""
    parts = urlsplit(url)
    if not parts.netloc:  # a file on this machine
        return f"{_machine()}{parts.path}"
    # On loopback there may be a proxy next to each worker, so the machine does not count.
    return f"{parts.hostname}:{parts.port or ''}{parts.path}"


def _machine() -> str:
    return f"{socket.gethostname()}:{os.environ.get('AIRFLOW_HOME', '~')}"
