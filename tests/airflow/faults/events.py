"""What happens to a task, and what must be counted afterwards: the table behind the guarantees.

Each event is a function of a scene, from the task's start until everything is settled. `Counts` are (made, at_once,
stopped, left, state).
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import psutil
from job_kinds import Kind
from rest import TASK
from scene import DATE, ENDED, RUN_ID, Counts, Scene, now
from trainspec.simulator import Fault

BOTH = ("sync", "deferred")
ALL = ("3.3", "2.11", "3.2", "3.1", "3.0")
ATTACHED = Counts(1, 1, 0, 0, "success")
"""One job, which the task waited for to its end."""
STOPPED = Counts(1, 1, 1, 0, "failed")
"""One job, which was stopped when the task had failed."""


@dataclass(frozen=True)
class Event:
    """One row: what is done, in which modes, and what the result must be."""

    act: Callable[[Scene], None]
    wanted: Counts
    modes: tuple[str, ...] = BOTH
    versions: tuple[str, ...] = ("3.3", "2.11", "3.0")
    retries: int = 2
    arguments: Mapping[str, Any] = field(default_factory=dict)
    dag_arguments: Mapping[str, Any] = field(default_factory=dict)
    stock: bool = True
    """Whether the stock operator can be tested with it."""
    elsewhere: Mapping[str, Counts] = field(default_factory=dict)
    """The expected result on a version that does not give what the others give."""
    what: str = ""
    """In words, if `act` does not say it."""
    kills: str = ""
    """The component that is killed while all scenes of this event wait; such events are played one after the other."""
    replaces: str = ""
    """The component that gets SIGTERM instead, and SIGKILL after 30 seconds, as in a deployment."""
    while_away: Callable[[Scene], None] = lambda _: None
    """What is done before that component is started again."""

    @property
    def ends(self) -> tuple[str, bool]:
        """The component that ends, or nothing; and whether it is killed."""
        return self.kills or self.replaces, bool(self.kills)

    def wanted_on(self, version: str) -> Counts:
        """The expected result on Airflow `version`."""
        return self.elsewhere.get(version, self.wanted)

    def text(self, kind: Kind) -> str:
        """What happens to a job of this kind, in a sentence or two."""
        return kind.text(self.what or " ".join((self.act.__doc__ or "").split()))


def _comes_back(scene: Scene) -> None:
    since = now(scene)
    scene.wait_back(since)
    scene.let_end_well()


def worker_killed(scene: Scene) -> None:
    """The task's process gets SIGKILL while the task waits.

    On 3.0, which then fails the task without a retry, followed by `trainspec sweep --stop`.
    """
    scene.start()
    scene.wait_waiting()
    scene.kill(with_supervisor=False)
    _comes_back_or_is_swept(scene)


def _comes_back_or_is_swept(scene: Scene) -> None:
    """Airflow 3.0 fails a task finally if its process was killed, and runs no callback."""
    if scene.deployment.version == "3.0":
        scene.wait_ended()
        scene.sweep("--stop")
    else:
        _comes_back(scene)


def worker_lost(scene: Scene) -> None:
    """The task's process and its supervisor get SIGKILL, as if the machine were lost; Airflow misses the heartbeat."""
    scene.start()
    scene.wait_waiting()
    scene.kill(with_supervisor=True)
    _comes_back(scene)


def worker_told_to_end(scene: Scene) -> None:
    """The supervisor of the task gets SIGTERM, as in a rolling deployment; Airflow retries the task."""
    scene.start()
    scene.wait_waiting()
    scene.terminate()
    _comes_back(scene)


def task_told_to_end(scene: Scene) -> None:
    """The task's process gets SIGTERM; Airflow retries the task."""
    scene.start()
    scene.wait_waiting()
    scene.terminate(supervisor=False)
    _comes_back(scene)


def worker_told_to_end_at_last_try(scene: Scene) -> None:
    """The same, and no try is left."""
    scene.start()
    scene.wait_waiting()
    scene.terminate()
    scene.wait_ended()


def worker_lost_at_last_try(scene: Scene) -> None:
    """kill -9 of process and supervisor, and no try is left: Airflow runs the failure callback."""
    scene.start()
    scene.wait_waiting()
    scene.kill(with_supervisor=True)
    scene.wait_ended()


def worker_killed_at_last_try(scene: Scene) -> None:
    """kill -9 of the process, and no try is left: Airflow 3.3 runs nothing at all, so the job is swept."""
    scene.start()
    scene.wait_waiting()
    scene.kill(with_supervisor=False)
    scene.wait_ended()
    if scene.deployment.rest.airflow_2:
        return
    said = scene.sweep()
    assert f"stray: {scene.name}: its task is failed" in said, said
    assert scene.live, "without --stop it stops nothing"
    assert f"stopped: {scene.name}:" in scene.sweep("--stop")


def marked_failed_between_tries(scene: Scene) -> None:
    """The worker is lost, and a user marks the task as failed before its next try.

    Followed by `trainspec sweep --stop`.
    """
    scene.start()
    scene.wait_waiting()
    scene.kill(with_supervisor=True)
    scene.wait("the next try is planned", lambda: scene.state == "up_for_retry", 120)
    assert scene.live, "it is left to the next try"
    mark_failed(scene)
    scene.wait_ended()
    assert f"stopped: {scene.name}:" in scene.sweep("--stop")


def worker_killed_and_swept_by_dag(scene: Scene) -> None:
    """The same, and the maintenance DAG runs."""
    scene.start()
    scene.wait_waiting()
    scene.kill(with_supervisor=False)
    scene.wait_ended()
    assert scene.live
    scene.sweep_by_dag()


def marked_failed_away(scene: Scene) -> None:
    """A user has marked the deferred task as failed while there was no triggerer.

    Airflow 2.11 forgets the trigger. So does 3.3, unless the new triggerer comes by it before it cleans up.
    """
    scene.wait_ended()
    if not _soon(lambda: not scene.live):
        assert f"stopped: {scene.name}:" in scene.sweep("--stop")


def _soon(done: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.5)
    return done()


def marked_failed_away_and_swept_by_dag(scene: Scene) -> None:
    """The same, and the maintenance DAG runs."""
    scene.wait_ended()
    assert scene.live
    scene.sweep_by_dag()


def mark_failed(scene: Scene) -> None:
    """A user marks the task as failed."""
    scene.deployment.rest.set_task_state(scene.dag_id, RUN_ID, "failed")


def not_waited_for(scene: Scene) -> None:
    """The task succeeds without waiting for its job; a sweep leaves the job alone."""
    scene.start()
    scene.wait_ended()
    said = scene.sweep("--stop", "--all")
    assert f"left: {scene.name}: its task does not wait for it" in said, said


def worker_killed_creating(scene: Scene) -> None:
    """The task's process gets SIGKILL after CreateTrainingJob took effect, before its response.

    On 3.0, followed by `trainspec sweep --stop`.
    """
    _die_creating(scene, with_supervisor=False)


def worker_lost_creating(scene: Scene) -> None:
    """The task's process and its supervisor get SIGKILL after CreateTrainingJob took effect, before its response."""
    _die_creating(scene, with_supervisor=True)


def _die_creating(scene: Scene, *, with_supervisor: bool) -> None:
    scene.simulator.faults.add(Fault("slow", scene.kind.create, f"{scene.name}*", seconds=60))
    scene.start()
    scene.wait("the job is created", lambda: scene.jobs, 180)
    scene.kill(with_supervisor=with_supervisor)
    if with_supervisor:
        _comes_back(scene)
    else:
        _comes_back_or_is_swept(scene)


def answer_lost(scene: Scene) -> None:
    """The job is created, and the connection is reset before the response."""
    scene.simulator.faults.add(Fault("lost_answer", scene.kind.create, f"{scene.name}*"))
    scene.start()
    scene.wait("the job is created", lambda: scene.jobs, 180)
    since = now(scene)
    scene.wait_looked(since)
    scene.let_end_well()


def throttled(scene: Scene) -> None:
    """The first six responses to DescribeTrainingJob are ThrottlingException."""
    scene.simulator.faults.add(Fault("throttle", scene.kind.describe, f"{scene.name}*", times=6))
    scene.start()
    scene.wait_looked(0)
    scene.let_end_well()


def job_failed(scene: Scene) -> None:
    """The job fails with an AlgorithmError; Airflow retries the task."""
    scene.start()
    scene.wait_waiting()
    (job,) = scene.live
    scene.end(job, "AlgorithmError: exit code 1")
    scene.wait("a second job, or the end", lambda: len(scene.jobs) > 1 or scene.state in ENDED, 120)
    scene.let_end_well()


def job_stopped(scene: Scene) -> None:
    """Someone stops the job in the console; no retry is configured."""
    scene.start()
    scene.wait_waiting()
    (job,) = scene.live
    job.stop_requested = now(scene)
    scene.wait_ended()


def cleared(scene: Scene) -> None:
    """A user clears the task while it waits.

    On 3.0, which leaves a running task as `restarting`, the user clears it twice.
    """
    scene.start()
    scene.wait_waiting()
    _clear(scene)
    _clear_again(scene)
    scene.wait("a second job", lambda: len(scene.jobs) > 1, 120)
    scene.let_end_well()


def _clear_again(scene: Scene) -> None:
    """Airflow 3.0 does nothing more about a running task that was cleared, until it is cleared a second time."""
    if scene.deployment.version == "3.0" and scene.mode == "sync":
        scene.wait("Airflow has noticed", lambda: scene.state == "restarting", 60)
        time.sleep(60)
        assert scene.state == "restarting", "Airflow 3.0 goes on by itself now"
        _clear(scene)


def lost_and_cleared(scene: Scene) -> None:
    """The task's process and its supervisor get SIGKILL, and a user clears the task before Airflow notices.

    On 3.0, which leaves the task as `restarting`, the user clears it twice.
    """
    scene.start()
    scene.wait_waiting()
    scene.kill(with_supervisor=True)
    _clear(scene)
    _clear_again(scene)
    if scene.deployment.version == "3.1" and scene.retries:
        _comes_back(scene)
        return
    scene.wait("a second job", lambda: len(scene.jobs) > 1, 240)
    scene.let_end_well()


def run_deleted(scene: Scene) -> None:
    """A user deletes the DAG run while its task waits."""
    scene.start()
    scene.wait_waiting()
    scene.deployment.rest.delete_run(scene.dag_id, RUN_ID)


def name_freed(scene: Scene) -> None:
    """Another job has the name, and is deleted after this task has taken the next name; then the worker is lost."""
    account = scene.simulator.account
    scene.kind.start(account, scene.kind.request(scene.name))
    (others,) = scene.jobs
    scene.end(others)
    scene.start()
    scene.wait_waiting()
    scene.kind.delete(account, scene.name)
    scene.kill(with_supervisor=True)
    _comes_back(scene)


def left_over(scene: Scene) -> None:
    """A try hangs before it creates its job; the job of the next and last try fails; then the first try continues."""
    refused = Fault("throttle", scene.kind.create, f"{scene.name}*", times=10_000)
    scene.simulator.faults.add(refused)
    scene.start()
    scene.wait("the task tries to create its job", lambda: _refused(scene) and scene.task.get("pid"), 180)
    scene.tried = scene.task["try_number"]
    paused = scene.deployment.pause_task(scene.task["pid"])
    try:
        scene.wait("the next try", lambda: scene.task["try_number"] > scene.tried, 240)
        scene.simulator.faults.clear()
        scene.wait("its job", lambda: scene.live, 180)
        (job,) = scene.live
        scene.end(job, "AlgorithmError: exit code 1")
        scene.wait_ended()
    finally:
        for process in paused:
            with suppress(psutil.Error):
                process.resume()
    time.sleep(90)


def _refused(scene: Scene) -> bool:
    return any(call.operation == scene.kind.create and call.name == scene.name for call in scene.simulator.calls)


def not_waited_for_and_cleared(scene: Scene) -> None:
    """The task succeeds without waiting for its job; then a user clears the task while the job is still running."""
    scene.start()
    scene.wait_ended()
    # Airflow ends the run a moment after its task, and forgets a clear in between.
    rest = scene.deployment.rest
    scene.wait("the run has ended", lambda: rest.run_state(scene.dag_id, RUN_ID) in ENDED, 60)
    _clear(scene)
    scene.wait("a second job", lambda: len(scene.jobs) > 1, 180)
    scene.wait_ended()


def _clear(scene: Scene) -> None:
    if scene.deployment.rest.airflow_2 and scene.mode == "sync":
        # The API of Airflow 2.11 neither ends nor repeats a running task; its UI and command line do.
        scene.deployment.command("tasks", "clear", scene.dag_id, "-y", "-t", TASK, "-s", DATE, "-e", DATE)
    else:
        scene.deployment.rest.clear(scene.dag_id, RUN_ID)


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
    mark_failed(scene)


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


def component_ended(scene: Scene) -> None:
    """The part of the scene after the component has ended and been started again."""
    since = now(scene)
    if scene.mode == "deferred":
        scene.wait_looked(since)
    else:
        scene.wait_back(since)
    scene.let_end_well()


LONGEST_WAIT, AWAY = 150, 30


def overdue_after_restart(scene: Scene) -> None:
    """The longest wait is over, counted from the job's creation and not from the triggerer's restart."""
    scene.wait_ended()
    (job,) = scene.jobs
    waited = (job.stop_requested or now(scene)) - job.created
    assert LONGEST_WAIT <= waited < LONGEST_WAIT + AWAY, f"stopped after {waited:.0f} seconds"


EVENTS = {
    # Airflow 3.3 itself does not enforce it while a task is deferred.
    "execution_timeout": Event(
        timeout,
        STOPPED,
        retries=0,
        arguments={"execution_timeout": 60},
        what="The task reaches its `execution_timeout`; no retry is left.",
    ),
    "dagrun_timeout": Event(
        timeout,
        replace(STOPPED, state="skipped"),
        dag_arguments={"dagrun_timeout": 90},
        what="The run reaches its `dagrun_timeout`.",
    ),
    # The LocalExecutor of 3.0 ignores the signal, and everything continues.
    "worker_told_to_end": Event(worker_told_to_end, ATTACHED, ("sync",), ("3.3", "2.11")),
    "task_told_to_end": Event(task_told_to_end, ATTACHED, ("sync",)),
    "worker_told_to_end_at_last_try": Event(
        worker_told_to_end_at_last_try,
        STOPPED,
        ("sync",),
        ("3.3", "2.11"),
        retries=0,
        what="The supervisor of the task gets SIGTERM; no retry is left.",
    ),
    "worker_lost_at_last_try": Event(
        worker_lost_at_last_try,
        STOPPED,
        ("sync",),
        ALL,
        retries=0,
        what="The task's process and its supervisor get SIGKILL while the task waits; no retry is left.",
    ),
    "worker_killed_at_last_try": Event(
        worker_killed_at_last_try,
        STOPPED,
        ("sync",),
        retries=0,
        what="The task's process gets SIGKILL while the task waits; no retry is left. On Airflow 3, which then "
        "runs no code, followed by `trainspec sweep --stop`.",
    ),
    "worker_killed_and_swept_by_dag": Event(
        worker_killed_and_swept_by_dag,
        STOPPED,
        ("sync",),
        ("3.3",),
        retries=0,
        what="The task's process gets SIGKILL while the task waits; no retry is left. Followed by the sweep DAG.",
    ),
    "marked_failed_between_tries": Event(
        marked_failed_between_tries, STOPPED, ("sync",), arguments={"retry_delay": 600}
    ),
    "not_waited_for": Event(not_waited_for, Counts(1, 1, 0, 1, "success"), arguments={"wait_for_completion": False}),
    "throttled": Event(throttled, ATTACHED),
    # Airflow 3.0 and 3.1 call the failure callback although the task is retried.
    "worker_lost": Event(worker_lost, ATTACHED, ("sync",), ALL),
    "worker_lost_creating": Event(worker_lost_creating, ATTACHED),
    "worker_killed": Event(worker_killed, ATTACHED, ("sync",), elsewhere={"3.0": STOPPED}),
    "worker_killed_creating": Event(worker_killed_creating, ATTACHED, elsewhere={"3.0": STOPPED}),
    "answer_lost": Event(answer_lost, ATTACHED),
    "cleared": Event(cleared, Counts(2, 1, 1, 0, "success"), versions=ALL),
    # Airflow 3.1 leaves no trace of this clear except at the last try: see the table of what identifies a task run.
    "lost_and_cleared": Event(
        lost_and_cleared, Counts(2, 1, 1, 0, "success"), ("sync",), ALL, retries=1, elsewhere={"3.1": ATTACHED}
    ),
    "lost_and_cleared_at_last_try": Event(
        lost_and_cleared,
        Counts(2, 1, 1, 0, "success"),
        ("sync",),
        ALL,
        retries=0,
        what="The task's process and its supervisor get SIGKILL on the last try, and a user clears the task before "
        "Airflow notices. On 3.0, which leaves the task as `restarting`, the user clears it twice.",
    ),
    # Airflow 3 rejects the deletion of a run that is running.
    "run_deleted": Event(run_deleted, replace(STOPPED, state="deleted"), ("sync",), ("2.11",)),
    "name_freed": Event(name_freed, ATTACHED, ("sync",), arguments={"action_if_job_exists": "increment"}, stock=False),
    # The stock operator gives up after the errors that hold a try here: it never stands still before its job.
    "left_over": Event(left_over, Counts(1, 1, 0, 0, "failed"), ("sync",), retries=1, stock=False),
    "not_waited_for_and_cleared": Event(
        not_waited_for_and_cleared,
        Counts(2, 1, 1, 1, "success"),
        ("sync",),
        arguments={"wait_for_completion": False},
    ),
    "cleared_finished": Event(cleared_finished, Counts(2, 1, 0, 0, "success"), retries=0),
    "marked_failed": Event(marked_failed, STOPPED, versions=ALL),
    "marked_success": Event(marked_success, replace(STOPPED, state="success"), versions=ALL),
    "run_failed": Event(run_failed, STOPPED),
    "job_failed": Event(job_failed, Counts(2, 1, 0, 0, "success")),
    "job_stopped": Event(job_stopped, STOPPED, retries=0),
    "triggerer_killed": Event(
        component_ended,
        ATTACHED,
        ("deferred",),
        kills="triggerer",
        what="The triggerer gets SIGKILL and is restarted.",
    ),
    "triggerer_replaced": Event(
        component_ended,
        ATTACHED,
        ("deferred",),
        replaces="triggerer",
        what="The triggerer gets SIGTERM and is restarted.",
    ),
    "scheduler_killed": Event(
        component_ended,
        ATTACHED,
        kills="scheduler",
        what="The scheduler and the tasks that it runs get SIGKILL, and the scheduler is restarted.",
    ),
    "scheduler_replaced": Event(
        component_ended,
        ATTACHED,
        replaces="scheduler",
        what="The scheduler gets SIGTERM, which also ends the tasks that it runs, and is restarted.",
    ),
    "marked_failed_while_triggerer_away": Event(
        marked_failed_away,
        STOPPED,
        ("deferred",),
        kills="triggerer",
        while_away=mark_failed,
        what="A user marks the task as failed while the triggerer is down. On 2.11, which forgets the trigger, "
        "followed by `trainspec sweep --stop`.",
    ),
    "marked_failed_and_swept_by_dag": Event(
        marked_failed_away_and_swept_by_dag,
        STOPPED,
        ("deferred",),
        ("2.11",),
        kills="triggerer",
        while_away=mark_failed,
        what="A user marks the task as failed while the triggerer is down. Followed by the sweep DAG.",
    ),
    "overdue_after_restart": Event(
        overdue_after_restart,
        STOPPED,
        ("deferred",),
        retries=0,
        arguments={"max_attempts": LONGEST_WAIT},
        kills="triggerer",
        while_away=lambda _: time.sleep(AWAY),
        what="`max_attempts * check_interval` has passed, and the triggerer was down for part of that time; no "
        "retry is left.",
    ),
}
