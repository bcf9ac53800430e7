"""What tests/model found: each schedule shrunk as far as possible, and played by hand."""

from contextlib import suppress

import pytest
from runtime_helpers import REQUEST, RUN, SERVERLESS, CrashError, DyingClient, World
from trainspec.runtime.engine.policy import Policy
from trainspec.runtime.engine.problems import Kind, TrainingProblem
from trainspec.simulator import Fault


def crashed_after_create(world: World, taken: int = 0) -> None:
    """Try 1 of the task run: the worker is lost when the job has been created, after `taken` names of others."""
    for name in ["churn", "churn-1"][:taken]:
        world.others_job(name)
    calls = taken + 3 if taken else 1
    with pytest.raises(CrashError):
        world.training(Policy("increment"), client=DyingClient(world.client, calls, after=True)).start()
    assert len(world.simulator.jobs) == taken + 1


@pytest.mark.parametrize("taken", [0, 1, 2])
@pytest.mark.parametrize("kind", ["expired", "denied"])
def test_a_try_that_may_not_create_finds_the_job_of_the_try_before(world: World, taken: int, kind: str) -> None:
    crashed_after_create(world, taken)
    world.simulator.faults.add(Fault(kind, "CreateTrainingJob"))  # type: ignore[arg-type]
    training = world.training(Policy("increment"), try_number=2)
    assert training.start().name == list(world.statuses())[-1]
    assert training.abandon(world.calls(patience=2))
    assert list(world.statuses().values()) == ["InProgress"] * taken + ["Stopping"]


@pytest.mark.parametrize("at", range(1, 6))
def test_a_retry_that_is_killed_before_it_finds_its_job_stops_it(world: World, at: int) -> None:
    crashed_after_create(world, taken=2)
    training = world.training(Policy("increment"), try_number=2, client=DyingClient(world.client, at, after=False))
    with suppress(CrashError):
        training.start()
    assert training.abandon(world.calls(patience=2))
    assert list(world.statuses().values()) == ["InProgress", "InProgress", "Stopping"]


def test_a_job_that_cannot_be_seen_yet_is_stopped_all_the_same(world: World) -> None:
    world.simulator.limits.lag = 1
    training = world.training()
    training.start()
    assert training.abandon(world.calls(patience=2))
    assert world.statuses() == {"churn": "Stopping"}


@pytest.mark.parametrize("lag", [0, 5])
def test_the_job_that_uses_the_quota_up_may_be_our_own(world: World, lag: float) -> None:
    world.simulator.limits.quotas = {"ml.m5.large": 1}
    world.simulator.limits.lag = lag
    world.simulator.faults.add(Fault("lost_answer", "CreateTrainingJob"))
    training = world.training()
    if lag:  # not visible yet, but it is known that it may exist
        with pytest.raises(TrainingProblem, match="quota is exhausted") as raised:
            training.start()
        assert raised.value.kind is Kind.RETRY
        assert training.abandon(world.calls())
        assert world.statuses() == {"churn": "Stopping"}
    else:
        assert training.start().name == "churn"
    assert len(world.simulator.jobs) == 1


@pytest.mark.parametrize("lost", ["lag", "cut_answer"])
def test_the_owner_of_a_serverless_job_is_asked_for_until_known(world: World, lost: str) -> None:
    made = world.training(request=SERVERLESS).start()
    if lost == "lag":
        world.simulator.limits.lag = 5
    else:
        world.simulator.faults.add(Fault("cut_answer", "ListTags"))
    assert world.training(request=SERVERLESS, try_number=2).start().name == made.name
    assert len(world.simulator.jobs) == 1


def test_an_expired_token_after_a_lost_answer_leaves_the_job_known(world: World) -> None:
    world.simulator.faults.add(Fault("lost_answer", "CreateTrainingJob"))
    world.simulator.faults.add(Fault("expired", "CreateTrainingJob"))
    training = world.training(run=RUN, request=REQUEST)
    with pytest.raises(TrainingProblem):
        training.start()
    assert training.abandon(world.calls())
    assert world.statuses() == {"churn": "Stopping"}
