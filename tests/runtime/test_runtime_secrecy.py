"""The values of a request are in no log, at no level."""

import logging
from collections.abc import Iterator

import pytest
from runtime_helpers import REQUEST, World
from trainspec.runtime.engine.boto_logs import mute_bodies
from trainspec.runtime.engine.failure import failure
from trainspec.runtime.engine.logs import JobLog
from trainspec.runtime.engine.problems import TrainingProblem
from trainspec.simulator import Fault, Outcome

SECRETS = ("sup3r-secret", "hyper-s3cret")
LOGGERS = ("botocore.auth", "botocore.endpoint", "botocore.parsers")


@pytest.fixture(autouse=True)
def levels_as_they_were() -> Iterator[None]:
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def run_through_everything(world: World) -> None:
    """A rejection, faults, a job that fails, its log."""
    request = {**REQUEST, "HyperParameters": {"epochs": "10", "phrase": SECRETS[1]}}
    with pytest.raises(TrainingProblem) as refused:
        world.training(request={**request, "RoleArn": SECRETS[0], "StoppingCondition": {}}).start()
    world.log.append(str(refused.value))
    world.simulator.account.choose = lambda *_: Outcome(failure="ClientError: bad data")
    for kind in ("throttle", "lost_answer", "cut_answer"):
        world.simulator.faults.add(Fault(kind, times=1, skip=1))
    job = world.run(request=request)
    world.log.append(failure(job, []).text)
    JobLog(world.simulator.client("logs"), job.name, lambda _: None).show()


def test_no_secret_at_debug(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mute_bodies()
    run_through_everything(world)
    said = caplog.text + "\n".join(world.log)
    assert "botocore" in caplog.text
    assert not [secret for secret in SECRETS if secret in said]


def test_boto_would_say_them(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """This shows that the test above can fail; and those who ask for bodies by name get them."""
    caplog.set_level(logging.DEBUG)
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    mute_bodies()
    run_through_everything(world)
    assert all(secret in caplog.text for secret in SECRETS)
