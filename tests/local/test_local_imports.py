"""`run` costs only those who use it: no other command is slower for it, and it needs no Airflow."""

import subprocess
import sys
from pathlib import Path

import pytest
from local_helpers import ONE, write

HEAVY = ("boto3", "botocore", "trainspec.local", "trainspec.simulator", "trainspec.runtime")
PROGRAM = """
import sys
from trainspec.cli import main
main(sys.argv[1:])
print("LOADED", *sys.modules)
"""


def _loaded(project: Path, *arguments: str) -> set[str]:
    words = [sys.executable, "-c", PROGRAM, *arguments]
    ran = subprocess.run(words, capture_output=True, text=True, cwd=project, check=True)
    return set(ran.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize("command", ["lint", "compile", "request"])
def test_other_commands_load_nothing_of_it(project: Path, command: str) -> None:
    assert _loaded(project, command, write(project, ONE)).isdisjoint(HEAVY)


def test_it_loads_no_airflow(project: Path) -> None:
    loaded = _loaded(project, "run", write(project, ONE), "--simulate", "--phase-seconds", "0.05")
    assert "trainspec.local.runner" in loaded
    assert not [name for name in loaded if name.partition(".")[0] == "airflow"]


def test_its_findings_need_no_boto(project: Path) -> None:
    loaded = _loaded(project, "run", write(project, ONE.replace("m5.large", "m5.lrage")))
    assert loaded.isdisjoint({"boto3", "botocore"})
