"""`trainspec init`: what it makes is checked and compiled as it stands, and nothing is overwritten."""

import json
import re
from pathlib import Path

from helpers import Run

MADE = [
    ".github/workflows/trainspec.yml",
    ".pre-commit-config.yaml",
    ".vscode/settings.json",
    "schemas/trainspec.schema.json",
    "specs/example.yaml",
    "trainspec.toml",
]


def made(project: Path) -> list[str]:
    return sorted(path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file())


def test_what_it_makes_compiles_without_findings(project: Path, trainspec: Run) -> None:
    started = trainspec("init")
    assert started.returncode == 0
    assert sorted(line.removeprefix("wrote ") for line in started.stdout.splitlines()) == MADE == made(project)
    linted = trainspec("lint")
    assert (linted.returncode, linted.stdout) == (0, "")
    compiled = trainspec("compile")
    assert (compiled.returncode, compiled.stdout) == (0, "wrote generated_dags/example.py\n")
    assert trainspec("compile", "--check").returncode == 0


def test_the_modeline_and_the_settings_name_the_schema(project: Path, trainspec: Run) -> None:
    trainspec("init")
    spec = project / "specs" / "example.yaml"
    modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", spec.read_text())
    assert modeline is not None
    (setting,) = json.loads((project / ".vscode" / "settings.json").read_text())["yaml.schemas"]
    for path in (spec.parent / modeline[1], project / setting):
        assert json.loads(path.read_text())["title"] == "trainspec"


def test_what_is_there_stays(project: Path, trainspec: Run) -> None:
    (project / "trainspec.toml").write_text("# mine\n")
    (project / ".pre-commit-config.yaml").symlink_to("nowhere")
    again = trainspec("init")
    assert again.returncode == 0
    assert "kept trainspec.toml: it is there already" in again.stdout
    assert "kept .pre-commit-config.yaml: it is there already" in again.stdout
    assert (project / "trainspec.toml").read_text() == "# mine\n"
    assert not (project / "nowhere").exists()
    assert trainspec("init").stdout.count("kept ") == len(MADE)


def test_another_folder(project: Path, trainspec: Run) -> None:
    assert trainspec("init", "new/one").returncode == 0
    assert made(project / "new" / "one") == MADE
    (project / "file").write_text("")
    refused = trainspec("init", "file")
    assert refused.returncode == 2
    assert "cannot write file" in refused.stderr
