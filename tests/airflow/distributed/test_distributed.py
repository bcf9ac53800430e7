"""One job, although workers are lost and replaced: CeleryExecutor, PostgreSQL, Redis, two workers."""

import re
import sys
import time
from collections import Counter

from scene import RUN_ID, Counts, Scene, now
from services import wait_until
from trainspec.simulator import Fault
from trainspec.simulator.jobs import Job

ONE_JOB = Counts(1, 1, 0, 0, "success")
VISIBILITY_TIMEOUT = 10
# What a worker logs about a delivery that Airflow has rejected; 2.11 writes the reason to the task's own log.
REFUSED = {"3.3": "ignored", "2.11": "succeeded"}


def _worker(scene: Scene) -> str:
    """The worker whose process is running the task."""
    task = scene.task
    scene.tried = task["try_number"]
    return scene.deployment.component_of(task["pid"])


def _wait_said(scene: Scene, component: str, text: str) -> None:
    scene.wait(f"{component} says {text}", lambda: text in scene.deployment.output(component), 120)


def _replaced(scene: Scene, worker: str) -> None:
    scene.deployment.start(worker)


def test_a_worker_is_lost_while_it_waits(celery: dict[str, Scene]) -> None:
    scene = celery["lost"]
    scene.start()
    scene.wait_waiting()
    worker, since = _worker(scene), now(scene)
    scene.deployment.kill(worker)
    scene.wait_back(since)
    lost = scene.tried
    assert _worker(scene) != worker
    scene.let_end_well()
    assert scene.counts() == ONE_JOB
    assert scene.task["try_number"] == lost + 1
    _replaced(scene, worker)


def test_a_worker_is_lost_while_it_creates_the_job(celery: dict[str, Scene]) -> None:
    scene = celery["lost_creating"]
    scene.simulator.faults.add(Fault("slow", "CreateTrainingJob", f"{scene.name}*", seconds=60))
    scene.start()
    scene.wait("the job is created", lambda: scene.jobs, 120)
    worker, since = _worker(scene), now(scene)
    scene.deployment.kill(worker)
    scene.wait_back(since)
    scene.let_end_well()
    assert scene.counts() == ONE_JOB
    assert scene.task["try_number"] == scene.tried + 1
    _replaced(scene, worker)


def test_a_worker_is_replaced_and_may_finish(celery: dict[str, Scene]) -> None:
    """SIGTERM is Celery's warm shutdown: the worker takes no more tasks, and ends when its last task has ended."""
    scene = celery["warm"]
    scene.start()
    scene.wait_waiting()
    worker, since = _worker(scene), now(scene)
    ending = scene.deployment.terminate(worker)
    _replaced(scene, worker)
    scene.wait_looked(since + 5)
    assert ending.poll() is None
    scene.let_end_well()
    assert scene.counts() == ONE_JOB
    assert scene.task["try_number"] == scene.tried
    assert ending.wait(60) == 0


def test_a_worker_is_replaced_and_its_grace_is_over(celery: dict[str, Scene]) -> None:
    """As in Kubernetes: SIGTERM, and SIGKILL for all that is left when the grace period is over."""
    scene = celery["grace_over"]
    scene.start()
    scene.wait_waiting()
    worker, since = _worker(scene), now(scene)
    scene.deployment.terminate(worker, kill_after=5)
    _replaced(scene, worker)
    scene.wait_back(since)
    scene.let_end_well()
    assert scene.counts() == ONE_JOB
    assert scene.task["try_number"] == scene.tried + 1


def test_a_task_is_delivered_again_while_it_runs(celery: dict[str, Scene]) -> None:
    """A task that runs longer than the visibility timeout is delivered to a second worker. Airflow rejects that one.

    Two workers with their own queue and one slot each: the one that runs the task cannot be the one that gets it again.
    Redis is checked for overdue tasks when a worker starts, and then every 100 seconds.
    """
    scene = celery["redelivered"]
    deployment = scene.deployment
    arguments = ("--queues", scene.arguments["queue"], "--concurrency", "1")
    own = {"celery_broker_transport_options.visibility_timeout": VISIBILITY_TIMEOUT}
    deployment.start("worker-3", *arguments, own=own)
    scene.start()
    scene.wait_waiting()
    assert _worker(scene) == "worker-3"
    received = re.findall(r"Task \w+\[(\S+)\] received", deployment.output("worker-3"))
    assert len(received) == 1
    time.sleep(VISIBILITY_TIMEOUT)
    deployment.start("worker-4", *arguments, own=own)
    _wait_said(scene, "worker-4", f"[{received[0]}] received")
    _wait_said(scene, "worker-4", f"[{received[0]}] {REFUSED[deployment.version]}")
    scene.wait_looked(now(scene) + 10)
    assert (scene.state, scene.task["try_number"]) == ("running", scene.tried)
    assert _worker(scene) == "worker-3"
    scene.let_end_well()
    assert scene.counts() == ONE_JOB
    assert scene.task["try_number"] == scene.tried


def test_a_run_of_many_deferred_tasks_is_ended_at_once(celery: dict[str, Scene], many: tuple[str, list[Job]]) -> None:
    """A user marks the run of a hundred deferred points, or clears it: each job is stopped by its own trigger."""
    dag_id, jobs = many
    scene = celery["lost"]
    rest = scene.deployment.rest
    since = now(scene)

    def triggerers() -> list[object]:
        path = f"/dags/{dag_id}/dagRuns/{RUN_ID}/taskInstances?limit={len(jobs)}"
        tasks = rest.call("GET", path)["task_instances"]
        return [task["trigger"] and task["trigger"]["triggerer_id"] for task in tasks]

    wait_until("the triggerer has them all", lambda: all(triggerers()), 60)
    time.sleep(2)  # between its name in the row and the trigger's start, a kill reaches nobody
    asked = time.monotonic()
    if dag_id == "many-cleared":  # Airflow informs the triggerer only when the tasks are scheduled
        rest.unpause(dag_id)
        rest.clear(dag_id, RUN_ID)
    else:
        rest.set_run_state(dag_id, RUN_ID, dag_id.removeprefix("many-"))
    wait_until("all jobs are stopped", lambda: all(job.stop_requested for job in jobs), 60)
    rest.unpause(dag_id, paused=True)
    sys.stdout.write(f"{dag_id}: {len(jobs)} jobs stopped within {time.monotonic() - asked:.1f} seconds\n")
    stops = [call for call in scene.simulator.journal.calls("StopTrainingJob") if call.time > since]
    assert Counter(call.name for call in stops) == Counter(job.name for job in jobs)
