"""Which pairs of features are tried: 60 without `--pairs`."""

import pytest
from families import FEATURES, names


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pairs", default="60", help="how many pairs of features to try, or `all`")


@pytest.fixture
def pairs(request: pytest.FixtureRequest) -> list[str]:
    found = [name for name in names() if name not in FEATURES]
    wanted = request.config.getoption("--pairs", "60")
    count = len(found) if wanted == "all" else min(int(wanted), len(found))
    return [found[index * len(found) // count] for index in range(count)]
