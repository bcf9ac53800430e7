"""How many schedules: all of a CI run for `pytest tests/model`, a few if the complete suite runs."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stand_in
from botocore import UNSIGNED
from botocore.config import Config
from trainspec.simulator import ManualClock, Simulator

stand_in.install()

HERE = Path(__file__).parent
FEW, MANY = 100, 2500


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Split the schedules into batches with a seed each: a long run can be watched, and repeated in part."""
    if "batch" not in metafunc.fixturenames:
        return
    config = metafunc.config
    named = [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]
    count = MANY if any(path.is_relative_to(HERE) for path in named) else FEW
    count, first = int(os.environ.get("TRAINSPEC_SCHEDULES", count)), int(os.environ.get("TRAINSPEC_SEED", "0"))
    batches = [(first + done // MANY, min(MANY, count - done)) for done in range(0, count, MANY)]
    metafunc.parametrize(("batch_seed", "batch"), batches, ids=[f"seed{seed}" for seed, _ in batches])


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    with Simulator(clock=ManualClock()) as running:
        yield running


@pytest.fixture(scope="session")
def client(simulator: Simulator) -> Any:
    quick = Config(retries={"total_max_attempts": 1}, parameter_validation=False, signature_version=UNSIGNED)
    return simulator.client(config=quick)
