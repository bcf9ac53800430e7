"""Rejections in AWS's words. boto3 checks some of this itself, so its own validation is switched off."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from simulator_helpers import refusal, request
from trainspec.simulator import ManualClock, Simulator


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with Simulator(clock=ManualClock()) as simulator:
        yield simulator.client(config=Config(parameter_validation=False))


NAME_PATTERN = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
ROLE_PATTERN = r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
ALGORITHM = {"TrainingImage": "i", "TrainingInputMode": "File"}
ONE = "1 validation error detected: Value "
CONSTRAINT = "failed to satisfy constraint:"
FAILED = f"{CONSTRAINT} Member must "


def all_of(longest: int, pattern: str) -> str:
    """AWS's message about the elements of a list or a map: everything that they must satisfy."""
    return (
        f"must satisfy constraint: [Member must have length less than or equal to {longest}, Member must have length "
        f"greater than or equal to 0, Member must satisfy regular expression pattern: {pattern}]"
    )


# member, its value, the message
INVALID: list[tuple[str, Any, str]] = [
    (
        "TrainingJobName",
        "my_job",
        f"{ONE}'my_job' at 'trainingJobName' {FAILED}satisfy regular expression pattern: {NAME_PATTERN}",
    ),
    ("RoleArn", None, f"{ONE}null at 'roleArn' {FAILED}not be null"),
    (
        "AlgorithmSpecification",
        {**ALGORITHM, "TrainingInputMode": "file"},
        (
            f"{ONE}'file' at 'algorithmSpecification.trainingInputMode' {FAILED}satisfy enum value set: "
            "[Pipe, File, FastFile]"
        ),
    ),
    (
        "StoppingCondition",
        {"MaxRuntimeInSeconds": 0},
        f"{ONE}'0' at 'stoppingCondition.maxRuntimeInSeconds' {FAILED}have value greater than or equal to 1",
    ),
    ("InputDataConfig", [], f"{ONE}'[]' at 'inputDataConfig' {FAILED}have length greater than or equal to 1"),
    (
        "Tags",
        [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "v" * 257}],
        f"{ONE}'{'v' * 257}' at 'tags.2.member.value' {FAILED}have length less than or equal to 256",
    ),
    ("Tags", [{"Key": "a"}], f"{ONE}null at 'tags.1.member.value' {FAILED}not be null"),
    (
        "Environment",
        {"A-B": "c"},
        f"{ONE}'{{A-B=c}}' at 'environment' {CONSTRAINT} Map keys {all_of(512, '[a-zA-Z_][a-zA-Z0-9_]*')}",
    ),
    (
        "HyperParameters",
        {"a": "b\n"},
        f"{ONE}'{{a=b\n}}' at 'hyperParameters' {CONSTRAINT} Map value {all_of(2500, '.*')}",
    ),
    (
        "VpcConfig",
        {"Subnets": ["a"], "SecurityGroupIds": ["sg_1", "sg_2"]},
        f"{ONE}'[sg_1, sg_2]' at 'vpcConfig.securityGroupIds' {CONSTRAINT} Member {all_of(32, '[-0-9a-zA-Z]+')}",
    ),
    (
        "ResourceConfig",
        {"VolumeSizeInGB": 1, "SelectedInstanceCount": 1},
        f"{ONE}'1' at 'resourceConfig.selectedInstanceCount' failed to satisfy constraint: Member is output only",
    ),
]


@pytest.mark.parametrize(("member", "value", "message"), INVALID)
def test_invalid_values(client: Any, member: str, value: Any, message: str) -> None:
    assert refusal(client.create_training_job, **request(**{member: value})) == ("ValidationException", message)


def test_several_at_once(client: Any) -> None:
    refused = refusal(client.create_training_job, **request("a_b", RoleArn="me"))
    assert refused[1] == (
        f"3 validation errors detected: Value 'a_b' at 'trainingJobName' {FAILED}satisfy regular expression pattern: "
        f"{NAME_PATTERN}; Value 'me' at 'roleArn' {FAILED}have length greater than or equal to 20; Value 'me' at "
        f"'roleArn' {FAILED}satisfy regular expression pattern: {ROLE_PATTERN}"
    )


WRONG_TYPES: list[tuple[str, Any, str]] = [
    ("TrainingJobName", 5, "NUMBER_VALUE can not be converted to a String"),
    ("EnableNetworkIsolation", "true", "STRING_VALUE can not be converted to a Boolean"),
    ("StoppingCondition", {"MaxRuntimeInSeconds": "60"}, "STRING_VALUE can not be converted to an Integer"),
    ("StoppingCondition", {"MaxRuntimeInSeconds": True}, "TRUE_VALUE can not be converted to an Integer"),
    ("StoppingCondition", {"MaxRuntimeInSeconds": 1.5}, "DECIMAL_VALUE can not be converted to an Integer"),
    ("Tags", {"a": "b"}, "Start of structure or map found where not expected."),
    ("HyperParameters", ["a"], "Start of list found where not expected."),
    ("VpcConfig", "vpc", "STRING_VALUE can not be converted to a Structure or Map"),
]


@pytest.mark.parametrize(("member", "value", "message"), WRONG_TYPES)
def test_wrong_types(member: str, value: Any, message: str) -> None:
    from trainspec.simulator.errors import ApiError
    from trainspec.simulator.validation import checked_request

    with pytest.raises(ApiError) as refused:
        checked_request(request(**{member: value}))
    assert (refused.value.type, refused.value.message) == ("SerializationException", message)


def test_a_refused_request_creates_nothing(client: Any) -> None:
    assert refusal(client.create_training_job, **request("fresh", Tags=[{"Key": "a"}]))[0] == "ValidationException"
    assert refusal(client.describe_training_job, TrainingJobName="fresh")[1] == "Requested resource not found."


def test_describe_needs_a_name(client: Any) -> None:
    assert refusal(client.describe_training_job) == (
        "ValidationException",
        f"{ONE}null at 'trainingJobName' {FAILED}not be null",
    )
