"""Training jobs over HTTP with boto3, with a clock that the test advances."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from simulator_helpers import REQUEST, refusal, request
from trainspec.simulator import ManualClock, Outcome, Plan, Simulator

START = 1_750_000_000
SECONDS = Outcome(starting=10, downloading=20, training=100, uploading=5, stopping=7)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def simulator(clock: ManualClock) -> Iterator[Simulator]:
    with Simulator(clock=clock, plan=Plan(SECONDS)) as running:
        yield running


@pytest.fixture
def client(simulator: Simulator) -> Any:
    return simulator.client()


LIFE = [
    (0, "InProgress", "Starting"),
    (9.9, "InProgress", "Starting"),
    (10, "InProgress", "Downloading"),
    (30, "InProgress", "Training"),
    (130, "InProgress", "Uploading"),
    (134.9, "InProgress", "Uploading"),
    (135, "Completed", "Completed"),
    (1e6, "Completed", "Completed"),
]


@pytest.mark.parametrize(("after", "status", "secondary"), LIFE)
def test_phases_follow_the_clock(client: Any, clock: ManualClock, after: float, status: str, secondary: str) -> None:
    client.create_training_job(**REQUEST)
    clock.advance(after)
    described = client.describe_training_job(TrainingJobName="churn")
    assert (described["TrainingJobStatus"], described["SecondaryStatus"]) == (status, secondary)
    transitions = described["SecondaryStatusTransitions"]
    assert transitions[-1]["Status"] == secondary
    assert [step["EndTime"] for step in transitions[:-1]] == [step["StartTime"] for step in transitions[1:]]
    assert all(step["StatusMessage"] for step in transitions)
    assert described["LastModifiedTime"] == transitions[-1]["StartTime"]


def test_a_completed_job_tells_everything(client: Any, clock: ManualClock) -> None:
    arn = client.create_training_job(**REQUEST)["TrainingJobArn"]
    clock.advance(200)
    described = client.describe_training_job(TrainingJobName="churn")
    assert arn == described["TrainingJobArn"] == "arn:aws:sagemaker:us-east-1:123456789012:training-job/churn"
    assert described["ModelArtifacts"] == {"S3ModelArtifacts": "s3://models/churn/churn/output/model.tar.gz"}
    assert [
        described[time].timestamp() - START for time in ("CreationTime", "TrainingStartTime", "TrainingEndTime")
    ] == [
        0,
        10,
        135,
    ]
    assert (described["TrainingTimeInSeconds"], described["BillableTimeInSeconds"]) == (125, 125)
    (metric,) = described["FinalMetricDataList"]
    assert metric["MetricName"] == "loss"
    assert 0 <= metric["Value"] <= 1
    sent = {member: value for member, value in REQUEST.items() if member != "Tags"}
    sent["OutputDataConfig"] = {"KmsKeyId": "", **REQUEST["OutputDataConfig"]}
    assert {member: described[member] for member in sent} == sent
    assert "FailureReason" not in described


def test_an_answer_has_only_members_that_botocore_knows(simulator: Simulator, client: Any, clock: ManualClock) -> None:
    client.create_training_job(**request(SessionChainingConfig={"EnableSessionTagChaining": True}))
    for _ in range(3):
        clock.advance(70)
        answer = simulator_answer(simulator)
        known = client.meta.service_model.operation_model("DescribeTrainingJob").output_shape.members
        assert set(answer) - {"Tags"} <= set(known)


def simulator_answer(simulator: Simulator) -> dict[str, Any]:
    from trainspec.simulator.jobs import describe

    (job,) = simulator.jobs
    return describe(job, simulator.clock.now())


OUTPUTS = [
    ({"S3OutputPath": "s3://b-1"}, "s3://b-1/churn/output/model.tar.gz"),
    ({"S3OutputPath": "s3://b-1/p/"}, "s3://b-1/p/churn/output/model.tar.gz"),
    ({"S3OutputPath": "s3://b-1/p", "CompressionType": "NONE"}, "s3://b-1/p/churn/output/model/"),
]


@pytest.mark.parametrize(("output", "artifact"), OUTPUTS)
def test_where_the_model_lies(client: Any, clock: ManualClock, output: dict[str, str], artifact: str) -> None:
    client.create_training_job(**request(OutputDataConfig=output))
    clock.advance(200)
    described = client.describe_training_job(TrainingJobName="churn")
    assert described["ModelArtifacts"]["S3ModelArtifacts"] == artifact


# what ends the job: request members, seconds until it is stopped (None: never); its end, and when
ENDS: list[tuple[dict[str, Any], float | None, str, float]] = [
    ({"StoppingCondition": {"MaxRuntimeInSeconds": 50}}, None, "MaxRuntimeExceeded", 10 + 50 + 7),
    ({"StoppingCondition": {"MaxRuntimeInSeconds": 120}}, None, "Completed", 135),
    (
        {
            "EnableManagedSpotTraining": True,
            "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 65},
        },
        None,
        "MaxWaitTimeExceeded",
        65 + 7,
    ),
    ({"StoppingCondition": {"MaxRuntimeInSeconds": 100}}, None, "MaxRuntimeExceeded", 117),
    ({}, 40, "Stopped", 47),
    ({}, 132, "Stopped", 139),
    ({"StoppingCondition": {"MaxRuntimeInSeconds": 50}}, 55, "Stopped", 62),
    ({"StoppingCondition": {"MaxRuntimeInSeconds": 50}}, 61, "MaxRuntimeExceeded", 67),
]


@pytest.mark.parametrize(("members", "stop_after", "secondary", "ends"), ENDS)
def test_limits_and_stops(
    client: Any, clock: ManualClock, members: dict[str, Any], stop_after: float | None, secondary: str, ends: float
) -> None:
    client.create_training_job(**request(**members))
    if stop_after is not None:
        clock.advance(stop_after)
        client.stop_training_job(TrainingJobName="churn")
        stopping = client.describe_training_job(TrainingJobName="churn")
        assert (stopping["TrainingJobStatus"], stopping["SecondaryStatus"]) == ("Stopping", "Stopping")
        client.stop_training_job(TrainingJobName="churn")
    clock.advance(1000)
    described = client.describe_training_job(TrainingJobName="churn")
    assert described["SecondaryStatus"] == secondary
    assert described["TrainingJobStatus"] == ("Completed" if secondary == "Completed" else "Stopped")
    assert described["TrainingEndTime"].timestamp() == START + ends


def test_a_job_stopped_before_its_instances_start_costs_nothing(client: Any, clock: ManualClock) -> None:
    client.create_training_job(**REQUEST)
    clock.advance(5)
    client.stop_training_job(TrainingJobName="churn")
    clock.advance(7)
    described = client.describe_training_job(TrainingJobName="churn")
    assert described["TrainingJobStatus"] == "Stopped"
    assert not {"TrainingStartTime", "BillableTimeInSeconds", "ModelArtifacts"} & set(described)


def test_spot_is_billed_less_than_it_trains(client: Any, clock: ManualClock) -> None:
    limits = {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200}
    client.create_training_job(**request(EnableManagedSpotTraining=True, StoppingCondition=limits))
    clock.advance(200)
    described = client.describe_training_job(TrainingJobName="churn")
    assert 0 < described["BillableTimeInSeconds"] < described["TrainingTimeInSeconds"]


def test_a_failing_job_says_why(simulator: Simulator, client: Any, clock: ManualClock) -> None:
    assert isinstance(simulator.plan, Plan)
    simulator.plan.add("bad-*", Outcome(training=3, failure="AlgorithmError: out of memory"))
    simulator.plan.add("never-*", Outcome(starting=4, failure="CapacityError", fails_in="Starting"))
    for name in ("bad-1", "never-1", "good-1"):
        client.create_training_job(**request(name))
    clock.advance(500)
    ends = {}
    for name in ("bad-1", "never-1", "good-1"):
        described = client.describe_training_job(TrainingJobName=name)
        ends[name] = (described["TrainingJobStatus"], described.get("FailureReason"), "ModelArtifacts" in described)
    assert ends == {
        "bad-1": ("Failed", "AlgorithmError: out of memory", True),
        "never-1": ("Failed", "CapacityError", False),
        "good-1": ("Completed", None, True),
    }


TAKEN = (
    "ResourceInUse",
    (
        "Training job names must be unique within an AWS account and region, and a training job with this name already "
        "exists (arn:aws:sagemaker:us-east-1:123456789012:training-job/churn)"
    ),
)


@pytest.mark.parametrize("after", [0, 50, 1e6])
def test_a_name_is_taken_for_good(client: Any, clock: ManualClock, after: float) -> None:
    client.create_training_job(**REQUEST)
    clock.advance(after)
    assert refusal(client.create_training_job, **REQUEST) == TAKEN


def test_names_are_taken_by_region(simulator: Simulator, client: Any) -> None:
    client.create_training_job(**REQUEST)
    for region, arn in [
        ("eu-west-1", "arn:aws:sagemaker:eu-west-1:123456789012:training-job/churn"),
        ("cn-north-1", "arn:aws-cn:sagemaker:cn-north-1:123456789012:training-job/churn"),
        ("us-gov-west-1", "arn:aws-us-gov:sagemaker:us-gov-west-1:123456789012:training-job/churn"),
    ]:
        elsewhere = simulator.client(region=region)
        assert refusal(elsewhere.describe_training_job, TrainingJobName="churn")[0] == "ValidationException"
        assert elsewhere.create_training_job(**REQUEST)["TrainingJobArn"] == arn


def test_one_of_twenty_wins_the_name(simulator: Simulator) -> None:
    clients = [simulator.client() for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(lambda client: refusal(client.create_training_job, **REQUEST)[0], clients))
    assert sorted(codes) == ["", *["ResourceInUse"] * 19]
    assert len(simulator.jobs) == 1
    assert len(simulator.calls) == 20


@pytest.mark.parametrize("operation", ["describe_training_job", "stop_training_job"])
def test_a_job_that_nobody_created(client: Any, operation: str) -> None:
    answer = refusal(getattr(client, operation), TrainingJobName="nobody")
    assert answer == ("ValidationException", "Requested resource not found.")


def test_an_ended_job_cannot_be_stopped(client: Any, clock: ManualClock) -> None:
    client.create_training_job(**REQUEST)
    clock.advance(200)
    assert refusal(client.stop_training_job, TrainingJobName="churn") == (
        "ValidationException",
        "The request was rejected because the training job is in status Completed.",
    )


def test_tags(client: Any) -> None:
    arn = client.create_training_job(**REQUEST)["TrainingJobArn"]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "core"}, {"Key": "run", "Value": "1"}])
    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=arn)["Tags"]}
    assert tags == {"team": "core", "run": "1"}
    many = [{"Key": f"k{number}", "Value": ""} for number in range(49)]
    assert refusal(client.add_tags, ResourceArn=arn, Tags=many)[0] == "ResourceLimitExceeded"
    assert refusal(client.list_tags, ResourceArn=arn + "x") == ("ValidationException", "Requested resource not found.")


def test_boto3_waiter_sees_the_end(simulator: Simulator) -> None:
    client = simulator.client()
    client.create_training_job(**REQUEST)
    simulator.account.get("us-east-1", "churn").outcome = Outcome(0, 0, 0, 0)
    client.get_waiter("training_job_completed_or_stopped").wait(
        TrainingJobName="churn", WaiterConfig={"Delay": 1, "MaxAttempts": 1}
    )


def test_sts_says_who_one_is(simulator: Simulator) -> None:
    identity = simulator.client("sts").get_caller_identity()
    assert identity["Account"] == "123456789012"


HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (
            {
                "AlgorithmSpecification": {
                    "TrainingImage": XGBOOST,
                    "TrainingInputMode": "File",
                    "MetricDefinitions": [{"Name": "validation:auc", "Regex": "auc=([0-9.]+)"}],
                }
            },
            "You can't override the metric definitions for Amazon SageMaker algorithms",
        ),
        (
            {"AlgorithmSpecification": {"TrainingImage": f"https://{HOST}/mine:1", "TrainingInputMode": "File"}},
            "Invalid training image",
        ),
        (
            {"VpcConfig": {"Subnets": ["vpc-0a1b2c3d4e5f60718"], "SecurityGroupIds": ["sg-0a1b2c3d4e5f60718"]}},
            'Invalid id: "vpc-0a1b2c3d4e5f60718" (expecting "subnet-...")',
        ),
        ({"Tags": [{"Key": "aws:x", "Value": "y"}]}, "not allowed for external use: aws:x"),
        ({"OutputDataConfig": {"S3OutputPath": "s3://models/x", "KmsKeyId": "my-key"}}, "Invalid keyId 'my-key'"),
        (
            {"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 0, "VolumeSizeInGB": 0}},
            (
                "2 validation errors detected: Value '0' at 'resourceConfig.instanceCount' failed to satisfy "
                "constraint: Member must have value greater than or equal to 1; Value '0' at "
                "'resourceConfig.volumeSizeInGB'"
            ),
        ),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 2592000}},
            (
                "Value '2592000' at 'stoppingCondition.maxRuntimeInSeconds' failed to satisfy constraint: Member must "
                "have value less than or equal to 2419200"
            ),
        ),
        (
            {
                "AlgorithmSpecification": {
                    "TrainingImage": "173754725891.dkr.ecr.us-east-1.amazonaws.com/sagemaker-spark-processing:3.3",
                    "TrainingInputMode": "File",
                }
            },
            "Access denied for repository: sagemaker-spark-processing in registry ID: 173754725891.",
        ),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 90}}, "only supported when"),
    ],
)
def test_refused(client: Any, members: dict[str, Any], words: str) -> None:
    with pytest.raises(ClientError) as refused:
        client.create_training_job(**request(**members))
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert words in refused.value.response["Error"]["Message"]
    assert client.list_training_jobs()["TrainingJobSummaries"] == []
