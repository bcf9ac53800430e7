"""The example specs run from this machine, and send what `request --at` prints."""

import json
from pathlib import Path
from typing import Any

import pytest
from local_helpers import AT, results
from trainspec.runtime.engine.label import VARIABLE
from trainspec.simulator import Simulator

from helpers import ROOT, Run, sampled

SPECS = sorted([*(ROOT / "specs").glob("*.yaml"), *(ROOT / "specs" / "platform").glob("*.yaml")])

CONF = json.dumps({"model": "s3://models/a.tar.gz", "job": "a"})


@pytest.mark.parametrize("spec", sampled(SPECS, 3), ids=lambda spec: spec.stem)
def test_an_example(aws: Simulator, trainspec: Run, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    each = ("--each", "team=risk") if "for_each:" in spec.read_text() else ()
    ran = trainspec("run", str(spec), *each, *AT, "--region", "us-east-1", "--conf", CONF)
    assert ran.returncode == 0, ran.stderr
    sent = {job.name: job.request for job in aws.jobs} | {job.name: job.request for job in aws.account.tuning.jobs()}
    for job, result in results(ran).items():
        if result["status"] in ("Skipped", "Chosen"):  # the latter is the task that chooses the best point
            continue
        printed = trainspec("request", str(spec), *each, "--job", job, "--at", "2025-04-09")
        if "is known only when the task runs" not in printed.stderr:
            assert _without_label(sent[result["name"]]) == json.loads(printed.stdout)


def _without_label(request: Any) -> dict[str, Any]:
    if definition := request.get("TrainingJobDefinition"):
        return {**request, "TrainingJobDefinition": _without_label(definition)}
    environment = {name: value for name, value in request["Environment"].items() if name != VARIABLE}
    kept = {member: value for member, value in request.items() if member != "Environment"}
    return {**kept, "Environment": environment} if environment else kept
