"""Tuning jobs in a spec: their fields and the API's members, compared in both directions; what a job becomes."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from trainspec.request.api.check import member_schema
from trainspec.request.api.model import TUNING, model
from trainspec.request.bounds import bounds_of, longest_of
from trainspec.request.fields import OUTPUT_ONLY, members
from trainspec.request.lower import lower
from trainspec.request.tuned import OTHER_DEFINITIONS, training_request
from trainspec.request.tuning import LACKS, tuning_field, tuning_member, tuning_members

JOB_FIELDS: Any = {
    "name": "tune",
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
    "role": "arn:aws:iam::123456789012:role/MyRole",
    "output": "s3://bucket/models/",
    "resources": {"instance_type": "ml.m5.large", "instance_count": 1, "volume_size": 10},
    "stopping": {"max_runtime": "1h"},
    "hyperparameters": {"rounds": 100},
    "tags": {"team": "ml"},
    "tuning": {
        "strategy": "Random",
        "objective": {"metric": "auc", "goal": "Maximize"},
        "ranges": {"eta": {"min": "1e-3", "max": "0.30"}, "depth": {"int": ["2", "8"]}, "mode": ["a", "b"]},
        "limits": {"jobs": 20, "parallel": 4},
    },
}


def _leaves(node: Mapping[str, Any], path: str = "") -> Iterator[str]:
    if "$ref" in node:
        node = model(TUNING)["$defs"][str(node["$ref"]).rpartition("/")[2]]
    below = [(name, each) for name, each in node.get("properties", {}).items()]
    below += [("*", node[key]) for key in ("items", "additionalProperties") if isinstance(node.get(key), dict)]
    if not below:
        yield path
    for name, each in below:
        if name not in OTHER_DEFINITIONS:
            yield from _leaves(each, f"{path}.{name}" if path else name)


def _known() -> set[str]:
    known = {member for _, member in tuning_members()}
    for _, member in members():
        if member.split(".")[0] not in LACKS and member.split(".")[-1] not in LACKS:
            known.add(".".join(map(str, tuning_member(tuple(member.split("."))))))
    implied = {"TrainingJobDefinition.InputDataConfig.*.DataSource.S3DataSource.S3DataType"}
    parents = {"WarmStartConfig.ParentHyperParameterTuningJobs.*.HyperParameterTuningJobName"}
    output_only = {f"TrainingJobDefinition.{name}" for name in OUTPUT_ONLY}
    return known | implied | parents | output_only


def test_every_member_of_the_api_has_a_field() -> None:
    known = _known()
    lacking = [
        leaf
        for leaf in _leaves(model(TUNING))
        if not {leaf, leaf.removesuffix(".*"), leaf.removesuffix(".*") + ".*"} & known
    ]
    assert lacking == []


def test_every_field_becomes_a_member_of_the_api() -> None:
    for field, member in tuning_members():
        assert member_schema(member.split("."), TUNING) is not None, field
    for _, member in members():
        path = tuple(member.split("."))
        there = member_schema(tuning_member(path), TUNING) is not None
        lacks = path[0] in LACKS or (path[0] == "AlgorithmSpecification" and len(path) > 1 and path[1] in LACKS)
        assert there is not lacks, f"{member}: LACKS of request/tuning.py names what tuning jobs cannot have, only that"


@pytest.mark.parametrize(
    ("limits", "seconds"),
    [
        ({"jobs": 20, "parallel": 4}, 5 * 3600),
        ({"jobs": 21, "parallel": 4}, 6 * 3600),
        ({"jobs": 2, "parallel": 4}, 3600),
        ({"jobs": 20, "parallel": 4, "runtime": "2h"}, 7200),
        ({"jobs": 20, "parallel": 4, "runtime": "9h"}, 5 * 3600),
        ({"parallel": 4, "runtime": "9h"}, 9 * 3600),
        ({"jobs": "{{ params.n }}", "parallel": 4}, None),
        ({"jobs": 20, "parallel": "{{ params.n }}", "runtime": "9h"}, 9 * 3600),
    ],
)
def test_how_long_a_tuning_job_may_take(limits: dict[str, Any], seconds: int | None) -> None:
    request = lower(JOB_FIELDS | {"tuning": JOB_FIELDS["tuning"] | {"limits": limits}}).members
    assert bounds_of(request).seconds(3600) == longest_of(request) == seconds
    assert longest_of(lower({"name": JOB_FIELDS["name"], "stopping": JOB_FIELDS["stopping"]}).members) == 3600


def test_a_job_becomes_a_tuning_request() -> None:
    request = lower(JOB_FIELDS)
    assert request.operation == TUNING
    assert not request.faults
    assert request.members == {
        "HyperParameterTuningJobName": "tune",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"MetricName": "auc", "Type": "Maximize"},
            "ParameterRanges": {
                "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "1e-3", "MaxValue": "0.30"}],
                "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "8"}],
                "CategoricalParameterRanges": [{"Name": "mode", "Values": ["a", "b"]}],
            },
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 4},
        },
        "TrainingJobDefinition": {
            "AlgorithmSpecification": {
                "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1",
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
            "StaticHyperParameters": {"rounds": "100"},
        },
        "Tags": [{"Key": "team", "Value": "ml"}],
    }


def test_each_member_knows_its_field() -> None:
    request = lower(JOB_FIELDS)
    config, definition = "HyperParameterTuningJobConfig", "TrainingJobDefinition"
    for member, field in {
        (config, "Strategy"): ("tuning", "strategy"),
        (config, "ParameterRanges", "IntegerParameterRanges", 0, "MaxValue"): ("tuning", "ranges", "depth", "int", 1),
        (definition, "StaticHyperParameters", "rounds"): ("hyperparameters", "rounds"),
        (definition, "ResourceConfig", "InstanceType"): ("resources", "instance_type"),
        ("Tags", 0, "Value"): ("tags", "team"),
        ("HyperParameterTuningJobName",): ("name",),
    }.items():
        assert request.origin(member) == field
    assert request.training.members["HyperParameters"]["rounds"] == "100"
    assert "xcom_pull" in request.training.members["HyperParameters"]["eta"]
    assert request.training.origin(("HyperParameters", "eta")) == ("tuning", "ranges", "eta")
    assert tuning_field((config, "ResourceLimits", "MaxParallelTrainingJobs")) == ("tuning", "limits", "parallel")


def test_machines_in_order_of_preference_stand_for_the_first() -> None:
    machines = [
        {"instance_type": kind, "instance_count": 2, "volume_size": "30GB"} for kind in ("ml.m5.large", "ml.c5.large")
    ]
    fields: Any = {**JOB_FIELDS, "tuning": {**JOB_FIELDS["tuning"], "resources": {"instances": machines}}}
    del fields["resources"]
    request = training_request(lower(fields).members)
    assert request["ResourceConfig"] == {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 30}


@pytest.mark.parametrize("field", ["tensorboard", "experiment", "remote_debug", "serverless", "entrypoint"])
def test_what_a_definition_lacks(field: str) -> None:
    values: dict[str, Any] = {
        "tensorboard": "s3://bucket/",
        "experiment": {"name": "a"},
        "remote_debug": True,
        "serverless": {"job_type": "FineTuning"},
        "entrypoint": "python train.py",
    }
    request = lower(JOB_FIELDS | {field: values[field]})
    assert [fault.path for fault in request.faults] == [(field,)]
    assert request.members == lower(JOB_FIELDS).members
