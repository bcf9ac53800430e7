"""`trainspec import` of tuning jobs: a request that is brought in comes out again as it was."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from trainspec.diagnostics import codes
from trainspec.importers.dag_file import import_dag_file
from trainspec.importers.request import import_request
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

SEEN: Counter[str] = Counter()
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
    """The one request of a spec."""
    analysis = analyse(Source("x.yaml", text), Options())
    assert [found for found in analysis.findings if found.code.id in codes.CODES] == [], text
    (request,) = analysis.requests.values()
    return printable(request.members)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Requests with one definition that the API's model accepts."""
    request = draw(requests_of(TUNING, frozenset(OTHER_DEFINITIONS), always=frozenset({"TrainingJobDefinition"})))
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


@tried(400, daily=10)
@given(requests())
def test_requests_come_back(request: dict[str, Any]) -> None:
    assert made(spec_text(import_request(request))) == request
    SEEN.update(set(leaves_of(request)))


def test_what_people_have() -> None:
    text = spec_text(import_request(REQUEST))
    assert made(text) == REQUEST
    assert 'eta: {min: 1e-3, max: "0.30"}' in text.replace("'", '"') or "eta:" in text
    answer = {**REQUEST, "HyperParameterTuningJobArn": "arn", "HyperParameterTuningJobStatus": "Completed"}
    (imported,) = read_text(json.dumps(answer).encode())
    assert not imported.notes
    assert made(spec_text(imported)) == REQUEST


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


def test_several_definitions_are_named() -> None:
    request = {**REQUEST, "TrainingJobDefinitions": [REQUEST["TrainingJobDefinition"]]}
    del request["TrainingJobDefinition"]
    imported = import_request(request)
    assert "TrainingJobDefinitions" in imported.notes[0]
    assert made(spec_text(imported)) == request
    assert model(TUNING)["$defs"]
