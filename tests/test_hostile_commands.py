"""Secrets and hostile names wherever a command shows something: none is shown, neither on a terminal nor on a page.

`tests/test_escaping.py` covers the formats; this file covers commands that create documents, or show AWS's messages.
"""

import html.parser
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from trainspec.cli import main

from helpers import Run

TOKEN = "ghp_" + "aB3" * 12
NAMED = "hunter2-behind-a-name"
HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "a\n::error file=x::owned\n| --- |",
    "\x1b[2J\x1b]0;owned\x07\x9b1m\x00",
    "\u202egnp.exe\u2066\u200b",
)
JOB = """\
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""
COMMANDS = (
    "docs", "cost", "cost --format json", "cost --format markdown", "ls", "ls --json", "graph", "graph x.yaml",
    "graph x.yaml --format svg", "diff x.yaml y.yaml", "diff x.yaml y.yaml --format markdown",
    "diff x.yaml y.yaml --format json", "lint", "lint --format json", "lint --format github", "lint --format junit",
    "lint --format sarif", "lint --format concise", "lint --diff", "fmt --diff", "compile --check",
    "request x.yaml --redact", "request x.yaml --origin", "run x.yaml --simulate --phase-seconds 0", "push --dry-run",
)  # fmt: skip
"""Not `iam`: a policy with masked resources would be wrong."""


def spec(text: str, other: str = "1") -> str:
    """A spec with `text` wherever any string is allowed; the secret behind a name is used in telling names."""
    word = json.dumps(text)
    return f"""\
trainspec: 1
dag:
  schedule: null
  description: {word}
  doc: {word}
  tags: [{word}]
  owner_links: {{{word}: mailto:x}}
  default_args: {{owner: {word}}}
  params: {{place: {{default: {word}}}, db_password: {{default: {NAMED}-{other}}}}}
jobs:
  train:
    name: job-{{{{ ts_nodash }}}}
    doc: {word}
{JOB}    output: {json.dumps("s3://my-bucket/" + text)}
    inputs: {{a: {json.dumps("s3://my-bucket/a/" + text)}}}
    arguments: [--token, {NAMED}-{other}, {word}, "{other}"]
    environment: {{A: {word}, DB_PASSWORD: {NAMED}-{other}}}
    hyperparameters: {{a: {word}, nested: {{api_key: {NAMED}-{other}}}}}
    tags: {{a: {word}, auth_token: {NAMED}-{other}}}
tasks:
  after: {{operator: acme.Work, depends_on: [train], arguments: {{a: {word}, password: {NAMED}-{other}}}}}
triggers:
  next: {{dag: other, conf: {{a: {word}, secret: {NAMED}-{other}}}}}
# {text if text.isprintable() else ""}
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_no_secret_is_shown(command: str, project: Path, trainspec: Run) -> None:
    _put(project, TOKEN)
    ran = trainspec(*command.split())
    assert ran.returncode in (0, 1), ran
    for shown in (ran.stdout, ran.stderr, *_pages(project)):
        assert TOKEN[:12] not in shown
        assert NAMED not in shown


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_hostile_reaches_a_terminal(command: str, text: str, project: Path, trainspec: Run) -> None:
    _put(project, text)
    ran = trainspec(*command.split())
    assert ran.returncode in (0, 1, 2), ran
    for shown in (ran.stdout, ran.stderr):
        assert all(each.isprintable() or each == "\n" for each in shown), shown
        assert not re.search(r"(?m)^(::error file=x::|\| --- \|$)", shown)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_becomes_markup(text: str, project: Path, trainspec: Run) -> None:
    _put(project, text)
    assert trainspec("docs").returncode == 0
    _put(project, "harmless")
    (project / "site").rename(project / "hostile")
    assert trainspec("docs").returncode == 0
    for path in sorted((project / "hostile").rglob("*.html")):
        harmless = project / "site" / path.relative_to(project / "hostile")
        assert _elements(path) <= _elements(harmless), path
        assert all(each.isprintable() or each in "\n\t" for each in path.read_text(encoding="utf-8")), path


class _Elements(html.parser.HTMLParser):
    """The elements of a page, with the attributes that may do something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            assert value == "data:," or not re.match(r"(?i)\s*(javascript|data|vbscript):", value or ""), (tag, value)
        self.found.add((tag, *sorted(name for name, _ in attrs)))


def _elements(path: Path) -> set[tuple[str, ...]]:
    parser = _Elements()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser.found


def _put(project: Path, text: str) -> None:
    for name, other in (("x.yaml", "1"), ("y.yaml", "2")):
        (project / name).write_text(spec(text, other), encoding="utf-8")
    (project / "trainspec.toml").write_text('paths = ["x.yaml"]\n')


def _pages(project: Path) -> Iterator[str]:
    for path in (project / "site").rglob("*"):
        if path.is_file():
            yield path.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_price_table_is_not_believed(form: str, text: str, project: Path, trainspec: Run) -> None:
    _put(project, "harmless")
    prices = {"date": text, "currency": text, "prices": {text: {text: 1}, "us-east-1": {"ml.m5.large": 2}}}
    (project / "prices.json").write_text(json.dumps(prices))
    (project / "trainspec.toml").write_text('paths = ["x.yaml"]\nprices = "prices.json"\n')
    ran = trainspec("cost", "--format", form)
    assert ran.returncode in (0, 2)
    for shown in (ran.stdout, ran.stderr):
        assert all(each.isprintable() or each == "\n" for each in shown), shown
        assert "\n::error" not in shown
        assert form != "markdown" or "<script" not in shown


NAMES = ("\x1b[2Jx.yaml", "a\n::error::owned.yaml", "$(touch owned).yaml", "`touch owned`.yaml", "-o.yaml", "'\".yaml")


@pytest.mark.parametrize("command", ["ls", "cost", "graph", "docs", "lint", "compile --check", "fmt --check"])
def test_names_of_files(command: str, project: Path, trainspec: Run) -> None:
    for name in NAMES:
        (project / "specs" / name).write_text("trainspec: 1\njobs: {a: {}}\nx: 1\n")
    ran = trainspec(*command.split())
    assert ran.returncode in (0, 1, 2)
    for shown in (ran.stdout, ran.stderr):
        assert all(each.isprintable() or each == "\n" for each in shown), shown
        assert "\n::error" not in shown
    assert not (project / "owned").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_reads_nothing_of_the_folder(
    shell: str, project: Path, trainspec: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = trainspec("completion", shell).stdout
    (project / "trainspec.toml").write_text('paths = ["$(touch owned)"]\n')
    (project / "argparse.py").write_text("raise SystemExit(7)\n")
    assert trainspec("completion", shell).stdout == elsewhere
    assert all(each.isprintable() or each in "\n\t" for each in elsewhere)


@pytest.mark.parametrize("typed", ["$(touch owned)", "`touch owned`", "specs/$(touch", "*", "-", ";touch owned;"])
def test_completing_runs_nothing(typed: str, project: Path, trainspec: Run) -> None:
    for name in NAMES:
        (project / "specs" / name).touch()
        (project / name).touch()
    (project / "complete.sh").write_text(
        trainspec("completion", "bash").stdout
        + 'COMP_WORDS=(trainspec lint "$1"); COMP_CWORD=2; _trainspec 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    command = ["bash", "--norc", "complete.sh", typed]
    done = subprocess.run(command, cwd=project, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not list(project.rglob("owned"))


def test_a_fault_of_our_own_is_printable(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise ValueError(f"\x1b[2J{TOKEN}")

    monkeypatch.setattr("trainspec.cli.ls.project_here", fails)
    assert main(["ls"]) == 3
    said = capsys.readouterr().err
    assert said.replace("\n", "").isprintable()
    assert TOKEN not in said
