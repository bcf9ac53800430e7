"""PostgreSQL and Redis from Debian's packages, each for one Airflow: on loopback, a free port, with temporary data.

    apt-get install postgresql redis-server

Neither needs privileges, and neither runs as root: started by root, they run as the user of their package.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(what: str, done: Callable[[], Any], seconds: float, interval: float = 0.25) -> Any:
    """The first true result of `done`. Raises TimeoutError if `what` has not happened within `seconds`."""
    end = time.monotonic() + seconds
    while not (answer := done()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:g} seconds")
        time.sleep(interval)
    return answer


@contextmanager
def postgresql(saved: Path, migrate: Callable[[str], None]) -> Iterator[str]:
    """A server with a database `airflow`; yields its SQLAlchemy address.

    `migrate` is called with the address of an empty database, whose state is then stored in the folder `saved`:
    creating Airflow's tables takes longer than starting Airflow.
    """
    data = Path(tempfile.mkdtemp(prefix="trainspec-postgresql-"))
    try:
        if saved.exists():
            _copy(saved, data)
        else:
            _owned(data, "postgres")
            initdb = [_postgresql("initdb"), "-A", "trust", "-U", "airflow", "-E", "UTF8", "--no-sync", "-D", str(data)]
            subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/", **_user("postgres"))
            with _postgresql_server(data) as url:
                create = [_postgresql("createdb"), "-h", HOST, "-p", url.split(":")[-1].split("/")[0], "-U", "airflow"]
                subprocess.run([*create, "airflow"], check=True, cwd="/")
                migrate(url)
            _copy(data, saved)
        with _postgresql_server(data) as url:
            yield url
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """A server that stores nothing; yields its address."""
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="trainspec-redis-"))
    _owned(folder, "redis")
    command = ["redis-server", "--bind", HOST, "--port", str(port), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, **_user("redis"))
    try:
        wait_until("Redis", lambda: _listens(port), 20)
        yield f"redis://{HOST}:{port}/0"
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgresql_server(data: Path) -> Iterator[str]:
    port = free_port()
    # Nothing here has to survive a power failure.
    settings = {
        "listen_addresses": HOST,
        "unix_socket_directories": data,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": 300,
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (data / "server.log").open("ab") as log:
        command = [_postgresql("postgres"), "-D", str(data), "-p", str(port), *options]
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **_user("postgres"))
    try:
        ready = [_postgresql("pg_isready"), "-q", "-h", HOST, "-p", str(port)]
        wait_until("PostgreSQL", lambda: subprocess.run(ready, check=False).returncode == 0, 30)
        yield f"postgresql+psycopg2://airflow@{HOST}:{port}/airflow"
    finally:
        server.send_signal(signal.SIGINT)  # its fast shutdown: clean, without waiting for clients
        server.wait(60)


def _postgresql(program: str) -> str:
    """The path of a program of the server, which Debian keeps in a folder for each version, outside the PATH."""
    found = [
        shutil.which(program),
        *sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{program}")), reverse=True),
    ]
    return next(filter(None, found), None) or program


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _user(name: str) -> dict[str, Any]:
    """Arguments for Popen: the user that a server runs as."""
    if os.geteuid():
        return {}
    entry = pwd.getpwnam(name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _owned(folder: Path, name: str) -> None:
    if not os.geteuid():
        shutil.chown(folder, name, name)


def _copy(folder: Path, to: Path) -> None:
    """With owners and permissions, which PostgreSQL insists on."""
    to.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", f"{folder}/.", str(to)], check=True)
