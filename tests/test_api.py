"""The public Python interface: its examples run, it agrees with the command, and its errors name the cause."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from trainspec import api

from helpers import ROOT, Run

SPECS = [path for path in sorted((ROOT / "specs").glob("*.yaml")) if "trainspec: 1" in path.read_text(encoding="utf-8")]
BAD = "trainspec: 1\njobs: {train: {nmae: x}}\n"


def test_examples_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 4
    exec("\n".join(examples), {})  # noqa: S102  # our own page


def test_the_page_names_everything_public() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert [name for name in api.__all__ if name not in page] == []


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_it_agrees_with_the_commands(path: Path, trainspec: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    chosen = {"team": "risk"} if "for_each:" in path.read_text() else None
    spec = api.load(path, each=chosen)
    written = ROOT / "generated_dags" / f"{spec.dag_id}.py"
    assert api.compile(spec) == written.read_text(encoding="utf-8")
    linted = json.loads(trainspec("lint", "--no-cache", "--format", "json", str(path)).stdout)
    findings = linted["findings"] if isinstance(linted, dict) else linted
    assert {finding.code for finding in api.lint(path)} <= {found["code"] for found in findings}
    for job in spec.jobs:
        each = [f"--each={name}={value}" for name, value in (chosen or {}).items()]
        ran = trainspec("request", str(path), *each, "--job", job, "--at", "2025-04-09")
        assert json.loads(ran.stdout) == api.request(spec, job, at=datetime(2025, 4, 9))


def test_errors_are_raised_with_their_findings(project: Path) -> None:
    path = project / "specs" / "a.yaml"
    path.write_text(BAD)
    findings = api.lint(path)
    assert ("error", "specs/a.yaml", 2) in {(each.severity, each.path, each.line) for each in findings}
    assert str(findings[0]).startswith("specs/a.yaml:2:")
    for use in (api.compile, api.request):
        with pytest.raises(api.SpecError, match=r"specs/a\.yaml has \d+ errors?") as raised:
            use(path)
        assert raised.value.findings == findings


def test_refusals(project: Path) -> None:
    fragment = project / "specs" / "base.yaml"
    fragment.write_text("defaults: {spot: false}\n")
    with pytest.raises(ValueError, match="is a fragment"):
        api.compile(fragment)
    with pytest.raises(FileNotFoundError, match="no such file"):
        api.load(project / "specs" / "none.yaml")
    spec = SPECS[0]
    for wrong in ({"env": "nowhere"}, {"variables": {"nothing": "1"}}, {"airflow": "1.10"}):
        with pytest.raises(ValueError, match=r"nowhere|nothing|1\.10"):
            api.load(spec, **wrong)
    with pytest.raises(ValueError, match="has no job `nobody`"):
        api.request(spec, "nobody")
