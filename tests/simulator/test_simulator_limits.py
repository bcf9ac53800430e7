"""Lag, quotas and rates, as boto3 sees them."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from simulator_helpers import refusal, request
from trainspec.simulator import Fault, ManualClock, Rate, Simulator

QUIET = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def simulator(clock: ManualClock) -> Iterator[Simulator]:
    with Simulator(clock=clock) as running:
        yield running


@pytest.fixture
def client(simulator: Simulator) -> Any:
    return simulator.client(config=QUIET)


def test_a_new_job_is_known_to_nobody_but_create_for_a_while(
    simulator: Simulator, clock: ManualClock, client: Any
) -> None:
    simulator.limits.lag = 5
    arn = client.create_training_job(**request())["TrainingJobArn"]
    looks = [
        (client.describe_training_job, {"TrainingJobName": "churn"}),
        (client.stop_training_job, {"TrainingJobName": "churn"}),
        (client.list_tags, {"ResourceArn": arn}),
    ]
    clock.advance(4.9)
    assert {refusal(call, **params)[1] for call, params in looks} == {"Requested resource not found."}
    assert client.list_training_jobs()["TrainingJobSummaries"] == []
    assert refusal(client.create_training_job, **request())[0] == "ResourceInUse"
    clock.advance(0.1)
    assert {refusal(call, **params) for call, params in looks} == {("", "")}
    assert len(client.list_training_jobs()["TrainingJobSummaries"]) == 1


GROUPS = {"InstanceGroups": [{"InstanceGroupName": "a", "InstanceType": "ml.m5.large", "InstanceCount": 2}]}
PREFERENCES = {"InstancePreferences": [{"InstanceType": "ml.m5.large"}], "InstanceCount": 2}
OTHERS = {"InstanceType": "ml.m5.xlarge", "InstanceCount": 9}


@pytest.mark.parametrize(
    ("resources", "fits"), [({}, False), (GROUPS, False), (PREFERENCES, False), (OTHERS, True)], ids=str
)
def test_a_quota_counts_the_instances_in_use(
    simulator: Simulator, clock: ManualClock, client: Any, resources: dict[str, Any], fits: bool
) -> None:
    simulator.limits.quotas = {"ml.m5.large": 3}
    client.create_training_job(**request("first"))
    second = request("second")
    second["ResourceConfig"] = {**resources, "VolumeSizeInGB": 10} if resources else second["ResourceConfig"]
    code, message = refusal(client.create_training_job, **second)
    assert code == ("" if fits else "ResourceLimitExceeded")
    assert fits or "'ml.m5.large for training job usage' is 3 Instances, with current utilization of 2" in message
    clock.advance(1000)
    assert refusal(client.create_training_job, **{**second, "TrainingJobName": "third"}) == ("", "")


def test_a_rate_refills(simulator: Simulator, clock: ManualClock, client: Any) -> None:
    simulator.limits.set_rates(Rate(0.5, burst=2, operation="Describe*"))
    client.create_training_job(**request())
    code = "ThrottlingException"
    seen = []
    for seconds in (0, 0, 0, 1, 1, 0, 60, 0, 0):
        clock.advance(seconds)
        seen.append(refusal(client.describe_training_job, TrainingJobName="churn")[0])
    assert seen == ["", "", code, code, "", code, "", "", code]
    assert [call.fault for call in simulator.calls if call.error] == ["throttle"] * 4


@pytest.mark.parametrize(("per_second", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_rates_that_make_no_sense(per_second: float, burst: int) -> None:
    with pytest.raises(ValueError, match="a rate allows"):
        Rate(per_second, burst)


def test_reset_forgets_all_but_the_port(simulator: Simulator, client: Any) -> None:
    client.create_training_job(**request())
    simulator.faults.add(Fault("denied", times=9))
    simulator.limits.lag, simulator.limits.quotas = 100, {"ml.m5.large": 0}
    simulator.limits.set_rates(Rate(0.001))
    simulator.reset()
    assert (simulator.jobs, simulator.calls) == ([], [])
    assert refusal(client.create_training_job, **request()) == ("", "")
    assert refusal(client.describe_training_job, TrainingJobName="churn") == ("", "")
    assert [call.number for call in simulator.calls] == [1, 2]
