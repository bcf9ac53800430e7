"""The same findings, in the same order and character for character, whatever PYTHONHASHSEED is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import is_thorough

CASES = Path(__file__).parent / "cases"
SPECS = Path(__file__).parents[1] / "specs"

SHARED = """trainspec: 1
jobs:
  a: {name: a, resources: &r {x1: 1, x2: 1, x3: 1, x4: 1, x5: 1, x6: 1, x7: 1, x8: 1, x9: 1, x10: 1, x11: 1, x12: 1}}
""" + "".join(f"  {job}: {{name: {job}, resources: *r}}\n" for job in "bcdef")

DRIVER = """
import sys
from pathlib import Path
from trainspec.options import Options
from trainspec.pipeline import analyse
from trainspec.text.source import decode
for path in sys.argv[1:]:
    source = decode(Path(path).read_bytes(), "x.yaml")
    found = analyse(source, Options()).findings if hasattr(source, "text") else (source,)
    shown = (f"{each.span} {each.code.id} {each.message} {each.advice} {each.labels}" for each in found)
    print(path, *shown, sep="\\n")
"""


def _found(seed: str, paths: list[str]) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", DRIVER, *paths]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
@pytest.mark.generated
def test_findings_do_not_depend_on_the_seed(tmp_path: Path) -> None:
    shared = tmp_path / "shared.yaml"
    shared.write_text(SHARED)
    paths = [str(shared), *map(str, sorted([*CASES.glob("*/spec.yaml"), *SPECS.rglob("*.yaml")]))]
    one, *others = (_found(seed, paths) for seed in (("0", "1", "2") if is_thorough() else ("0", "1")))
    assert "TS101" in one
    assert all(other == one for other in others)
