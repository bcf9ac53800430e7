"""Specs and programs of the SageMaker SDK: the same requests, except for names. ask_sdk.py recorded the SDK."""

import json
from pathlib import Path
from typing import Any, cast

import pytest
from combinations import OURS, combinations
from trainspec.language.data import JobData
from trainspec.pipeline import Options, analyse
from trainspec.request.distribution import KINDS as KNOWN
from trainspec.request.lower import lower
from trainspec.text.source import Source

HERE = Path(__file__).parent


def _canonical(value: Any) -> Any:
    """Hyperparameters as the toolkit reads them: the SDK writes JSON lists with spaces."""
    values = {name: json.loads(each) for name, each in value["HyperParameters"].items()}
    return {**value, "HyperParameters": values}


@pytest.mark.parametrize("spec", sorted(HERE.glob("jobs/*/spec.yaml")), ids=lambda path: path.parent.name)
def test_request_is_the_sdks(spec: Path) -> None:
    analysis = analyse(Source("spec.yaml", spec.read_text(encoding="utf-8")), Options())
    sdk = json.loads(spec.with_name("request.json").read_text(encoding="utf-8"))
    ours = json.loads(json.dumps(analysis.requests["train"].members))
    assert _canonical(ours) == _canonical(sdk)


def test_distributions_are_the_sdks() -> None:
    answers = json.loads((HERE / "distributions.json").read_text(encoding="utf-8"))
    compared = 0
    for asked in combinations():
        answer = answers[asked.key]
        known = asked.framework["name"] in KNOWN[asked.kind.split(" ")[0]].frameworks
        if isinstance(answer, str) or not answer or not known or (asked.framework["name"], asked.kind) in OTHERWISE:
            continue
        given = OURS.get(asked.kind, asked.kind)
        if asked.named:
            given = {**({"type": given} if isinstance(given, str) else given), "instance_groups": list(asked.named)}
        resources: dict[str, Any] = {"instance_type": asked.machine}
        if asked.groups:
            resources = {"groups": {name: {"instance_type": each} for name, each in asked.groups}}
        ours = lower(cast("JobData", {"resources": resources, "distribution": given})).members["HyperParameters"]
        wanted = {name: value for name, value in answer.items() if value not in ("null", "false")}
        if not KNOWN[asked.kind.split(" ")[0]].takes_groups:
            ours.pop("sagemaker_distribution_instance_groups", None)  # the SDK drops it silently
        assert ours == wanted, asked.key
        compared += 1
    assert compared > 150


OTHERWISE = {
    ("pytorch", "pytorchddp"),  # this version of the SDK turns it into smddp
    ("mxnet", "mpi"),  # no options: MXNet's estimator sends them only with the number of processes
}
