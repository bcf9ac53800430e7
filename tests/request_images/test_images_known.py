"""What is known about images and instance types: processors, registries, and the catalogue."""

import subprocess
import sys
from typing import Any

import pytest
from trainspec.request.images import (
    EcrImage,
    algorithms,
    ecr_image,
    frameworks,
    known_registry,
    processor_of,
    processor_of_instance,
    registry_account,
)
from trainspec.request.images.changes import changes
from trainspec.request.images.table import TABLE
from trainspec.request.images.versions import nearest_versions, version_key

DLC = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
OWN = "123456789012.dkr.ecr.us-east-1.amazonaws.com"

IMAGES = [
    (f"{DLC}/pytorch-training:2.3-gpu-py311", "gpu"),
    (f"{DLC}/pytorch-training:2.3.0-cpu-py311-ubuntu20.04-sagemaker", "cpu"),
    (f"{DLC}/pytorch:2.14-cu133-amzn2023-sagemaker", "gpu"),
    (f"{DLC}/pytorch-training-neuronx:2.1.2-neuronx-py310-sdk2.20.2-ubuntu20.04", "neuron"),
    (f"{DLC}/huggingface-pytorch-training-neuronx", "neuron"),
    (f"{DLC}/pytorch-trcomp-training:1.13.1", "gpu"),
    ("382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1", "unknown"),
    ("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1", "unknown"),
    (f"{OWN}/team/train-gpu:7", "gpu"),
    (f"{OWN}/team/train_cuda12:7", "gpu"),
    (f"{OWN}/train-gpu:7-cpu", "cpu"),
    (f"{OWN}/train:cpu-gpu", "unknown"),
    (f"{OWN}/train@sha256:{'0' * 64}", "unknown"),
    (f"{OWN}/train:cpu@sha256:{'0' * 64}", "cpu"),
    ("localhost:5000/train-gpu", "gpu"),
    ("gpu.example.com/train", "unknown"),
    ("cpu", "cpu"),
    ("{{ params.image }}", "unknown"),
    ("", "unknown"),
]


@pytest.mark.parametrize(("image", "processor"), IMAGES)
def test_processor_of(image: str, processor: str) -> None:
    assert processor_of(image) == processor


INSTANCES = [
    ("ml.m5.large", "cpu"),
    ("ml.c7i-flex.large", "cpu"),
    ("ml.t3.medium", "cpu"),
    ("ml.r8i.large", "cpu"),
    ("ml.g4dn.xlarge", "gpu"),
    ("ml.g7e.2xlarge", "gpu"),
    ("ml.p3dn.24xlarge", "gpu"),
    ("ml.p6-b200.48xlarge", "gpu"),
    ("ml.p6e-gb200.36xlarge", "gpu"),
    ("ml.trn1.2xlarge", "neuron"),
    ("ml.trn1n.32xlarge", "neuron"),
    ("ml.trn2.48xlarge", "neuron"),
    ("ml.inf2.xlarge", "neuron"),
    ("m5.large", "unknown"),
    ("ml.gpu", "unknown"),
    ("{{ params.instance }}", "unknown"),
]


@pytest.mark.parametrize(("instance_type", "processor"), INSTANCES)
def test_processor_of_instance(instance_type: str, processor: str) -> None:
    assert processor_of_instance(instance_type) == processor


def test_every_instance_type_of_the_api_has_a_processor() -> None:
    from trainspec.schema.files import API_SCHEMA, load_schema

    types = load_schema(API_SCHEMA)["$defs"]["TrainingInstanceType"]["enum"]
    assert [each for each in types if processor_of_instance(each) == "unknown"] == []


URIS = [
    (f"{DLC}/a/b:1", EcrImage("763104351884", "us-east-1", "amazonaws.com", "a/b", "1")),
    (DLC, EcrImage("763104351884", "us-east-1", "amazonaws.com")),
    (
        f"727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/a@sha256:{'f' * 64}",
        EcrImage("727897471807", "cn-north-1", "amazonaws.com.cn", "a", None, f"sha256:{'f' * 64}"),
    ),
    (
        "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/a:b",
        EcrImage("123456789012", "us-gov-west-1", "amazonaws.com", "a", "b"),
    ),
    ("public.ecr.aws/docker/library/python:3.12", None),
    ("12345.dkr.ecr.us-east-1.amazonaws.com/a:1", None),
    ("763104351884.dkr.ecr.{{ params.region }}.amazonaws.com/a:1", None),
    (f"{DLC}/a:1\n", None),
]


@pytest.mark.parametrize(("uri", "parts"), URIS)
def test_ecr_image(uri: str, parts: EcrImage | None) -> None:
    assert ecr_image(uri) == parts


# image → the frameworks and algorithms of the repository, the accounts of the region, whether the image has one of them
REGISTRIES: list[tuple[str, tuple[tuple[str, ...], tuple[str, ...], bool] | None]] = [
    (f"{DLC}/pytorch-training:2.3-gpu-py311", (("pytorch",), ("763104351884",), True)),
    (
        "811284229777.dkr.ecr.eu-west-1.amazonaws.com/xgboost:1",
        (("xgboost",), ("685385470294",), False),
    ),
    (
        "683313688378.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        (("xgboost",), ("141502667606",), False),
    ),
    (
        "683313688378.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
        (("sklearn",), ("141502667606",), False),
    ),
    ("763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.3", ((), ("763104351884",), True)),
    ("763104351884.dkr.ecr.af-south-1.amazonaws.com/pytorch-inference:2.3", ((), ("626614931356",), False)),
    ("438346466558.dkr.ecr.eu-north-1.amazonaws.com/lda:1", (("lda",), (), False)),
    (f"{OWN}/xgboost:1", None),
    ("public.ecr.aws/a/b:1", None),
]


@pytest.mark.parametrize(("image", "expected"), REGISTRIES)
def test_known_registry(image: str, expected: tuple[tuple[str, ...], tuple[str, ...], bool] | None) -> None:
    registry = known_registry(image)
    assert (registry and (registry.names, registry.expected, registry.fits)) == expected


def test_registry_says_where_its_account_belongs() -> None:
    registry = known_registry("811284229777.dkr.ecr.eu-west-1.amazonaws.com/xgboost:1")
    assert registry is not None
    assert registry.regions == ("us-east-1",)


def test_registry_account() -> None:
    assert registry_account("sagemaker-xgboost", "eu-west-1") == ("141502667606",)
    assert registry_account("sagemaker-xgboost", "atlantis-1") == ()
    assert registry_account("unheard-of", "eu-west-1") == ()


def test_catalogue() -> None:
    assert {"pytorch", "tensorflow", "huggingface", "sklearn", "xgboost", "mxnet", "chainer"} <= set(frameworks())
    assert {"linear-learner", "kmeans", "xgboost", "image-classification", "blazingtext"} <= set(algorithms())
    assert set(frameworks()) & set(algorithms()) == {"xgboost"}
    pytorch = frameworks()["pytorch"]
    assert pytorch.versions[0].version == "2.10.0"
    by_version = {each.version: each for each in pytorch.versions}
    assert (by_version["2.3.0"].aliases, by_version["2.3.0"].python) == (("2.3",), ("py311",))
    assert by_version["2.3.0"].processors == ("cpu", "gpu")
    assert by_version["2.1.2"].processors == ("neuron",)
    assert "me-central-1" in by_version["2.3.0"].regions
    transformers = {each.version: each for each in frameworks()["huggingface"].versions}
    assert transformers["4.17.0"].built_on == ("pytorch 1.10.2", "tensorflow 2.6.3")


NEAREST: list[tuple[str | None, list[str], tuple[str, ...]]] = [
    ("2.3.7", ["2.2.0", "2.3.0", "2.4.0", "2.10.0"], ("2.3.0", "2.4.0", "2.2.0")),
    ("2.3", ["1.3.1", "1.12.1", "1.13.1"], ("1.13.1", "1.12.1", "1.3.1")),
    ("1.9", ["2.0.0", "2.10.0", "3.0.0"], ("2.0.0", "2.10.0", "3.0.0")),
    ("v2.3", ["2.3.0", "2.4.0"], ("2.3.0", "2.4.0")),
    ("1.4.2", ["1.2-1", "1.4-2", "1.9-0"], ("1.4-2", "1.2-1", "1.9-0")),
    ("latest", ["1", "2", "3", "10"], ("10", "3", "2")),
    (None, ["1.0", "1.0", "2.0"], ("2.0", "1.0")),
    ("1", [], ()),
]


@pytest.mark.parametrize(("wanted", "known", "nearest"), NEAREST)
def test_nearest_versions(wanted: str | None, known: list[str], nearest: tuple[str, ...]) -> None:
    assert nearest_versions(wanted, known) == nearest


def test_version_key_orders_versions() -> None:
    assert sorted(["1.10.0", "1.9.0", "1.9", "1.2-2", "latest"], key=version_key) == [
        "latest", "1.2-2", "1.9", "1.9.0", "1.10.0",
    ]  # fmt: skip


def table(**changed: Any) -> dict[str, Any]:
    build = {"version": "1.0", "repository": "a", "registry": 0, "tags": {"cpu": "{version}"}}
    return {
        "source": {"package": "sagemaker-core", "version": "1"},
        "hosts": {"amazonaws.com": ["us-east-1"]},
        "registries": [{"111111111111": ["us-east-1"]}],
        "images": {"a": {"builds": [build]}},
        **changed,
    }


BUILD = {"version": "1.0", "repository": "a", "registry": 0, "tags": {"cpu": "{version}"}}
CHANGES: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    (table(), table(), []),
    ({}, table(), ["sagemaker-core: none → 1", "region us-east-1 added", "a 1.0 added"]),
    (table(), table(source={"package": "sagemaker-core", "version": "2"}), ["sagemaker-core: 1 → 2"]),
    (table(), table(hosts={"amazonaws.com": []}), ["region us-east-1 removed"]),
    (table(), table(registries=[{"222222222222": ["us-east-1"]}]), ["a 1.0 changed: registry"]),
    (
        table(),
        table(images={"a": {"builds": [{**BUILD, "tags": {}}, {**BUILD, "version": "1.1"}]}}),
        ["a 1.0 changed: tags", "a 1.1 added"],
    ),
    (table(), table(images={}), ["a 1.0 removed"]),
    (
        table(),
        table(images={"a": {"builds": [BUILD], "families": {"p4d": {}}}}),
        ["a: tags of instance families changed"],
    ),
    (
        table(),
        table(
            registries=[{"333333333333": []}, {"111111111111": ["us-east-1"]}],
            images={"a": {"builds": [{**BUILD, "registry": 1}]}},
        ),
        [],
    ),
]


@pytest.mark.parametrize(("old", "new", "lines"), CHANGES)
def test_changes(old: dict[str, Any], new: dict[str, Any], lines: list[str]) -> None:
    assert changes(old, new) == lines


def test_table_is_small() -> None:
    assert TABLE.stat().st_size < 200_000


def test_import_reads_nothing_and_is_light() -> None:
    program = (
        "import sys, trainspec.request.images as images; from trainspec.request.images.table import load_table; "
        "print(load_table.cache_info().currsize, "
        "sorted({'botocore', 'boto3', 'sagemaker', 'jsonschema', 'pydantic', 'jinja2'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "0 []\n"
