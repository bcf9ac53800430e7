"""A simulated SageMaker whose clock only moves when the engine sleeps: tests take no time."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from runtime_helpers import World
from trainspec.simulator import ManualClock, Simulator


@pytest.fixture
def world() -> Iterator[World]:
    with Simulator(clock=ManualClock()) as simulator:
        client: Any = simulator.client(config=Config(retries={"total_max_attempts": 1}))
        yield World(simulator, client)
