"""Real Airflows, each in its own virtual environment under `.airflow/`, installed from the pins in this folder.

To renew the pins (Airflow's own versions are in the `.in` files):
    cd tests/airflow
    uv pip compile --universal --python-version 3.11 --no-annotate --no-header -o airflow-3.3.txt airflow-3.3.in
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
VERSIONS = ("3.3", "2.11", "3.0", "3.1", "3.2")


@dataclass(frozen=True)
class TaskResult:
    """The result of one task instance, read from Airflow's database."""

    state: str
    xcoms: dict[str, Any]


@dataclass(frozen=True)
class Airflow:
    """An Airflow with a migrated database, an empty DAG folder, and `aws_default` pointing to an endpoint."""

    version: str
    venv: Path
    home: Path
    endpoint_url: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def dags(self) -> Path:
        return self.home / "dags"

    def command(self, *arguments: str) -> list[str]:
        return [str(self.venv / "bin" / "airflow"), *arguments]

    def environ(self) -> dict[str, str]:
        connection = {
            "conn_type": "aws",
            "login": "AKIAIOSFODNN7EXAMPLE",
            "password": "simulator",
            "extra": {"region_name": "us-east-1", "endpoint_url": self.endpoint_url},
        }
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "AWS_", "PYTHON"))},
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW__OPENLINEAGE__DISABLED": "True",
            "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(connection),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # calls that bypass the connection fail at once
            "NO_PROXY": "127.0.0.1",
            "PYTHONDONTWRITEBYTECODE": "1",  # keeps the folders that it loads clean
            **self.variables,
        }

    def run(self, *command: str, check: bool = True) -> str:
        """Run a command in this Airflow's environment; the output contains stdout and stderr."""
        done = subprocess.run(
            command,
            env=self.environ(),
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0 or not check, done.stdout
        return done.stdout

    def python(self, *arguments: str) -> str:
        return self.run(str(self.venv / "bin" / "python"), *arguments)

    def run_state(self, dag_id: str) -> str:
        """The state of the newest run of the DAG."""
        with closing(sqlite3.connect(self.home / "airflow.db")) as database:
            query = "select state from dag_run where dag_id = ? order by id desc"
            return str(database.execute(query, (dag_id,)).fetchone()[0])

    def task(self, dag_id: str, task_id: str = "train_task", map_index: int = -1) -> TaskResult:
        """The task's state and XComs in the newest run of the DAG."""
        where = "dag_id = ? and task_id = ? and map_index = ? and run_id = ?"
        with closing(sqlite3.connect(self.home / "airflow.db")) as database:
            (run_id,) = database.execute(
                "select run_id from dag_run where dag_id = ? order by id desc", (dag_id,)
            ).fetchone()
            which = (dag_id, task_id, map_index, run_id)
            (state,) = database.execute(f"select state from task_instance where {where}", which).fetchone()  # noqa: S608
            rows = database.execute(f"select key, value from xcom where {where}", which).fetchall()  # noqa: S608
        # SQLite stores a JSON number as a number.
        return TaskResult(
            state, {key: value if type(value) in (int, float) else json.loads(value) for key, value in rows}
        )


def ready(version: str, folder: Path, endpoint_url: str) -> Airflow:
    """Airflow `version`, installed if necessary, with its own home in `folder`."""
    venv = installed(version)
    airflow = Airflow(version, venv, folder, endpoint_url)
    airflow.dags.mkdir(parents=True)
    template = venv / "migrated.db"
    if not template.exists():
        airflow.run(*airflow.command("db", "migrate"))
        shutil.copy(folder / "airflow.db", template)
    shutil.copy(template, folder / "airflow.db")
    return airflow


def installed(version: str) -> Path:
    """The environment, recreated if the pins, the project's metadata or the interpreter have changed."""
    venv = REPOSITORY / ".airflow" / version
    stamp, wanted = venv / "made-from", "\n".join(_ingredients(version))
    if stamp.exists() and stamp.read_text() == wanted:
        return venv
    uv = shutil.which("uv")
    python = str(venv / "bin" / "python")
    if uv:
        _call(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(venv))
        # Compiled once, or each process would do it again: they may not write, see `Airflow.environ`.
        install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    else:
        _call(sys.executable, "-m", "venv", "--clear", str(venv))
        install = [python, "-m", "pip", "install", "--quiet"]
    _call(*install, "-r", str(HERE / f"airflow-{version}.txt"))
    # Editable, so that it is never stale, and without dependencies: a worker needs none of the compiler's.
    _call(*install, "--no-deps", "--editable", str(REPOSITORY))
    stamp.write_text(wanted)
    return venv


def _ingredients(version: str) -> Iterator[str]:
    yield sys.version
    for file in (HERE / f"airflow-{version}.txt", REPOSITORY / "pyproject.toml"):
        yield f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}"


def _call(*command: str) -> None:
    subprocess.run(command, check=True, cwd=REPOSITORY)
