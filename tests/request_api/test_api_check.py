"""check_request: one good request, and one patch of it for each way to be rejected."""

import copy
import subprocess
import sys
from typing import Any, get_args

import pytest
from trainspec.request.api.check import Constraint, check_request, member_schema, shape_name

GOOD: dict[str, Any] = {
    "TrainingJobName": "churn-2025-04-01",
    "RoleArn": "arn:aws:iam::123456789012:role/service-role/SageMakerRole",
    "AlgorithmSpecification": {
        "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:1",
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
    },
    "HyperParameters": {"epochs": "10"},
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/train/"}},
        }
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://models/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "Environment": {"MODE": "fast\nand loose"},
    "Tags": [{"Key": "équipe:données", "Value": "a b+c"}],
    "EnableManagedSpotTraining": False,
}
MINIMAL = {name: GOOD[name] for name in ("TrainingJobName", "RoleArn", "OutputDataConfig")}
REMOVED = object()


def patched(*changes: tuple[str, Any]) -> dict[str, Any]:
    """GOOD with values put at dotted paths (`Tags.0.Key`), or removed."""
    request = copy.deepcopy(GOOD)
    for path, value in changes:
        *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        place: Any = request
        for step in parents:
            place = place[step]
        if value is REMOVED:
            del place[last]
        else:
            place[last] = value
    return request


@pytest.mark.parametrize(
    "request_",
    [
        GOOD,
        MINIMAL,
        patched(("ResourceConfig.InstanceCount", 0)),
        patched(("HyperParameters", {})),
        patched(("TrainingJobName", "a" * 63)),
        patched(("HyperParameters", {"k" * 256: "v" * 2500})),
        patched(("InputDataConfig.0.ShuffleConfig", {"Seed": -(2**63)})),
    ],
)
def test_accepted(request_: dict[str, Any]) -> None:
    assert check_request(request_) == []


MANY_TAGS = [{"Key": f"k{number}", "Value": ""} for number in range(51)]
# request patch, (path, constraint, limit, shape), suggestion
REFUSED: list[tuple[str, Any, tuple[tuple[str | int, ...], Constraint, Any, str], str | None]] = [
    ("RoleArn", REMOVED, ((), "required", "RoleArn", "CreateTrainingJobRequest"), None),
    (
        "AlgorithmSpecification.TrainingInputMode",
        REMOVED,
        (("AlgorithmSpecification",), "required", "TrainingInputMode", "AlgorithmSpecification"),
        None,
    ),
    ("RolArn", "x", (("RolArn",), "unknown", "RolArn", "CreateTrainingJobRequest"), "RoleArn"),
    (
        "InputDataConfig.0.DataSource.S3DataSource.S3DistributionType",
        "FullyReplicated",
        (
            ("InputDataConfig", 0, "DataSource", "S3DataSource", "S3DistributionType"),
            "unknown",
            "S3DistributionType",
            "S3DataSource",
        ),
        "S3DataDistributionType",
    ),
    ("Zzz", {"a": [1]}, (("Zzz",), "unknown", "Zzz", "CreateTrainingJobRequest"), None),
    (
        "ResourceConfig.SelectedInstanceCount",
        1,
        (
            ("ResourceConfig", "SelectedInstanceCount"),
            "output_only",
            "SelectedInstanceCount",
            "TrainingInstanceCount",
        ),
        None,
    ),
    (
        "ResourceConfig.InstanceCount",
        "1",
        (("ResourceConfig", "InstanceCount"), "type", "integer", "TrainingInstanceCount"),
        None,
    ),
    (
        "ResourceConfig.InstanceCount",
        True,
        (("ResourceConfig", "InstanceCount"), "type", "integer", "TrainingInstanceCount"),
        None,
    ),
    (
        "ResourceConfig.InstanceCount",
        1.0,
        (("ResourceConfig", "InstanceCount"), "type", "integer", "TrainingInstanceCount"),
        None,
    ),
    ("Tags", {"a": "b"}, (("Tags",), "type", "array", "TagList"), None),
    ("Tags", (), (("Tags",), "type", "array", "TagList"), None),
    ("VpcConfig", None, (("VpcConfig",), "type", "object", "VpcConfig"), None),
    ("HyperParameters.epochs", 10, (("HyperParameters", "epochs"), "type", "string", "HyperParameterValue"), None),
    ("EnableNetworkIsolation", "true", (("EnableNetworkIsolation",), "type", "boolean", "Boolean"), None),
    (
        "AlgorithmSpecification.TrainingInputMode",
        "file",
        (
            ("AlgorithmSpecification", "TrainingInputMode"),
            "enum",
            ["Pipe", "File", "FastFile"],
            "TrainingInputMode",
        ),
        "File",
    ),
    (
        "TrainingJobName",
        "my_job",
        (("TrainingJobName",), "pattern", "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", "TrainingJobName"),
        None,
    ),
    (
        "InputDataConfig.0.DataSource.S3DataSource.S3Uri",
        "S3://data",
        (
            ("InputDataConfig", 0, "DataSource", "S3DataSource", "S3Uri"),
            "pattern",
            "(https|s3)://([^/]+)/?(.*)",
            "S3Uri",
        ),
        None,
    ),
    (
        "AlgorithmSpecification.MetricDefinitions.0.Name",
        "n" * 256,
        (("AlgorithmSpecification", "MetricDefinitions", 0, "Name"), "max_length", 255, "MetricName"),
        None,
    ),
    (
        "CheckpointConfig",
        {"S3Uri": "s3://b/" + "a/" * 9000 + "\n"},
        (("CheckpointConfig", "S3Uri"), "max_length", 1024, "S3Uri"),
        None,
    ),
    (
        "StoppingCondition.MaxRuntimeInSeconds",
        0,
        (("StoppingCondition", "MaxRuntimeInSeconds"), "minimum", 1, "MaxRuntimeInSeconds"),
        None,
    ),
    (
        "ResourceConfig.KeepAlivePeriodInSeconds",
        21601,
        (("ResourceConfig", "KeepAlivePeriodInSeconds"), "maximum", 21600, "KeepAlivePeriodInSeconds"),
        None,
    ),
    ("InputDataConfig", [], (("InputDataConfig",), "min_items", 1, "InputDataConfig"), None),
    ("Tags", MANY_TAGS, (("Tags",), "max_items", 50, "TagList"), None),
    (
        "HyperParameters",
        {f"k{number}": "" for number in range(101)},
        (("HyperParameters",), "max_entries", 100, "HyperParameters"),
        None,
    ),
    (
        "Environment",
        {"MY-MODE": "x"},
        (("Environment", "MY-MODE"), "key_pattern", "[a-zA-Z_][a-zA-Z0-9_]*", "TrainingEnvironmentMap"),
        None,
    ),
    (
        "HyperParameters",
        {"k" * 257: "x"},
        (("HyperParameters", "k" * 257), "key_length", 256, "HyperParameters"),
        None,
    ),
]


@pytest.mark.parametrize(("path", "value", "expected", "suggestion"), REFUSED)
def test_refused(path: str, value: Any, expected: Any, suggestion: str | None) -> None:
    found = check_request(patched((path, value)))
    assert [(item.path, item.constraint, item.limit, item.shape) for item in found] == [expected]
    assert [item.suggestion for item in found] == [suggestion]


def test_every_constraint_has_its_case() -> None:
    # The last two: test_min_length_and_pattern_are_both_reported; no map of the API has a lower bound above 0.
    cases = {expected[1] for _, _, expected, _ in REFUSED} | {"min_length", "min_entries"}
    assert cases == set(get_args(Constraint))


def test_min_length_and_pattern_are_both_reported() -> None:
    found = check_request(patched(("TrainingJobName", "")))
    assert {item.constraint for item in found} == {"min_length", "pattern"}
    assert {item.value for item in found} == {""}


def test_all_violations_in_document_order() -> None:
    request = {
        "Tags": [{"Key": "ok", "Value": "<"}, {"Key": ">"}],
        "TrainingJobName": "-",
        "Surprise": 1,
        "OutputDataConfig": {"KmsKeyId": "?", "S3OutputPath": 3},
    }
    assert [(item.path, item.constraint) for item in check_request(request)] == [
        ((), "required"),
        (("Tags", 0, "Value"), "pattern"),
        (("Tags", 1), "required"),
        (("Tags", 1, "Key"), "pattern"),
        (("TrainingJobName",), "pattern"),
        (("Surprise",), "unknown"),
        (("OutputDataConfig", "KmsKeyId"), "pattern"),
        (("OutputDataConfig", "S3OutputPath"), "type"),
    ]


@pytest.mark.parametrize("odd", [{1: "x"}, {None: "x"}, {"a": None}, {"a": float("nan")}, {"\ud800": "\udfff\n"}])
def test_odd_data_is_refused_not_raised_at(odd: Any) -> None:
    assert check_request({**MINIMAL, "Environment": odd})
    assert check_request({**MINIMAL, **odd})


MEMBERS: list[tuple[tuple[str | int, ...], str | None]] = [
    ((), "CreateTrainingJobRequest"),
    (("InputDataConfig",), "InputDataConfig"),
    (("InputDataConfig", 3, "DataSource"), "DataSource"),
    (("InputDataConfig", "*", "DataSource", "S3DataSource", "S3Uri"), "S3Uri"),
    (("HyperParameters", "*"), "HyperParameterValue"),
    (("HyperParameters", "epochs"), "HyperParameterValue"),
    (("InputDataConfig", "train"), None),
    (("VpcConfig", "*"), None),
    (("TrainingJobName", "x"), None),
    (("Nothing", "here"), None),
]


@pytest.mark.parametrize(("path", "shape"), MEMBERS)
def test_members_are_found_by_path(path: tuple[str | int, ...], shape: str | None) -> None:
    assert shape_name(path) == shape
    assert (member_schema(path) is None) == (shape is None)


def test_member_schema_says_what_shape_and_member_say() -> None:
    schema = member_schema(("ResourceConfig", "SelectedInstanceCount"))
    assert schema is not None
    assert schema["type"] == "integer"
    assert schema["x-output-only"] is True
    assert schema["description"].startswith("The number of instances")
    assert "$ref" not in schema


def test_importing_the_check_does_not_import_jsonschema() -> None:
    code = "import sys, trainspec.request.api.check; sys.exit('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
