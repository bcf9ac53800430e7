"""One job, although workers are lost and replaced: CeleryExecutor, PostgreSQL, Redis, two workers."""

from scene import Counts, Scene, now
from trainspec.simulator import Fault

ONE_JOB = Counts(1, 1, 0, 0, "success")


def _worker(scene: Scene) -> str:
    """The worker whose process runs the task now."""
    task = scene.task
    scene.tried = task["try_number"]
    return scene.deployment.component_of(task["pid"])


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
    """SIGTERM is Celery's warm shutdown: the worker takes no more tasks, and ends when its last one has."""
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
    """As Kubernetes does it: SIGTERM, and SIGKILL for all that is left when the grace period is over."""
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
