"""Imports run one way: the contracts of pyproject.toml, which CONTRIBUTING.md's table tells in words."""

import re
import subprocess
import sys
from pathlib import Path

from helpers import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "compiler" / "trainspec"


def test_contracts_are_kept() -> None:
    """A room that is new has to be given its floor in `[tool.importlinter]`."""
    lint = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_every_room_is_in_the_table() -> None:
    rooms = {f"{path.name}/" for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert rooms - set(re.findall(r"^\| `(\w+/)` \|", CONTRIBUTING, re.MULTILINE)) == set(), "no row in CONTRIBUTING.md"
