"""The documentation: every spec on a page is valid and compiles, every command and link on it exists."""

import re
from pathlib import Path

import pytest

from helpers import ROOT, Run

DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.name not in ("fields.md", "rules.md"))
BASE = """\
defaults:
  name: page-{{ ds }}
  role: arn:aws:iam::123456789012:role/SageMakerRole
  image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
  output: s3://my-output-bucket/models/
  resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
  stopping: {max_runtime: 1h}
"""
"""What a spec on a page may extend."""
_BLOCK = re.compile(r"^([ ]*)```(\w*)([^\n]*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^[ ]*(?:\$ )?trainspec ([a-z]+)([^\n#&|>]*)", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def blocks(page: Path, language: str) -> list[str]:
    return [body for _, found, _, body in _BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


SPECS = [
    pytest.param(text, id=f"{page.relative_to(DOCS).as_posix()}-{number}")
    for page in PAGES
    for number, text in enumerate(blocks(page, "yaml"))
    if text.startswith("trainspec: 1\n")
]


@pytest.mark.parametrize("text", SPECS)
def test_a_spec_on_a_page_is_sound_and_compiles(text: str, project: Path, trainspec: Run) -> None:
    (project / "src").mkdir()
    (project / "src/train.py").write_text("print('loss=1')\n")
    (project / "trainspec.toml").write_text('allow-accounts = ["999999999999", "111111111111", "222222222222"]\n')
    (project / "base.yaml").write_text(BASE)
    (project / "specs/page.yaml").write_text(text)
    checked = trainspec("lint", "specs/page.yaml", "--strict")
    assert checked.returncode == 0, checked.stdout
    assert trainspec("compile", "specs/page.yaml").returncode == 0


def test_there_are_specs_on_the_pages() -> None:
    assert len(SPECS) >= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_commands_and_options_exist(page: Path, trainspec: Run) -> None:
    text = "\n".join(blocks(page, "console") + blocks(page, "sh"))
    for command, rest in _COMMAND.findall(text):
        helped = trainspec(command, "--help")
        assert helped.returncode == 0, f"there is no `trainspec {command}`"
        for option in re.findall(r"--[a-z][a-z-]+", rest):
            assert option in helped.stdout, f"`trainspec {command}` has no {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_links_lead_to_files(page: Path) -> None:
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        name, _, _ = link.partition("#")
        if name and not re.match(r"[a-z]+:", name):
            assert (page.parent / name).resolve().exists(), link


def test_the_tutorial_is_what_happens(project: Path, trainspec: Run) -> None:
    """Its script, its data and its spec, trained on this machine."""
    page = (DOCS / "tutorial.md").read_text()
    (script,) = (
        body for _, language, title, body in _BLOCK.findall(page) if language == "python" and "train.py" in title
    )
    (spec,) = blocks(DOCS / "tutorial.md", "yaml")
    points = re.search(r"printf '([^']+)' > data/points.csv", page)
    assert points
    for folder in ("src", "data"):
        (project / folder).mkdir()
    (project / "src/train.py").write_text(script)
    (project / "data/points.csv").write_text(points[1].replace("\\n", "\n"))
    (project / "specs/churn.yaml").write_text(spec)
    ran = trainspec("run", "specs/churn.yaml", "--local", "--input", "train=./data")
    assert ran.returncode == 0, ran.stderr
    assert '"status": "Completed"' in ran.stdout
    assert '"loss": 0.0' in ran.stdout
    wrong = spec.replace("ml.m5.large", "ml.m5.lrage").replace("max_runtime", "max_runtme")
    (project / "specs/churn.yaml").write_text(wrong)
    assert trainspec("lint").stdout.count("did you mean") == 2
    trainspec("lint", "--fix")
    assert (project / "specs/churn.yaml").read_text() == spec
    compiled = trainspec("compile")
    assert compiled.stdout == "wrote generated_dags/churn.py\n"
