"""Output is a function of what a spec means: its text, the order of its keys and its lines do not change it."""

import json
import random
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from trainspec.editing.format import formatted
from trainspec.pipeline import Options, analyse, generate
from trainspec.project.files import Files
from trainspec.project.project import Project
from trainspec.text.source import Source

from helpers import ROOT, Run

SPECS = sorted(path for path in (ROOT / "specs").rglob("*.yaml") if "trainspec: 1" in path.read_text())
IN_ORDER = ("jobs", "inputs", "tags")
"""The order of these has a meaning."""

SPEC = """\
trainspec: 1
dag:
  schedule: "@daily"
  start_date: 2025-04-01
  catchup: false
jobs:
  train:
    name: job-{{ ts_nodash }}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}
    stopping: {max_runtime: 30m}
"""


def _made(path: Path, text: str) -> tuple[str, str]:
    """The DAG file's body and the requests of the spec at `path`, if it had this text."""
    project = Project(ROOT)
    source = Source(path.relative_to(ROOT).as_posix(), text)
    analysis = analyse(source, Options(), Files(project).extended)
    requests = {name: request.members for name, request in analysis.requests.items()}
    return generate(analysis, Options()), json.dumps(requests)


def _shuffled(node: yaml.Node, chance: random.Random, key: str = "") -> None:
    """Put the keys of all maps in another order, except those whose order has a meaning."""
    if isinstance(node, yaml.MappingNode):
        if key not in IN_ORDER:
            chance.shuffle(node.value)
        for name, value in node.value:
            _shuffled(value, chance, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _shuffled(value, chance)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_text_of_a_spec_changes_nothing(path: Path) -> None:
    text = path.read_text()
    made = _made(path, text)
    assert _made(path, "# a comment\n\n\n" + text.replace("\njobs:", "\n# another\n\njobs:")) == made
    assert _made(path, formatted(Source(path.name, text)).text) == made
    assert not re.search(r"\.yaml:\d", made[0]), "a line number"
    assert not re.search(r"[0-9a-f]{32}", made[0]), "a digest"


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_keys_changes_nothing(path: Path, seed: int) -> None:
    text = path.read_text()
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None
    _shuffled(root, random.Random(seed))  # noqa: S311
    assert _made(path, yaml.serialize(root, width=1000)) == _made(path, text)


def test_the_order_of_jobs_channels_and_tags_is_kept() -> None:
    more = "    inputs: {b: s3://my-bucket/b/, a: s3://my-bucket/a/}\n    tags: {z: 1, y: 2}\n"
    text = SPEC + more + "  again:\n" + SPEC.partition("  train:\n")[2].replace("job-", "again-")
    _, requests = _made(ROOT / "specs" / "one.yaml", text)
    read = json.loads(requests)
    assert list(read) == ["train", "again"]
    assert [each["ChannelName"] for each in read["train"]["InputDataConfig"]] == ["b", "a"]
    assert [each["Key"] for each in read["train"]["Tags"]] == ["z", "y"]


# ---------------------------------------------------------------------- the header


def _header(project: Path) -> list[str]:
    text = (project / "generated_dags" / "one.py").read_text()
    return text.partition("\n\n")[0].splitlines()[1:]


@pytest.fixture
def spec(project: Path) -> Path:
    path = project / "specs" / "one.yaml"
    path.write_text(SPEC)
    return path


def test_the_header_names_spec_project_target_and_command(spec: Path, project: Path, trainspec: Run) -> None:
    assert trainspec("compile").returncode == 0
    assert _header(project) == [
        "#   spec:    specs/one.yaml",
        "#   target:  Airflow 3.3",
        "#   rebuild: trainspec compile specs/one.yaml",
    ]
    (project / "pyproject.toml").write_text('[project]\nname = "churn-team"\n')
    assert trainspec("compile").returncode == 0
    assert _header(project)[1] == "#   project: churn-team"
    (project / "trainspec.toml").write_text('project = "ours"\n')
    assert trainspec("compile").returncode == 0
    assert _header(project)[1] == "#   project: ours"


def test_the_headers_command_makes_the_same_file_again(spec: Path, project: Path, trainspec: Run) -> None:
    text = SPEC.replace("30m", '"${vars.longest}"') + "vars: {longest: 1h, token: x}\nenvironments: {prod: {}}\n"
    spec.write_text(text.replace("/models/", "/models/${vars.token}/"))
    options = ("--env", "prod", "--airflow", "2", "-o", "dags/p r", "--var", "longest=2h")
    assert trainspec("compile", *options, "--var", "token=hunter2").returncode == 0
    path = project / "dags" / "p r" / "one.py"
    made = path.read_text()
    command = re.search("rebuild: (.*)", made)
    assert command
    assert "hunter2" not in command[1]
    assert command[1].endswith("--var longest=2h --var token=... specs/one.yaml")
    path.unlink()
    again = [word.replace("token=...", "token=hunter2") for word in shlex.split(command[1])[1:]]
    assert trainspec(*again).returncode == 0
    assert path.read_text() == made


def test_options_that_change_nothing_are_not_in_the_header(spec: Path, project: Path, trainspec: Run) -> None:
    assert trainspec("compile").returncode == 0
    checked = trainspec("compile", "--check", "-o", "./generated_dags", "--airflow", "3.3", "specs/one.yaml")
    assert (checked.returncode, checked.stdout) == (0, "")


# ---------------------------------------------------------------------- git


def _git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *identity, *arguments], capture_output=True, text=True, check=False)


def _branch(trainspec: Run, spec: Path, name: str, old: str, new: str) -> None:
    assert _git("checkout", "-qb", name, "start").returncode == 0
    spec.write_text(spec.read_text().replace(old, new))
    assert trainspec("compile").returncode == 0
    assert _git("commit", "-qam", name).returncode == 0


@pytest.fixture
def repository(spec: Path, project: Path, trainspec: Run) -> Path:
    (project / ".git").rmdir()
    assert trainspec("compile").returncode == 0
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "start"), ("branch", "start")):
        assert _git(*arguments).returncode == 0
    return project


def test_branches_that_change_different_fields_merge(repository: Path, spec: Path, trainspec: Run) -> None:
    _branch(trainspec, spec, "longer", "30m", "2h")
    _branch(trainspec, spec, "later", "2025-04-01", "2025-05-01")
    assert _git("merge", "-q", "longer").returncode == 0
    assert trainspec("compile", "--check").returncode == 0


def test_a_file_with_conflict_marks_is_written_anew(repository: Path, spec: Path, trainspec: Run) -> None:
    _branch(trainspec, spec, "longer", "30m", "2h")
    _branch(trainspec, spec, "shorter", "30m", "1h")
    assert _git("merge", "-q", "longer").returncode == 1
    generated = repository / "generated_dags" / "one.py"
    assert "<<<<<<<" in generated.read_text()
    spec.write_text(SPEC)
    checked = trainspec("compile", "--check")
    assert checked.returncode == 1
    assert "`generated_dags/one.py` contains a merge conflict" in checked.stderr
    assert trainspec("compile").returncode == 0
    assert trainspec("compile", "--check").returncode == 0


@pytest.mark.parametrize("line", [0, 1, 2, 4])
def test_conflict_marks_in_the_header(line: int, spec: Path, project: Path, trainspec: Run) -> None:
    assert trainspec("compile").returncode == 0
    generated = project / "generated_dags" / "one.py"
    lines = generated.read_text().splitlines()
    conflict = ["<<<<<<< HEAD", lines[line], "=======", f"{lines[line]} ", ">>>>>>> other"]
    generated.write_text("\n".join([*lines[:line], *conflict, *lines[line + 1 :], ""]))
    assert trainspec("compile").returncode == 0
    assert trainspec("compile", "--check").returncode == 0


def test_a_file_of_the_first_headers_is_written_anew(spec: Path, project: Path, trainspec: Run) -> None:
    assert trainspec("compile").returncode == 0
    generated = project / "generated_dags" / "one.py"
    text = generated.read_text().replace("#   target:  Airflow 3.3\n", f"#   inputs:  sha256:{'0' * 64}\n")
    generated.write_text(text)
    assert "is stale" in trainspec("compile", "--check").stderr
    assert trainspec("compile").returncode == 0


def test_a_long_difference_is_cut(spec: Path, project: Path, trainspec: Run) -> None:
    assert trainspec("compile").returncode == 0
    generated = project / "generated_dags" / "one.py"
    generated.write_text(generated.read_text() + "x = 1\n" * 500)
    shown = trainspec("compile", "--check").stdout.splitlines()
    assert len(shown) < 80
    assert re.fullmatch(r"\.\.\. \d+ more lines differ", shown[-1])
