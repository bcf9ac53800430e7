"""A simulated SageMaker over HTTP, which the AWS configuration of the test's process points to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from local_helpers import QUICK, aws_settings
from trainspec.simulator import Plan, Simulator


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Simulator]:
    with Simulator(plan=Plan(QUICK)) as simulator:
        for name, value in aws_settings(simulator.url).items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield simulator
