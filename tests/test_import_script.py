"""`source` and `distribution` are read back from requests, but only if they compile to exactly the same request."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
from trainspec.importers.script import job_fields, remarks_on
from trainspec.language.data import JobData
from trainspec.request.distribution import KINDS
from trainspec.request.lower import lower
from trainspec.templates import as_literal

from helpers import Run

BASE: Any = {
    "name": "churn-2026-11-28",
    "region": "us-east-1",
    "role": "arn:aws:iam::123456789012:role/SageMakerRole",
    "image": "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.1.0-gpu-py310",
    "output": "s3://my-bucket/models/",
    "resources": {"instance_type": "ml.p4d.24xlarge", "instance_count": 2, "volume_size": "30GB"},
    "source": {"entry": "train.py", "dir": "s3://my-bucket/code/0123456789abcdef/sourcedir.tar.gz"},
    "hyperparameters": {"epochs": 10, "optimizer": "adam"},
}


def _request(**fields: Any) -> dict[str, Any]:
    return lower(BASE | fields).members


@pytest.mark.parametrize("encoding", [None, "json"])
@pytest.mark.parametrize("kind", [None, *KINDS])
def test_come_back(kind: str | None, encoding: str | None) -> None:
    fields = {key: value for key, value in (("distribution", kind), ("hyperparameter_encoding", encoding)) if value}
    request = _request(**fields)
    back: Any = job_fields(request, as_literal)
    assert back["source"] == BASE["source"]
    assert back.get("distribution") == kind
    assert back.get("hyperparameter_encoding") == encoding
    assert back["hyperparameters"] == BASE["hyperparameters"]
    assert lower(back).members == request


def test_the_toolkit_of_an_image_of_another_kind_comes_back() -> None:
    """XGBoost's image has a toolkit, too, although it is not a framework's."""
    source = {**BASE["source"], "launch": "toolkit"}
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    request = _request(image=image, source=source, hyperparameter_encoding="json")
    back: Any = job_fields(request, as_literal)
    assert back["source"] == source
    assert back["hyperparameters"] == BASE["hyperparameters"]
    assert lower(back).members == request


def test_options_come_back() -> None:
    distribution = {"type": "mpi", "processes_per_host": 8, "options": "-x NCCL_DEBUG=INFO"}
    assert job_fields(_request(distribution=distribution), as_literal)["distribution"] == distribution


def test_source_by_channel_comes_back() -> None:
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
    back: Any = job_fields(_request(image=image, arguments=["--fast"]), as_literal)
    assert back["source"] == BASE["source"]
    assert back["arguments"] == ["--fast"]
    assert "entrypoint" not in back
    assert "inputs" not in back


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sagemaker_job_name", "another-name"),
        ("sagemaker_region", None),
        ("sagemaker_job_name", None),
        ("sagemaker_container_log_level", "twenty"),
    ],
)
def test_what_would_change_stays(name: str, value: str | None) -> None:
    request = _request()
    values = {**request["HyperParameters"], name: value}
    request["HyperParameters"] = {key: each for key, each in values.items() if each is not None}
    assert lower(cast("JobData", job_fields(request, as_literal))).members == request


@pytest.mark.parametrize("value", ["null", "1e-05", "NaN", "[1, null]", "1.0", "1.50"])
def test_numbers_that_yaml_writes_otherwise_keep_their_text(value: str) -> None:
    request = _request(hyperparameter_encoding="json")
    request["HyperParameters"]["rate"] = value
    assert lower(cast("JobData", job_fields(request, as_literal))).members == request


def test_channels_of_sdk_v3_are_explained() -> None:
    channels = [{"ChannelName": "code"}, {"ChannelName": "sm_drivers"}]
    [note] = remarks_on({"InputDataConfig": channels})
    assert "sm_drivers" in note
    assert not list(remarks_on({"InputDataConfig": channels[:1]}))


def test_the_script_of_sdk_v3_is_a_mere_note(trainspec: Run, project: Path) -> None:
    channels = [
        {"ChannelName": name, "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://acme/x/"}}}
        for name in ("code", "sm_drivers")
    ]
    request = {
        "TrainingJobName": "churn",
        "AlgorithmSpecification": {
            "TrainingImage": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:4",
            "TrainingInputMode": "File",
        },
        "RoleArn": "arn:aws:iam::111122223333:role/Train",
        "InputDataConfig": channels,
        "OutputDataConfig": {"S3OutputPath": "s3://acme/out/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }
    (project / "request.json").write_text(json.dumps(request))
    ran = trainspec("import", "request.json", "-o", "churn.yaml")
    assert ran.returncode == 0, ran.stderr
    assert "note: the script is named in the channel sm_drivers" in ran.stderr
    said = trainspec("lint", "churn.yaml").stdout
    assert said.count("[TS530]") == 1  # the source has a fixed name
    assert "TS540" not in said


def test_a_region_is_of_a_job(trainspec: Run, project: Path) -> None:
    ran = trainspec("import", "--region", "eu-west-1", "request.json")
    assert ran.returncode == 2
    assert "add --job-name" in ran.stderr
