"""What happens to a task, and what must be counted afterwards: the table behind the guarantees.

Each event is a function of a scene, from the task's start until all is settled. `Counts` stand as (made, at_once,
stopped, left, state).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rest import TASK
from scene import DATE, ENDED, ENDLESS, RUN_ID, Counts, Scene, now
from trainspec.simulator import Fault

BOTH = ("sync", "deferred")
ATTACHED = Counts(1, 1, 0, 0, "success")
"""One job, which the task waited for to its end."""


@dataclass(frozen=True)
class Event:
    """One row: what is done, in which modes, and what must come of it."""

    act: Callable[[Scene], None]
    wanted: Counts
    modes: tuple[str, ...] = BOTH
    versions: tuple[str, ...] = ("3.3", "2.11")
    retries: int = 1
    arguments: Mapping[str, Any] = field(default_factory=dict)
    dag_arguments: Mapping[str, Any] = field(default_factory=dict)
    kills: str = ""
    """The component that is killed while all scenes of this event wait; such events are played one after the other."""


def _comes_back(scene: Scene) -> None:
    since = now(scene)
    scene.wait_back(since)
    scene.let_end_well()


def worker_killed(scene: Scene) -> None:
    """The process that runs the task gets kill -9 while it waits."""
    scene.start()
    scene.wait_waiting()
    scene.kill(with_supervisor=False)
    _comes_back(scene)


def worker_lost(scene: Scene) -> None:
    """The process and its supervisor get kill -9, as when the machine is lost; Airflow misses the heartbeat."""
    scene.start()
    scene.wait_waiting()
    scene.kill(with_supervisor=True)
    _comes_back(scene)


def worker_killed_creating(scene: Scene) -> None:
    """kill -9 between the effect of CreateTrainingJob and its answer."""
    _die_creating(scene, with_supervisor=False)


def worker_lost_creating(scene: Scene) -> None:
    """The same, with the supervisor."""
    _die_creating(scene, with_supervisor=True)


def _die_creating(scene: Scene, *, with_supervisor: bool) -> None:
    scene.simulator.faults.add(Fault("slow", "CreateTrainingJob", f"{scene.name}*", seconds=60))
    scene.start()
    scene.wait("the job is created", lambda: scene.jobs, 180)
    scene.kill(with_supervisor=with_supervisor)
    _comes_back(scene)


def answer_lost(scene: Scene) -> None:
    """The job is created, and the connection is reset before the answer."""
    scene.simulator.faults.add(Fault("lost_answer", "CreateTrainingJob", f"{scene.name}*"))
    scene.start()
    scene.wait("the job is created", lambda: scene.jobs, 180)
    since = now(scene)
    scene.wait_looked(since)
    scene.let_end_well()


def throttled(scene: Scene) -> None:
    """The first six answers to DescribeTrainingJob are ThrottlingException."""
    scene.simulator.faults.add(Fault("throttle", "DescribeTrainingJob", f"{scene.name}*", times=6))
    scene.start()
    scene.wait_looked(0)
    scene.let_end_well()


def job_failed(scene: Scene) -> None:
    """The job fails with an AlgorithmError; Airflow tries the task again."""
    scene.start()
    scene.wait_waiting()
    (job,) = scene.live
    job.outcome = replace(ENDLESS, training=now(scene) - job.created, failure="AlgorithmError: exit code 1")
    scene.wait("a second job, or the end", lambda: len(scene.jobs) > 1 or scene.state in ENDED, 120)
    scene.let_end_well()


def job_stopped(scene: Scene) -> None:
    """Somebody stops the job in the console; no retry is configured."""
    scene.start()
    scene.wait_waiting()
    (job,) = scene.live
    job.stop_requested = now(scene)
    scene.wait_ended()


def cleared(scene: Scene) -> None:
    """A user clears the task while it waits."""
    scene.start()
    scene.wait_waiting()
    if scene.deployment.rest.airflow_2 and scene.mode == "sync":
        # The API of Airflow 2.11 neither ends nor repeats a running task; its UI and command line do.
        scene.deployment.command("tasks", "clear", scene.dag_id, "-y", "-t", TASK, "-s", DATE, "-e", DATE)
    else:
        scene.deployment.rest.clear(scene.dag_id, RUN_ID)
    scene.wait("a second job", lambda: len(scene.jobs) > 1, 120)
    scene.let_end_well()


def cleared_finished(scene: Scene) -> None:
    """A user clears the task after it has succeeded."""
    scene.start()
    scene.wait_waiting()
    scene.let_end_well()
    scene.deployment.rest.clear(scene.dag_id, RUN_ID)
    scene.wait("a second job", lambda: len(scene.jobs) > 1, 120)
    scene.let_end_well()


def marked_failed(scene: Scene) -> None:
    """A user marks the task as failed."""
    scene.start()
    scene.wait_waiting()
    scene.deployment.rest.set_task_state(scene.dag_id, RUN_ID, "failed")


def marked_success(scene: Scene) -> None:
    """A user marks the task as successful."""
    scene.start()
    scene.wait_waiting()
    scene.deployment.rest.set_task_state(scene.dag_id, RUN_ID, "success")


def run_failed(scene: Scene) -> None:
    """A user marks the whole run as failed."""
    scene.start()
    scene.wait_waiting()
    scene.deployment.rest.set_run_state(scene.dag_id, RUN_ID, "failed")


def timeout(scene: Scene) -> None:
    """The task's or the run's time is over."""
    scene.start()
    scene.wait("the job is created", lambda: scene.jobs, 180)
    scene.wait_ended()


def component_killed(scene: Scene) -> None:
    """All of the scene that comes after the component was killed and started again."""
    since = now(scene)
    if scene.mode == "deferred":
        scene.wait_looked(since)
    else:
        scene.wait_back(since)
    scene.let_end_well()


EVENTS = {
    "execution_timeout": Event(
        timeout, Counts(1, 1, 1, 0, "failed"), ("sync",), retries=0, arguments={"execution_timeout": 25}
    ),
    # Airflow 3.3 does not enforce it while a task is deferred.
    "execution_timeout_deferred": Event(
        timeout, Counts(1, 1, 1, 0, "failed"), ("deferred",), ("2.11",), 0, arguments={"execution_timeout": 25}
    ),
    "dagrun_timeout": Event(timeout, Counts(1, 1, 1, 0, "skipped"), dag_arguments={"dagrun_timeout": 60}),
    "throttled": Event(throttled, ATTACHED),
    "worker_lost": Event(worker_lost, ATTACHED, ("sync",)),
    "worker_lost_creating": Event(worker_lost_creating, ATTACHED),
    "worker_killed": Event(worker_killed, ATTACHED, ("sync",)),
    "worker_killed_creating": Event(worker_killed_creating, ATTACHED),
    "answer_lost": Event(answer_lost, ATTACHED),
    "cleared": Event(cleared, Counts(2, 1, 1, 0, "success")),
    "cleared_finished": Event(cleared_finished, Counts(2, 1, 0, 0, "success"), retries=0),
    "marked_failed": Event(marked_failed, Counts(1, 1, 1, 0, "failed")),
    "marked_success": Event(marked_success, Counts(1, 1, 1, 0, "success")),
    "run_failed": Event(run_failed, Counts(1, 1, 1, 0, "failed")),
    "job_failed": Event(job_failed, Counts(2, 1, 0, 0, "success")),
    "job_stopped": Event(job_stopped, Counts(1, 1, 1, 0, "failed"), retries=0),
    "triggerer_killed": Event(component_killed, ATTACHED, ("deferred",), kills="triggerer"),
    "scheduler_killed": Event(component_killed, ATTACHED, kills="scheduler"),
}
