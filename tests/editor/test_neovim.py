"""The language server in a real editor: Neovim, with its own client, without a screen. It needs `nvim`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SPEC = """\
trainspec: 1
extends: base.yaml
jobs:
  train:
    name: train-{{ ds }}
    image: ${vars.image}
    output: s3://my-output-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_sise: 10GB}
    stopping: {max_runtime: 1h}
"""
BASE = """\
dag: {id: churn, schedule: "@daily", start_date: 2025-04-01, catchup: false}
vars: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1}
defaults: {role: arn:aws:iam::123456789012:role/SageMakerRole}
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    editor = shutil.which("nvim")
    assert editor, "install Neovim: `apt-get install neovim`, `brew install neovim`"
    root = tmp_path_factory.mktemp("project")
    (root / "specs").mkdir()
    (root / "trainspec.toml").write_text("")
    (root / "specs/base.yaml").write_text(BASE)
    (root / "specs/churn.yaml").write_text(SPEC)
    out = root / "answers.json"
    environ = {**os.environ, "OUT": str(out), "ROOT": str(root), "COMMAND": f"{sys.executable}\t-m\ttrainspec\tlsp"}
    script = Path(__file__).with_name("neovim.lua")
    command = [editor, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {script}"]
    subprocess.run(command, env=environ, check=True, timeout=180, capture_output=True)
    found: dict[str, Any] = json.loads(out.read_text())
    assert "fault" not in found, found["fault"]
    return found


def test_findings_and_their_fix(answers: dict[str, Any]) -> None:
    (found,) = answers["found"]
    assert (found["code"], found["source"], found["lnum"]) == ("TS101", "trainspec", 7)
    assert answers["action"] == "Replace `volume_sise` with `volume_size`"
    assert answers["line"].endswith("volume_size: 10GB}")


def test_definition_hover_and_rename(answers: dict[str, Any]) -> None:
    assert answers["definition"].endswith("/specs/base.yaml")
    assert "123456789012.dkr.ecr" in answers["hover"]
    assert "image: ${vars.container}" in answers["renamed"]


def test_formatting(answers: dict[str, Any]) -> None:
    assert answers["formatted"]
