"""Imports run one way: the contracts of pyproject.toml, which CONTRIBUTING.md's table describes."""

import re
import subprocess
import sys
from pathlib import Path

from helpers import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "compiler" / "trainspec"


def test_contracts_are_kept() -> None:
    """A new room must be given its floor in `[tool.importlinter]`."""
    lint = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_every_room_is_in_the_table() -> None:
    rooms = {f"{path.name}/" for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert rooms - set(re.findall(r"^\| `(\w+/)` \|", CONTRIBUTING, re.MULTILINE)) == set(), "no row in CONTRIBUTING.md"


TABLES = {
    "language/data.py": "written by `trainspec schema --rebuild`",
    "language/parts.py": "the fields of a job, a class for each object",
    "reference/examples.py": "an example for each field",
}
"""Modules of any length: they are data, which is looked up, not read."""


def test_no_module_is_long() -> None:
    """One module has one purpose, and at most 300 lines, which can be read in one go."""
    lengths = {
        path.relative_to(PACKAGE).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    long = {name: length for name, length in lengths.items() if length > 300 and name not in TABLES}
    assert long == {}, "split it by what it does: what is read together stays together"
    assert {name for name in TABLES if lengths.get(name, 0) <= 300} == set(), "it needs no exception"
