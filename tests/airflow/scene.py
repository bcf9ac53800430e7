"""One task in a real Airflow, its jobs in the simulator, and what can be done to it: the setting of every fault."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from deployment import Deployment
from job_kinds import ENDLESS, TRAINING, AnyJob, Kind
from rest import TASK
from services import wait_until
from trainspec.simulator import Plan, Simulator
from trainspec.simulator.journal import Call

OURS: Final = "trainspec"
STOCK: Final = "stock"
RESUMABLE: Final = "resumable"
"""The stock operator on Airflow's ResumableJobMixin."""
DATE = "2025-04-09T00:00:00Z"
RUN_ID = "the_run"
ENDED = frozenset({"success", "failed", "skipped", "upstream_failed"})


@dataclass(frozen=True)
class Counts:
    """What was counted at the end, in the simulator's journal and in Airflow."""

    made: int
    """Jobs created."""
    at_once: int
    """The maximum number of them that ran at the same time."""
    stopped: int
    """Jobs that were asked to stop."""
    left: int
    """Jobs that are still running."""
    state: str
    """The task's state."""
    trials_left: int = 0
    """Training jobs of tuning jobs that are still running."""

    def __str__(self) -> str:
        return json.dumps(asdict(self))


@dataclass
class Scene:
    """A DAG with one task of `operator`, with jobs of one kind, that waits as `mode` says: sync or deferred."""

    deployment: Deployment
    simulator: Simulator
    dag_id: str
    operator: str
    mode: str
    retries: int = 2
    arguments: Mapping[str, Any] = field(default_factory=dict)
    dag_arguments: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind = TRAINING
    tried: int = 0
    """The try that waited, or was killed: the next one has a higher number."""

    @property
    def name(self) -> str:
        """The job's name; every other job of this task starts with it."""
        return self.kind.job_name(f"{self.dag_id}-{self.deployment.version}-job")

    def definition(self) -> dict[str, Any]:
        """Its definition in the DAG file."""
        task = {
            "task_id": TASK,
            "config": self.kind.request(self.name),
            "check_interval": 1,
            "max_attempts": 3600,
            "deferrable": self.mode == "deferred",
            "retries": self.retries,
            **self.arguments,
        }
        if self.operator == STOCK:
            task = {name: value for name, value in task.items() if name not in self.kind.not_stock}
        return {"dag": {"dag_id": self.dag_id, **self.dag_arguments}, "operator": self.operator, "task": task}

    # What is seen

    @property
    def jobs(self) -> list[AnyJob]:
        made = self.kind.made(self.simulator.account)
        return [job for job in made if job.name == self.name or job.name.startswith(f"{self.name}-")]

    @property
    def live(self) -> list[AnyJob]:
        """The jobs that are running and have not been asked to stop."""
        return [job for job in self.jobs if job.state(self.simulator.clock.now()).status == "InProgress"]

    def answered(self, operation: str, since: float = 0) -> list[Call]:
        """The successful calls for its jobs."""
        names = {self.name, *(job.name for job in self.jobs)}
        return [
            call
            for call in self.simulator.calls
            if call.operation == operation and call.name in names and call.time > since
        ]

    @property
    def state(self) -> str:
        """The task's state, or that its run was deleted."""
        try:
            return str(self.task["state"])
        except AssertionError as error:
            if ": 404 " in str(error):
                return "deleted"
            raise

    @property
    def task(self) -> Mapping[str, Any]:
        return self.deployment.rest.task(self.dag_id, RUN_ID)

    def counts(self) -> Counts:
        now, jobs = self.simulator.clock.now(), self.jobs
        spans = [(job.created, job.stop_requested or job.state(now).end or now) for job in jobs]
        at_once = max((sum(start <= moment < end for start, end in spans) for moment, _ in spans), default=0)
        stopped = sum(job.stop_requested is not None for job in jobs)
        trials = [trial for job in jobs for trial in self.kind.trials(job, now)]
        trials_left = sum(trial.state(now).end is None for trial in trials)
        return Counts(len(jobs), at_once, stopped, len(self.live), self.state, trials_left)

    # What is done

    def start(self) -> None:
        assert isinstance(self.simulator.plan, Plan)
        self.simulator.plan.add(f"{self.name}*", ENDLESS)
        self.deployment.rest.trigger(self.dag_id, RUN_ID, DATE)

    def wait_waiting(self) -> None:
        """Wait until the task waits for its job: it polls it, in a worker or in the triggerer."""
        if self.mode == "sync":
            self.wait("the task waits", lambda: self.looked() and self.state == "running", 180)
            self.tried = self.task["try_number"]
            return
        # Between the deferral and the trigger's start, Airflow can inform nobody that the task is killed.
        self.wait("the triggerer has it", lambda: (self.task.get("trigger") or {}).get("triggerer_id"), 180)
        since = now(self)
        self.wait("the triggerer looks", lambda: self.looked(since), 60)

    def looked(self, since: float = 0) -> bool:
        """Whether a call has returned the job's state after `since`: a description or a list.

        The lists are those of the poller of all scenes; a task that waits in its worker does not read them.
        """
        if self.answered(self.kind.describe, since):
            return True
        if self.mode == "sync" or not self.jobs:
            return False
        since = max(since, *(job.created for job in self.jobs))
        lists = [call for call in self.simulator.journal.calls(self.kind.lists) if call.error is None]
        return any(call.time > since for call in lists)

    def wait_looked(self, since: float) -> None:
        """Wait until the job has been polled after `since`, or the task has ended."""
        self.wait("somebody looks", lambda: self.looked(since) or self.state in ENDED, 240)

    def wait_ended(self, seconds: float = 180) -> None:
        self.wait("the task has ended", lambda: self.state in ENDED, seconds)

    def wait_back(self, since: float) -> None:
        """Wait until the task, after it was lost, has called SageMaker again, or has ended."""

        def back() -> bool:
            task = self.task
            if task["state"] not in ("running", "deferred") or task["try_number"] <= self.tried:
                return task["state"] in ENDED
            return bool(self.looked(since) or self.answered(self.kind.create, since))

        self.wait("the task is back", back, 180)

    def wait(self, what: str, done: Any, seconds: float) -> None:
        wait_until(f"{self.dag_id}: {what}", done, seconds, 0.5)

    def kill(self, *, with_supervisor: bool) -> None:
        task = self.task
        self.tried = task["try_number"]
        self.deployment.kill_task(task["pid"], with_supervisor=with_supervisor)

    def terminate(self, *, supervisor: bool = True) -> None:
        """SIGTERM to the task's supervisor, or to its process."""
        task = self.task
        self.tried = task["try_number"]
        self.deployment.terminate_task(task["pid"], supervisor=supervisor)

    def sweep(self, *arguments: str) -> str:
        """Run `trainspec sweep` for this scene's jobs; returns its output."""
        narrowed = ["--older-than", "0", "--name-contains", self.name]
        return self.deployment.sweep(self.simulator.url, *narrowed, *arguments)

    def sweep_by_dag(self) -> None:
        """Let Airflow run the maintenance DAG that the command prints, for this scene's jobs."""
        dag_id = f"{self.dag_id}_sweep"
        text = self.deployment.sweep(self.simulator.url, "--dag", self.deployment.version.partition(".")[0])
        text = text.replace('dag_id="trainspec_sweep"', f'dag_id="{dag_id}", is_paused_upon_creation=False')
        text = text.replace('"*/15 * * * *"', "None")
        narrowed = f'aws_conn_id="aws_default", older_than=0, name_contains="{self.name}"'
        text = text.replace('aws_conn_id="aws_default"', narrowed)
        (self.deployment.airflow.dags / f"{dag_id}.py").write_text(text)
        self.deployment.wait_dags({dag_id})
        self.deployment.rest.trigger(dag_id, RUN_ID, DATE)
        self.wait("the sweep", lambda: self.deployment.rest.run_state(dag_id, RUN_ID) in ENDED, 180)
        assert self.deployment.rest.run_state(dag_id, RUN_ID) == "success"

    def let_end(self) -> None:
        """Complete the newest job now."""
        if live := self.live:
            self.end(live[-1])

    def end(self, job: AnyJob, failure: str | None = None) -> None:
        """End the job now: it completes, or fails."""
        elapsed = self.simulator.clock.now() - job.created
        self.kind.given(job, replace(ENDLESS, training=elapsed, failure=failure))

    def let_end_well(self, seconds: float = 180) -> None:
        """Complete the newest job, and each later one, until the task has ended."""

        def ended() -> bool:
            if self.state in ENDED:
                return True
            self.let_end()
            return False

        wait_until(f"{self.dag_id}: the task has ended", ended, seconds, 2)


def dag_file(scenes: list[Scene]) -> str:
    """A DAG file with the scenes' DAGs, all of one kind and operator."""
    return f"""
from datetime import timedelta
import pendulum
try:
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
{scenes[0].kind.operators[scenes[0].operator]}

for scene in {[scene.definition() for scene in scenes]!r}:
    spans = {{name: timedelta(seconds=scene["dag"][name]) for name in scene["dag"] if name == "dagrun_timeout"}}
    times = {{"retry_delay": 1, **scene["task"]}}
    times = {{name: timedelta(seconds=times[name]) for name in times if name in ("execution_timeout", "retry_delay")}}
    with DAG(
        **{{**scene["dag"], **spans}},
        schedule=None,
        start_date=pendulum.datetime(2025, 4, 1, tz="UTC"),
        is_paused_upon_creation=False,
    ) as dag:
        Operator(**{{**scene["task"], **times}})
    globals()[dag.dag_id] = dag
"""


def now(scene: Scene) -> float:
    """The simulator's clock."""
    return scene.simulator.clock.now()


def settle(scene: Scene, seconds: float, wanted: Counts | None) -> Counts:
    """Count when the counts are as `wanted`, or when `seconds` are over."""
    end = time.monotonic() + seconds
    while (counts := scene.counts()) != wanted and time.monotonic() < end:
        time.sleep(0.5)
    return counts
