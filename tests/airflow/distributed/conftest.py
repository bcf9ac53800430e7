"""A distributed Airflow, by its own command: `pytest tests/airflow/distributed [--airflow 2.11]`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from deployment import Deployment, deployed
from environment import VERSIONS
from scene import OURS, Scene, dag_file
from trainspec.simulator import Simulator

HERE = Path(__file__).parent
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


def _scenes(deployment: Deployment, simulator: Simulator) -> dict[str, Scene]:
    scenes = {name: Scene(deployment, simulator, name, OURS, mode) for name, mode in SCENES.items()}
    scenes["redelivered"].arguments = {"queue": "own"}  # of workers that the test starts for itself
    (deployment.airflow.dags / "scenes.py").write_text(dag_file(list(scenes.values())))
    deployment.wait_dags(set(scenes))
    return scenes
