"""The table and the lookup, compared with sagemaker-core's own results.

With sagemaker-core (`uv run --group images pytest tests/request_images`) it is called. Without it, our results are
compared with a record of its results; the tests that call it compare the record with it.
"""

import json
from importlib import metadata
from typing import Any

import pytest
from image_combinations import Choice, choices, combinations, digests, our_answer
from image_reference import RECORD, SagemakerCore
from trainspec.request.images import ImageProblem, resolve_framework
from trainspec.request.images.__main__ import main
from trainspec.request.images.derive import derive_table, table_text
from trainspec.request.images.table import TABLE, load_table

IS_INSTALLED = any(metadata.distributions(name="sagemaker-core"))
with_sagemaker_core = pytest.mark.skipif(
    not IS_INSTALLED, reason="sagemaker-core is not installed: uv run --group images"
)


@pytest.fixture(scope="module")
def core() -> SagemakerCore:
    return SagemakerCore()


@pytest.fixture(scope="module")
def record() -> Any:
    return json.loads(RECORD.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_answers_are_the_recorded_ones(record: Any) -> None:
    assert digests(our_answer) == record["answers"]


def test_record_and_table_are_of_one_version(record: Any) -> None:
    assert load_table().source == {
        "package": "sagemaker-core",
        "version": record["sagemaker-core"],
        "licence": "Apache-2.0",
    }


@with_sagemaker_core
def test_answers_are_those_of_sagemaker_core(core: SagemakerCore) -> None:
    differing = [(each, our_answer(each), core.answer(each)) for each in combinations()]
    assert [each for each in differing if each[1] != each[2]] == []
    assert len(differing) > 60_000


@with_sagemaker_core
def test_record_is_what_sagemaker_core_says(core: SagemakerCore, record: Any) -> None:
    assert digests(core.answer) == record["answers"]
    assert metadata.version("sagemaker-core") == record["sagemaker-core"]


# The images that sagemaker-core gives for PyTorch 2.7.0 are listed by AWS with 2.8.0.
CORRECTED = {
    Choice("huggingface", version, f"pytorch {base}", "py310")
    for version in ("4.55", "4.55.4")
    for base in ("2.7", "2.7.0")
}


@with_sagemaker_core
def test_nothing_of_sagemaker_core_is_missing(core: SagemakerCore) -> None:
    assert set(core.choices()) - set(choices()) == CORRECTED
    assert len(set(choices()) - set(core.choices())) == len(CORRECTED)


@with_sagemaker_core
def test_table_is_what_derivation_gives() -> None:
    assert table_text(derive_table()) == TABLE.read_text(encoding="utf-8")


@with_sagemaker_core
def test_command_leaves_a_fresh_table_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert capsys.readouterr() == ("", "images.json: unchanged\n")


@pytest.mark.skipif(IS_INSTALLED, reason="sagemaker-core is installed")
def test_command_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    before = TABLE.read_bytes()
    assert main() == 2
    assert capsys.readouterr().err == (
        "this needs the package sagemaker-core, which is not installed: "
        "uv run --with sagemaker-core python -m trainspec.request.images\n"
    )
    assert TABLE.read_bytes() == before


# sagemaker-core lists Trainium's images of huggingface, but offers no way to request one. These are in
# https://aws.github.io/deep-learning-containers/reference/available_images/ or the release notes of earlier ones.
DOCUMENTED = [
    ("4.55.4", "2.8.0-transformers4.55.4-neuronx-py310-sdk2.26.0-ubuntu22.04"),
    ("4.55", "2.8.0-transformers4.55.4-neuronx-py310-sdk2.26.0-ubuntu22.04"),
    ("4.51.0", "2.7.0-transformers4.51.0-neuronx-py310-sdk2.24.1-ubuntu22.04"),
    ("4.48.1", "2.1.2-transformers4.48.1-neuronx-py310-sdk2.20.0-ubuntu20.04"),
    ("4.43.2", "2.1.2-transformers4.43.2-neuronx-py310-sdk2.20.0-ubuntu20.04"),
    ("4.36", "1.13.1-transformers4.36.2-neuronx-py310-sdk2.18.0-ubuntu20.04"),
]


@pytest.mark.parametrize(("version", "tag"), DOCUMENTED)
def test_huggingface_on_trainium(version: str, tag: str) -> None:
    image = resolve_framework("huggingface", version, region="us-east-1", instance_type="ml.trn1.2xlarge")
    assert image == f"763104351884.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-training-neuronx:{tag}"


def test_what_is_not_known_is_never_guessed() -> None:
    """sagemaker-core accepts any version if it knows one, and returns PyTorch 1.11.0 for any version on Trainium."""
    on_trainium = resolve_framework("pytorch", "2.3", region="us-east-1", instance_type="ml.trn1.2xlarge")
    assert isinstance(on_trainium, ImageProblem)
    any_version = resolve_framework("vw", "9.9", region="us-east-1", instance_type="ml.m5.large")
    assert isinstance(any_version, ImageProblem)
