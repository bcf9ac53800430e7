"""The README's samples are what the tool prints today."""

import ast
import json
import re
from pathlib import Path

import pytest

from helpers import ROOT, Run

README = (ROOT / "README.md").read_text(encoding="utf-8")
NAME = "specs/sagemaker_training_dag.yaml"


def _block(language: str, beginning: str) -> str:
    blocks: list[str] = re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return next(each for each in blocks if each.startswith(beginning))


@pytest.fixture
def spec(project: Path) -> str:
    text = _block("yaml", "trainspec: 1")
    (project / NAME).write_text(text)
    return text


def test_the_mistake(spec: str, project: Path, trainspec: Run) -> None:
    assert "ml.m5.large" in spec
    (project / NAME).write_text(spec.replace("ml.m5.large", "ml.m5.lrage"))
    said = trainspec("lint").stdout
    assert said.startswith(_block("text", "error[TS104]"))


def test_the_request_and_the_dag(spec: str, project: Path, trainspec: Run) -> None:
    request = json.loads(trainspec("request", NAME, "--at", "2025-04-09").stdout)
    shown = _block("json", "{")
    assert f'"TrainingJobName": "{request["TrainingJobName"]}"' in shown
    assert json.dumps(request["HyperParameters"], indent=2).replace("\n", "\n  ") in shown
    assert trainspec("compile").returncode == 0
    generated = (project / "generated_dags" / "sagemaker_training_dag.py").read_text()
    ast.parse(generated)
    lines = _block("python", "with DAG(").splitlines()
    whole = [line for line in lines if "…" not in line]
    assert all(line in generated.splitlines() for line in whole)


def test_what_the_first_command_ends_with() -> None:
    count = len(list((ROOT / "generated_dags").glob("*.py")))
    assert f"\n0 written, 0 removed, {count} unchanged in generated_dags/\n" in README
    assert f"\n1 written, 0 removed, {count - 1} unchanged in generated_dags/\n" in README
