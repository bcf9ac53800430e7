"""The extension for VS Code: which server it starts. `vscode_walk.py` tries all of it in a real editor."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from helpers import ROOT

COMMAND = ROOT / "docs/editors/vscode/command.js"


@pytest.mark.parametrize(
    ("configured", "has_environment", "is_trusted", "expected"),
    [
        ([], True, True, [".venv/bin/trainspec", "lsp"]),
        ([], True, False, ["trainspec", "lsp"]),  # code in an untrusted folder does not run
        ([], False, True, ["trainspec", "lsp"]),
        (["uv", "run", "trainspec", "lsp"], True, True, ["uv", "run", "trainspec", "lsp"]),
    ],
)
def test_the_command(
    configured: list[str], has_environment: bool, is_trusted: bool, expected: list[str], tmp_path: Path
) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    program = tmp_path / ".venv/bin/trainspec"
    if has_environment:
        program.parent.mkdir(parents=True)
        program.touch()
    arguments = ", ".join(map(json.dumps, (configured, str(tmp_path), is_trusted)))
    code = f"console.log(JSON.stringify(require({json.dumps(str(COMMAND))}).serverCommand({arguments})))"
    chosen = json.loads(subprocess.run([node, "-e", code], check=True, capture_output=True, timeout=60).stdout)
    assert [str(each).removeprefix(f"{tmp_path}/") for each in chosen] == expected
