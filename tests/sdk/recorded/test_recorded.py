"""`trainspec import --record` of scripts with the real SageMaker SDKs: the specs request what the SDK sent."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from trainspec.importers.model import ImportedJob
from trainspec.importers.request import without_empty_ranges
from trainspec.importers.write import spec_text
from trainspec.options import Options
from trainspec.pipeline import analyse
from trainspec.recording.command import recorded
from trainspec.recording.specs import specs_of
from trainspec.request.check import printable
from trainspec.text.source import Source

HERE = Path(__file__).parent
UV = shutil.which("uv") or "uv"
NAMES = ("TrainingJobName", "HyperParameterTuningJobName")
CASES = {
    "estimators.py": {"churn": "churn-{{ ts_nodash }}", "boost": "boost", "tune": "tune-{{ ts_nodash }}"},
    "trainers.py": {"churn": "churn-{{ ts_nodash }}", "plain": "plain-{{ ts_nodash }}"},
}


def comparable(request: Mapping[str, Any], *names: str) -> Any:
    """A request with `<name>` for the job's names, and hyperparameters that the SDK wrote as JSON parsed."""
    text = json.dumps(request)
    for name in names:
        text = text.replace(name, "<name>")
    plain = json.loads(text)
    for definition in (plain, plain.get("TrainingJobDefinition", {})):
        for given in ("HyperParameters", "StaticHyperParameters"):
            if given in definition:
                definition[given] = {key: _decoded(value) for key, value in definition[given].items()}
    return plain


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


@pytest.mark.parametrize("script", CASES)
def test_the_specs_ask_for_what_the_sdk_sent(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with recorded([UV, "run", "--quiet", "--no-project", str(HERE / script)], "eu-west-1") as recording:
        assert recording.code == 0
        sent = [each.request for each in recording.created]
        specs = specs_of(recording.created, recording.store, "eu-west-1")
        for spec in specs:
            spec.unpack(tmp_path / "specs")
    assert [spec.stem for spec in specs] == list(CASES[script])
    for spec, request in zip(specs, sent, strict=True):
        name = next(str(request[each]) for each in NAMES if each in request)
        checked = spec.as_uploaded()
        (job,) = checked.jobs
        assert isinstance(job, ImportedJob)
        analysis = analyse(Source("recorded.yaml", spec_text(checked)), Options())
        assert [each.message for each in analysis.findings if each.severity.name == "ERROR"] == []
        made = printable(analysis.requests[job.task_id].members)
        new = CASES[script][spec.stem]
        assert comparable(made, new, name) == comparable(without_empty_ranges(request), name)
    if script == "estimators.py":
        assert (tmp_path / "specs" / "churn-source" / "train.py").read_text() == "print('trained')\n"
        assert [spec.imported.notes for spec in specs] == [(), (), ()]
