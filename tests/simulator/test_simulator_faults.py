"""Faults as boto3 sees them, and how the journal reports them afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from simulator_helpers import request
from trainspec.simulator import Fault, ManualClock, Simulator
from trainspec.simulator.faults import Faults


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(clock=ManualClock()) as running:
        yield running


def create(simulator: Simulator, attempts: int, name: str = "churn") -> str:
    """Create a job; returns the error's code or class name, "" for a response without an ARN, or the ARN."""
    client = simulator.client(config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}))
    try:
        return str(client.create_training_job(**request(name)).get("TrainingJobArn", ""))
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    except BotoCoreError as error:
        return type(error).__name__


ARN = "arn:aws:sagemaker:us-east-1:123456789012:training-job/churn"
# kind, attempts → what the client gets, the journal's (error, fault) lines, whether the job exists
SHOWN: list[tuple[Any, int, str, list[tuple[str | None, str | None]], bool]] = [
    ("throttle", 1, "ThrottlingException", [("ThrottlingException", "throttle")], False),
    ("throttle", 2, ARN, [("ThrottlingException", "throttle"), (None, None)], True),
    ("internal", 1, "InternalFailure", [("InternalFailure", "internal")], False),
    ("unavailable", 1, "ServiceUnavailable", [("ServiceUnavailable", "unavailable")], False),
    ("expired", 2, "ExpiredTokenException", [("ExpiredTokenException", "expired")], False),
    ("denied", 2, "AccessDeniedException", [("AccessDeniedException", "denied")], False),
    ("reset", 1, "ConnectionClosedError", [("ConnectionReset", "reset")], False),
    ("reset", 2, ARN, [("ConnectionReset", "reset"), (None, None)], True),
    ("lost_answer", 1, "ConnectionClosedError", [(None, "lost_answer")], True),
    ("lost_answer", 2, "ResourceInUse", [(None, "lost_answer"), ("ResourceInUse", None)], True),
    ("cut_answer", 2, "", [(None, "cut_answer")], True),
    ("slow", 1, ARN, [(None, "slow")], True),
]


@pytest.mark.parametrize(("kind", "attempts", "outcome", "journal", "exists"), SHOWN)
def test_what_a_client_meets(
    simulator: Simulator,
    kind: Any,
    attempts: int,
    outcome: str,
    journal: list[tuple[str | None, str | None]],
    exists: bool,
) -> None:
    simulator.faults.add(Fault(kind, operation="Create*", seconds=0.05))
    assert create(simulator, attempts) == outcome
    assert [(call.error, call.fault) for call in simulator.calls] == journal
    assert [job.name for job in simulator.jobs] == ["churn"] * exists
    assert simulator.faults.pending() == []


TAKES: list[tuple[list[Fault], list[tuple[str, str]], list[str | None]]] = [
    ([Fault("reset")], [("A", "x"), ("A", "x")], ["reset", None]),
    ([Fault("reset", times=2)], [("A", "x"), ("B", "y"), ("A", "x")], ["reset", "reset", None]),
    ([Fault("reset", skip=1)], [("A", "x"), ("A", "x"), ("A", "x")], [None, "reset", None]),
    ([Fault("reset", operation="B")], [("A", "x"), ("B", "x")], [None, "reset"]),
    ([Fault("reset", name="y*")], [("A", "x"), ("A", "yes")], [None, "reset"]),
    ([Fault("reset"), Fault("slow")], [("A", "x"), ("A", "x")], ["reset", "slow"]),
    ([Fault("reset", skip=1), Fault("slow")], [("A", "x"), ("A", "x")], ["slow", "reset"]),
]


@pytest.mark.parametrize(("faults", "calls", "shown"), TAKES)
def test_which_call_gets_which_fault(
    faults: list[Fault], calls: list[tuple[str, str]], shown: list[str | None]
) -> None:
    pending = Faults()
    for fault in faults:
        pending.add(fault)
    taken = [pending.take(*call) for call in calls]
    assert [fault and fault.kind for fault in taken] == shown


@pytest.mark.parametrize("fields", [{"times": 0}, {"skip": -1}, {"seconds": -1}, {"kind": "flood"}, {"name": 3}])
def test_faults_that_make_no_sense(fields: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Fault(**{"kind": "reset", **fields})


def test_cleared_faults_are_not_shown(simulator: Simulator) -> None:
    simulator.faults.add(Fault("denied", times=100))
    simulator.faults.clear()
    assert create(simulator, 1) == ARN
