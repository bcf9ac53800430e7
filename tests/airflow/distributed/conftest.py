"""A distributed Airflow, by its own command: `pytest tests/airflow/distributed [--airflow 2.11]`."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from deployment import Deployment, deployed
from environment import VERSIONS
from job_kinds import CONFIG, ENDLESS
from scene import OURS, RUN_ID, Scene, dag_file
from trainspec.simulator import Plan, Simulator
from trainspec.simulator.jobs import Job

HERE = Path(__file__).parent
MANY = 100
DAG_OF_MANY = """
try:
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
from trainspec.runtime import TrainingJobOperator

with DAG(dag_id="{dag_id}", schedule=None, is_paused_upon_creation=True, max_active_tasks=1):
    TrainingJobOperator.partial(task_id="train", deferrable=True).expand(config=[{{}} for _ in range({many})])
"""
SCENES = {"lost": "sync", "lost_creating": "deferred", "warm": "sync", "grace_over": "sync", "redelivered": "sync"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in asked) else True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "celery" in metafunc.fixturenames:
        versions = metafunc.config.option.airflow or VERSIONS[:1]
        metafunc.parametrize("celery", versions, indirect=True, scope="session")


@pytest.fixture(scope="session")
def celery(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Scene]]:
    """The scenes, not yet started, in an Airflow with the CeleryExecutor, PostgreSQL, Redis and two workers."""
    home = tmp_path_factory.mktemp("airflow")
    with Simulator() as simulator, deployed(request.param, home, simulator.url, workers=2) as deployment:
        yield _scenes(deployment, simulator)


@pytest.fixture(params=["failed", "success", "cleared"])
def many(request: pytest.FixtureRequest, celery: dict[str, Scene]) -> tuple[str, list[Job]]:
    """A run whose mapped task waits in the triggerer, in `MANY` instances with a job each; the DAG's id, and the jobs.

    Its DAG is named after what is done to it, and paused.
    """
    scene = next(iter(celery.values()))
    dag_id = f"many-{request.param}"
    (scene.deployment.airflow.dags / f"{dag_id}.py").write_text(DAG_OF_MANY.format(dag_id=dag_id, many=MANY))
    scene.deployment.wait_dags({dag_id})
    scene.deployment.command("dags", "trigger", "--run-id", RUN_ID, dag_id)
    assert isinstance(scene.simulator.plan, Plan)
    scene.simulator.plan.add(f"{dag_id}-*", ENDLESS)
    for number in range(MANY):
        scene.simulator.account.create("us-east-1", {**CONFIG, "TrainingJobName": f"{dag_id}-{number}"})
    scene.deployment.python(str(HERE.parent / "inside.py"), "defer", dag_id, "1", str(time.time()))
    return dag_id, [job for job in scene.simulator.jobs if job.name.startswith(f"{dag_id}-")]


def _scenes(deployment: Deployment, simulator: Simulator) -> dict[str, Scene]:
    scenes = {name: Scene(deployment, simulator, name, OURS, mode) for name, mode in SCENES.items()}
    scenes["redelivered"].arguments = {"queue": "own"}  # of workers that the test itself starts
    (deployment.airflow.dags / "scenes.py").write_text(dag_file(list(scenes.values())))
    deployment.wait_dags(set(scenes))
    return scenes
