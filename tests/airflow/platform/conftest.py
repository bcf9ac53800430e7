"""The platform's specs in a complete Airflow 3.3, by their own command: `pytest tests/airflow/platform`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Platform, ran

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", type=Path, help="a folder to keep the pictures of the user interface in")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in asked) else True


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with ran(tmp_path_factory.mktemp("airflow")) as platform:
        yield platform
