"""A complete Airflow on loopback, as processes that can be killed: scheduler, triggerer, API server, Celery workers…"""

import base64
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from environment import Airflow, installed
from rest import Rest
from services import HOST, free_port, postgresql, redis, wait_until

# After this time a task counts as lost. Airflow's own setting is 300 seconds.
LOST_AFTER = 20

# Short intervals, so that the tests only wait for what they test; and as few processes as possible.
# https://airflow.apache.org/docs/apache-airflow/stable/configurations-ref.html
SETTINGS: dict[str, dict[str, Any]] = {
    "both": {
        "core.parallelism": 16,
        "core.max_active_tasks_per_dag": 64,
        "core.killed_task_cleanup_time": 10,
        "core.min_serialized_dag_update_interval": 1,
        "core.min_serialized_dag_fetch_interval": 1,
        # Airflow's 5 + 10 connections let the tasks starve the only API server.
        "database.sql_alchemy_pool_size": 20,
        "database.sql_alchemy_max_overflow": 20,
        "scheduler.scheduler_heartbeat_sec": 1,
        "scheduler.job_heartbeat_sec": 2,
        "scheduler.scheduler_idle_sleep_time": 0.2,
        "scheduler.orphaned_tasks_check_interval": 10,
        "scheduler.scheduler_health_check_threshold": 20,
        "scheduler.trigger_timeout_check_interval": 2,
        "triggerer.job_heartbeat_sec": 2,
        "triggerer.triggerer_health_check_threshold": 10,
        "celery.worker_concurrency": 4,
    },
    "3.3": {
        "api.workers": 1,
        "core.simple_auth_manager_all_admins": True,
        "api_auth.jwt_issuer": "tests",  # 3.0.6 creates no token without it
        "dag_processor.parsing_processes": 1,
        "dag_processor.refresh_interval": 2,
        "dag_processor.min_file_process_interval": 5,
        "dag_processor.bundle_refresh_check_interval": 1,
        "workers.min_heartbeat_interval": 2,
        "scheduler.task_instance_heartbeat_sec": 2,
        "scheduler.task_instance_heartbeat_timeout": LOST_AFTER,
        "scheduler.task_instance_heartbeat_timeout_detection_interval": 10,
    },
    "2.11": {
        "api.auth_backends": "airflow.api.auth.backend.basic_auth",
        "webserver.workers": 1,
        "scheduler.parsing_processes": 1,
        "scheduler.min_file_process_interval": 5,
        "scheduler.dag_dir_list_interval": 2,
        "scheduler.local_task_job_heartbeat_sec": 2,
        "scheduler.scheduler_zombie_task_threshold": LOST_AFTER,
        # Not shorter: until the DAG processor has handled a lost task, it is found lost again, and then the next try
        # fails.
        "scheduler.zombie_detection_interval": 10,
    },
}
COMPONENTS = {
    "3.3": ("api-server", "scheduler", "dag-processor", "triggerer"),
    "2.11": ("webserver", "scheduler", "triggerer"),
}
INSTALLATION = "tests"
# The log server of a component would need its own port.
ARGUMENTS = {"scheduler": ["--skip-serve-logs"], "triggerer": ["--skip-serve-logs"]}


@dataclass
class Deployment:
    """A running Airflow; `rest` is its API, `airflow.dags` the folder that it reads."""

    airflow: Airflow
    settings: Mapping[str, Any]
    rest: Rest
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _sessions: set[int] = field(default_factory=set)

    @property
    def version(self) -> str:
        return self.airflow.version

    @property
    def installation(self) -> str:
        """Its name in the labels of its jobs."""
        return str(self.settings.get("trainspec.installation", INSTALLATION))

    def environ(self, own: Mapping[str, Any] | None = None) -> dict[str, str]:
        """The environment of every component and command; `own` are additional settings of one of them."""
        settings = {"trainspec.installation": INSTALLATION, **self.settings, **(own or {})}
        return {
            **self.airflow.environ(),
            **{"AIRFLOW__{}__{}".format(*key.upper().split(".")): str(value) for key, value in settings.items()},
            "PATH": f"{self.airflow.venv / 'bin'}:{os.environ['PATH']}",
            "C_FORCE_ROOT": "1",  # Celery requires it to run as root
        }

    def command(self, *arguments: str) -> None:
        """Run one `airflow` command."""
        command = self.airflow.command(*arguments)
        done = subprocess.run(
            command, env=self.environ(), cwd=self.airflow.home, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"

    def python(self, *arguments: str) -> None:
        """Run a script in Airflow's own interpreter."""
        command = [str(self.airflow.venv / "bin" / "python"), *arguments]
        subprocess.run(command, env=self.environ(), cwd=self.airflow.home, check=True, timeout=600)

    def start(self, name: str, *arguments: str, own: Mapping[str, Any] | None = None) -> None:
        """Start a component, for the first time or again: `scheduler`, `worker-1`…

        A worker may be given `arguments`; `own` are settings that only this component has.
        """
        words = ["celery", "worker", "--celery-hostname", f"{name}@%h", "--skip-serve-logs", *arguments]
        command = self.airflow.command(*(words if name.startswith("worker") else [name, *ARGUMENTS.get(name, [])]))
        with self._output(name).open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self.environ(own),
                cwd=self.airflow.home,
                start_new_session=True,
            )
        self._running[name] = process
        self._sessions.add(process.pid)

    def kill(self, name: str) -> None:
        """End a component at once with all its processes, as if its machine were lost."""
        _kill(self._running.pop(name))

    def terminate(self, name: str, kill_after: float | None = None) -> subprocess.Popen[bytes]:
        """Ask a component to end, as the deployment of a new version does; returns its process, to wait for.

        With `kill_after`, it is killed if it has not ended after so many seconds.
        """
        process = self._running.pop(name)
        process.terminate()
        if kill_after is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(kill_after)
            _kill(process)
        return process

    def end(self, name: str, *, kill: bool) -> None:
        """Kill a component, or ask it to end and kill what is left of it after 30 seconds."""
        if kill:
            self.kill(name)
        else:
            self.terminate(name, kill_after=30)

    def component_of(self, pid: int) -> str:
        """The component that the process of a task belongs to. Raises StopIteration if it is not ours."""
        above = {parent.pid for parent in psutil.Process(pid).parents()}
        return next(name for name, process in self._running.items() if process.pid in above)

    def kill_task(self, pid: int, *, with_supervisor: bool) -> None:
        """kill -9 the process that runs a task; before it, if requested, the one that supervises it."""
        self.component_of(pid)
        process = psutil.Process(pid)
        supervisor = process.parent()
        if with_supervisor and supervisor:
            supervisor.kill()
        process.kill()

    def pause_task(self, pid: int) -> list[psutil.Process]:
        """Suspend the process that runs a task and its supervisor, as when a laptop is closed; returns them."""
        self.component_of(pid)
        process = psutil.Process(pid)
        paused = [each for each in (process.parent(), process) if each]
        for each in paused:
            each.suspend()
        return paused

    def terminate_task(self, pid: int, *, supervisor: bool) -> None:
        """Ask the process that runs a task, or its supervisor, to end, as in a rolling deployment."""
        self.component_of(pid)
        process = psutil.Process(pid)
        parent = process.parent()
        assert parent
        (parent if supervisor else process).terminate()

    def sweep(self, endpoint_url: str, *arguments: str) -> str:
        """Run `trainspec sweep` as from an operator's machine; returns its output."""
        login = {"USER": "admin", "PASSWORD": "admin"} if self.rest.airflow_2 else {"TOKEN": self.rest.token()}
        aws = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
        environ = {
            **os.environ,
            **aws,
            "AWS_ENDPOINT_URL_SAGEMAKER": endpoint_url,
            "TRAINSPEC_AIRFLOW_URL": self.rest.address,
            "TRAINSPEC_INSTALLATION": self.installation,
            **{f"TRAINSPEC_AIRFLOW_{name}": value for name, value in login.items()},
        }
        command = [sys.executable, "-m", "trainspec", "sweep", *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout + done.stderr

    def output(self, name: str) -> str:
        """What a component has printed."""
        return self._output(name).read_text(errors="replace")

    def wait_healthy(self) -> None:
        """Wait until the API responds and all components are healthy. Raises if one has ended by itself."""

        def healthy() -> bool:
            for name, process in self._running.items():
                assert process.poll() is None, f"{name} has ended:\n{self.output(name)[-4000:]}"
            return self.rest.healthy()

        wait_until(f"Airflow {self.version} is ready", healthy, 240, 0.5)

    def wait_worker(self, name: str) -> None:
        """Wait until a worker takes tasks."""
        wait_until(f"{name} is ready", lambda: " ready." in self.output(name), 120)

    def wait_dags(self, wanted: set[str]) -> None:
        """Wait until the DAGs are known."""

        def known() -> bool:
            errors = self.rest.import_errors()
            assert not errors, errors
            return wanted <= self.rest.dags()

        wait_until("the DAGs are parsed", known, 120, 1)

    def stop(self) -> None:
        """End everything, including what a killed component has left behind."""
        for process in self._running.values():
            process.terminate()
        end = time.monotonic() + 5
        while any(process.poll() is None for process in self._running.values()) and time.monotonic() < end:
            time.sleep(0.1)
        while ours := [process for process in psutil.process_iter() if self._is_ours(process)]:
            for left in ours:
                with suppress(psutil.NoSuchProcess):
                    left.kill()
            time.sleep(0.2)
        for process in self._running.values():
            process.wait(5)

    def _is_ours(self, process: psutil.Process) -> bool:
        """By its session, or by its environment, which Airflow's task processes overwrite with their title."""
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return os.getsid(process.pid) in self._sessions or process.environ().get("AIRFLOW_HOME") == str(
                self.airflow.home
            )
        except (psutil.Error, OSError):
            return False

    def _output(self, name: str) -> Path:
        return self.airflow.home / f"{name}.out"


@contextmanager
def deployed(
    version: str, home: Path, endpoint_url: str, *, workers: int = 0, variables: Mapping[str, str] | None = None
) -> Iterator[Deployment]:
    """Airflow `version` with PostgreSQL, and the CeleryExecutor with Redis if there are workers.

    `aws_default` points to `endpoint_url`, unless the environment `variables` override it. Everything is running inside
    the context, and gone afterwards.
    """
    airflow = Airflow(version, installed(version), home, endpoint_url, variables or {})
    airflow.dags.mkdir(parents=True)
    port = free_port()
    rest = Rest(f"http://{HOST}:{port}", version.startswith("2"))
    common = {**SETTINGS["both"], **SETTINGS[_family(version)], **_secrets(), **_addresses(version, port)}
    with ExitStack() as stack:

        def migrate(database: str) -> None:
            empty = Deployment(airflow, {**common, "database.sql_alchemy_conn": database}, rest)
            empty.command("db", "migrate")
            if rest.airflow_2:
                who = ["-u", "admin", "-p", "admin", "-f", "A", "-l", "B", "-e", "admin@example.com"]
                empty.command("users", "create", "-r", "Admin", *who)

        database = stack.enter_context(postgresql(airflow.venv / "postgresql", migrate))
        settings = {**common, "core.executor": "LocalExecutor", "database.sql_alchemy_conn": database}
        if workers:
            settings |= {
                "core.executor": "CeleryExecutor",
                "celery.broker_url": stack.enter_context(redis()),
                "celery.result_backend": f"db+{database}",
            }
        deployment = Deployment(airflow, settings, rest)
        stack.callback(deployment.stop)
        for name in [*COMPONENTS[_family(version)], *(f"worker-{number}" for number in range(1, workers + 1))]:
            deployment.start(name)
        deployment.wait_healthy()
        for number in range(1, workers + 1):
            deployment.wait_worker(f"worker-{number}")
        yield deployment


def _family(version: str) -> str:
    """The version whose settings and components this one shares."""
    return "2.11" if version.startswith("2") else "3.3"


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(psutil.NoSuchProcess):
        top = psutil.Process(process.pid)
        for each in [top, *top.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                each.kill()
    process.wait(30)


def _secrets() -> dict[str, str]:
    """Keys that the components share."""
    shared = secrets.token_hex(32)
    return {
        "core.fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "core.internal_api_secret_key": shared,
        "api.secret_key": shared,
        "api_auth.jwt_secret": shared,
        "webserver.secret_key": shared,
    }


def _addresses(version: str, port: int) -> dict[str, Any]:
    if version.startswith("2"):
        return {"webserver.web_server_host": HOST, "webserver.web_server_port": port}
    address = f"http://{HOST}:{port}"
    return {
        "api.host": HOST,
        "api.port": port,
        "api.base_url": address,
        "core.execution_api_server_url": f"{address}/execution/",
    }
