"""Tests in a real Airflow, run by their own command: `pytest tests/airflow [--airflow 2.11]`.

Plain `pytest` leaves them out: they install Airflow (about 700 MB) the first time, and take minutes.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from environment import VERSIONS, Airflow, ready
from trainspec.simulator import Outcome, Plan, Simulator

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--airflow", action="append", choices=VERSIONS, help="Airflow to run in; may be repeated")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in asked) else True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "airflow" in metafunc.fixturenames:
        versions = metafunc.config.getoption("airflow") or VERSIONS[:1]
        metafunc.parametrize("airflow", versions, indirect=True, scope="session")


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    with Simulator(plan=Plan(Outcome(0.5, 0.5, 0.5, 0.5))) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def airflow(request: pytest.FixtureRequest, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    return ready(request.param, tmp_path_factory.mktemp("airflow"), simulator.url)
