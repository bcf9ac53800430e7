"""Kinds of distribution, and the machines, versions and instance groups that support them."""

import json
from typing import Any, cast

import pytest
from trainspec.language.data import JobData
from trainspec.pipeline import Options, analyse
from trainspec.request.lower import lower
from trainspec.text.source import Source

SPEC = """trainspec: 1
jobs:
  train:
    name: churn-{{{{ dag_run.run_after | ts_nodash | lower }}}}
    role: arn:aws:iam::123456789012:role/SageMakerRole
    region: us-east-1
    framework: {framework}
    source: {{entry: train.py, dir: s3://my-bucket/code/sourcedir.tar.gz}}
    output: s3://my-bucket/models/
    resources: {{instance_type: {machine}, instance_count: 2}}
    stopping: {{max_runtime: 1h}}
    distribution: {distribution}
"""
PYTORCH = 'name: pytorch, version: "2.1.0", python: py310'


def _found(distribution: str, machine: str = "ml.p4d.24xlarge", framework: str = PYTORCH) -> dict[str, str]:
    text = SPEC.format(distribution=distribution, machine=machine, framework=f"{{{framework}}}")
    text = text.replace("    distribution: null\n", "")
    found = analyse(Source("spec.yaml", text), Options()).findings
    return {each.code.id: each.message for each in found if each.code.id.startswith("TS76")}


@pytest.mark.parametrize(
    ("distribution", "machine", "framework", "code"),
    [
        ("torchrun", "ml.p4d.24xlarge", PYTORCH, None),
        ("mpi", "ml.p4d.24xlarge", PYTORCH, None),
        ("pytorchddp", "ml.g5.12xlarge", PYTORCH, None),
        ("smddp", "ml.p4d.24xlarge", PYTORCH, None),
        ("smddp", "ml.g5.12xlarge", PYTORCH, "TS762"),
        ("smddp", "ml.p4d.24xlarge", 'name: pytorch, version: "2.3.0", python: py311', None),
        ("smddp", "ml.p4d.24xlarge", 'name: pytorch, version: "2.9.0", python: py312', "TS761"),
        ("mpi", "ml.trn1.32xlarge", PYTORCH, "TS762"),
        ("pytorchddp", "ml.trn1.32xlarge", PYTORCH, "TS762"),
        ("torchrun", "ml.trn1.32xlarge", PYTORCH, None),
        ("torchrun", "ml.m5.xlarge", PYTORCH, "TS765"),
        ("xla", "ml.p3.16xlarge", PYTORCH, "TS765"),
        ("mwms", "ml.p3.8xlarge", 'name: tensorflow, version: "2.8.0", python: py39', "TS761"),
        ("mwms", "ml.p3.8xlarge", 'name: tensorflow, version: "2.13.0", python: py310', None),
        ("parameter_server", "ml.p3.2xlarge", 'name: tensorflow, version: "2.13.0", python: py310', None),
        ("parameter_server", "ml.p3.8xlarge", 'name: tensorflow, version: "2.13.0", python: py310', "TS763"),
        ("torchrun", "ml.p3.8xlarge", 'name: tensorflow, version: "2.13.0", python: py310', "TS760"),
        ("pytorchddp", "ml.p4d.24xlarge", 'name: pytorch, version: "1.9.1", python: py38', "TS761"),
    ],
)
def test_kinds(distribution: str, machine: str, framework: str, code: str | None) -> None:
    assert list(_found(distribution, machine, framework)) == ([code] if code else [])


@pytest.mark.parametrize(
    ("distribution", "machine", "idle"),
    [
        ("null", "ml.p4d.24xlarge", "one process runs on ml.p4d.24xlarge, which has 8 GPUs: 7 stay idle"),
        (
            "{type: torchrun, processes_per_host: 3}",
            "ml.g5.12xlarge",
            "3 processes run on ml.g5.12xlarge, which has 4 GPUs: 1 stays idle",
        ),
        ("{type: mpi, processes_per_host: 8}", "ml.p4d.24xlarge", None),
        ("null", "ml.g5.2xlarge", None),
        ("null", "ml.m5.xlarge", None),
    ],
)
def test_idle_gpus(distribution: str, machine: str, idle: str | None) -> None:
    assert _found(distribution, machine).get("TS763") == idle


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "mpi",
            {
                "sagemaker_distribution_instance_groups": ["gpu"],
                "sagemaker_mpi_enabled": True,
                "sagemaker_mpi_custom_mpi_options": "",
            },
        ),
        ("torchrun", {"sagemaker_torch_distributed_enabled": True}),
    ],
)
def test_one_instance_group(kind: str, expected: dict[str, Any]) -> None:
    groups = {"gpu": {"instance_type": "ml.p4d.24xlarge", "instance_count": 2}}
    request = lower(cast("JobData", {"resources": {"groups": groups}, "distribution": kind})).members
    assert {name: json.loads(value) for name, value in request["HyperParameters"].items()} == expected
