"""`trainspec import` of tuning jobs: an imported request compiles to the same request."""

import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from trainspec.diagnostics import codes
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.request import import_request, without_defaults, without_empty_ranges
from trainspec.importers.sources import read_text
from trainspec.importers.write import spec_text
from trainspec.pipeline import Options, analyse
from trainspec.request.api.check import check_request
from trainspec.request.api.model import TUNING, model
from trainspec.request.check import printable
from trainspec.request.tuned import OTHER_DEFINITIONS
from trainspec.text.source import Source

from api_requests import requests_of
from helpers import tried

REQUEST: dict[str, Any] = {
    "HyperParameterTuningJobName": "tune",
    "HyperParameterTuningJobConfig": {
        "Strategy": "Bayesian",
        "HyperParameterTuningJobObjective": {"MetricName": "auc", "Type": "Maximize"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 4},
        "ParameterRanges": {
            "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "1e-3", "MaxValue": "0.30"}],
            "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "8", "ScalingType": "Linear"}],
            "CategoricalParameterRanges": [],
        },
    },
    "TrainingJobDefinition": {
        "StaticHyperParameters": {"rounds": "100", "seed": "012"},
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    },
}


def made(text: str) -> dict[str, Any]:
    """The only request of a spec."""
    analysis = analyse(Source("x.yaml", text), Options())
    assert [found for found in analysis.findings if found.code.id in codes.CODES] == [], text
    (request,) = analysis.requests.values()
    return printable(request.members)


# Created once: compiling its regular expressions takes ten times as long as everything else.
_DRAWN = requests_of(TUNING, frozenset(OTHER_DEFINITIONS), always=frozenset({"TrainingJobDefinition"}))


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Requests with one definition that the API's model accepts."""
    request = draw(_DRAWN)
    assume(not check_request(request, TUNING))
    return request


def leaves_of(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from leaves_of(below, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for below in value:
            yield from leaves_of(below, f"{path}.*")
    else:
        yield path


@tried(1000, daily=10)
@given(requests())
def test_requests_come_back(request: dict[str, Any]) -> None:
    assert made(spec_text(import_request(request))) == request


def test_a_request_with_every_member_comes_back() -> None:
    """In addition to the random ones."""
    request = full(model(TUNING)["$ref"])
    reached = {path.replace("KEY", "*") for path in leaves_of(request)}
    assert reached == set(api_leaves(model(TUNING)["$ref"]))
    assert made(spec_text(import_request(request))) == request


_TEXTS = {"RoleArn": "arn:aws:iam::123456789012:role/MyRole", "S3Uri": "s3://bucket/prefix"}
_ARN = "arn:aws:sagemaker:us-east-1:123456789012:"
_FORMS = (
    "x", "1", "fs-0123456789abcdef0", "4K", f"{_ARN}hub-content/hub/Model/model/1.0.0", f"{_ARN}model-package/x/1",
    f"{_ARN}hub-content/hub/DataSet/data/1.0.0", f"{_ARN}training-plan/x-and-more",
)  # fmt: skip
"""Strings, one of which matches any pattern of the API."""


def full(reference: str) -> Any:
    """A request with every member that a tuning job of one definition can have."""
    name = reference.rpartition("/")[2]
    shape = model(TUNING)["$defs"][name]
    if "properties" in shape:
        inner = {each: below for each, below in shape["properties"].items() if each not in OTHER_DEFINITIONS}
        return {each: full(below["$ref"]) for each, below in inner.items() if not below.get("x-output-only")}
    if shape["type"] == "object":
        return {"KEY": full(shape["additionalProperties"]["$ref"])}
    if shape["type"] == "array":
        return [full(shape["items"]["$ref"])] * max(shape.get("minItems", 1), 1)
    if shape["type"] == "string":
        return shape["enum"][0] if "enum" in shape else _TEXTS.get(name) or _text_for(shape)
    return {"integer": shape.get("minimum", 1), "number": 0.5}.get(shape["type"], True)


def _text_for(shape: dict[str, Any]) -> str:
    fits = (each for each in _FORMS if re.search(shape.get("pattern", ""), each))
    return next(each for each in fits if shape.get("minLength", 0) <= len(each) <= shape.get("maxLength", 10_000))


def api_leaves(reference: str, path: str = "") -> Iterator[str]:
    """Every member that a request with one definition may have."""
    shape = model(TUNING)["$defs"][reference.rpartition("/")[2]]
    members = {name: each for name, each in shape.get("properties", {}).items() if name not in OTHER_DEFINITIONS}
    items = shape.get("items") or shape.get("additionalProperties")
    below = {**members, **({"*": items} if isinstance(items, dict) else {})}
    if not below:
        yield path
    for name, each in below.items():
        if not each.get("x-output-only"):
            yield from api_leaves(each["$ref"], f"{path}.{name}" if path else name)


def test_what_people_have() -> None:
    text = spec_text(import_request(REQUEST))
    assert made(text) == REQUEST
    assert 'eta: {min: 1e-3, max: "0.30"}' in text.replace("'", '"') or "eta:" in text
    answer = {**REQUEST, "HyperParameterTuningJobArn": "arn", "HyperParameterTuningJobStatus": "Completed"}
    (imported,) = read_text(json.dumps(answer).encode())
    assert not imported.notes
    assert made(spec_text(imported)) == without_empty_ranges(REQUEST)


def test_a_manifest() -> None:
    def camel(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name if path_is_free(name) else name[:1].lower() + name[1:]: camel(each) for name, each in value.items()
            }
        return [camel(each) for each in value] if isinstance(value, list) else value

    def path_is_free(name: str) -> bool:
        return name in ("rounds", "seed")

    manifest = {
        "apiVersion": "sagemaker.services.k8s.aws/v1alpha1",
        "kind": "HyperParameterTuningJob",
        "metadata": {"name": "tune"},
        "spec": camel(REQUEST),
    }
    (imported,) = read_text(json.dumps(manifest).encode())
    assert not imported.notes
    assert made(spec_text(imported)) == REQUEST


def test_a_dag_file() -> None:
    text = f"""
from airflow import DAG
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTuningOperator

with DAG("tune", schedule=None):
    SageMakerTuningOperator(task_id="tune", config={REQUEST!r}, wait_for_completion=True)
"""
    (imported,) = import_dag_file(text)
    assert made(spec_text(imported)) == REQUEST


def test_an_answer_has_no_empty_ranges() -> None:
    imported = import_request({**REQUEST, "HyperParameterTuningJobStatus": "Completed"})
    assert "request:" not in spec_text(imported)
    assert "request:" in spec_text(import_request(REQUEST))


def test_an_answer_has_no_defaults_in_its_definitions() -> None:
    added = {"EnableManagedSpotTraining": False, "OutputDataConfig": {"S3OutputPath": "s3://b/", "KmsKeyId": ""}}
    own = {"EnableManagedSpotTraining": True, "OutputDataConfig": {"S3OutputPath": "s3://c/", "KmsKeyId": "k"}}
    assert without_defaults({"TrainingJobDefinition": added, "TrainingJobDefinitions": [added, own]}) == {
        "TrainingJobDefinition": {"OutputDataConfig": {"S3OutputPath": "s3://b/"}},
        "TrainingJobDefinitions": [{"OutputDataConfig": {"S3OutputPath": "s3://b/"}}, own],
    }


def test_several_definitions_are_named() -> None:
    request = {**REQUEST, "TrainingJobDefinitions": [REQUEST["TrainingJobDefinition"]]}
    del request["TrainingJobDefinition"]
    imported = import_request(request)
    assert "TrainingJobDefinitions" in imported.notes[0]
    assert made(spec_text(imported)) == request
    assert model(TUNING)["$defs"]
