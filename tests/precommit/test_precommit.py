"""The real pre-commit with this repository's own hooks, in a user's repository: what blocks a commit, what does not."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers import ROOT

CACHE = ROOT / ".cache" / "precommit"
VERSION = "4.7.0"

CONFIG = """\
repos:
  - repo: {url}
    rev: {rev}
    hooks:
      - id: trainspec-fmt
      - id: trainspec-lint
      - id: trainspec-compile-check
"""


def run(*command: str, cwd: Path, check: bool = True, offline: bool = False) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON", "VIRTUAL_ENV"))}
    who = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"), "a@b.c")
    environment = {**kept, **who, "PRE_COMMIT_HOME": str(CACHE / "home"), "GIT_CONFIG_GLOBAL": os.devnull}
    if offline:
        nowhere = "http://127.0.0.1:9"
        environment |= dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "PIP_INDEX_URL"), nowhere)
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0 or not check, done.stdout + done.stderr
    return done


@pytest.fixture(scope="session")
def pre_commit() -> str:
    """The program, in its own environment."""
    venv = CACHE / f"pre-commit-{VERSION}"
    program = venv / "bin" / "pre-commit"
    if not program.exists():
        if uv := shutil.which("uv"):
            run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(venv), cwd=ROOT)
            run(uv, "pip", "install", "--quiet", "--python", str(venv), f"pre-commit=={VERSION}", cwd=ROOT)
        else:
            run(sys.executable, "-m", "venv", "--clear", str(venv), cwd=ROOT)
            run(str(venv / "bin" / "pip"), "install", "--quiet", f"pre-commit=={VERSION}", cwd=ROOT)
    return str(program)


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A repository with the checkout's current files, and its revision."""
    copy = tmp_path_factory.mktemp("hooks")
    names = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT).stdout.split("\0")
    wanted = (
        "compiler/",
        "schemas/",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        ".pre-commit-hooks.yaml",
    )
    for name in names:
        if name.startswith(wanted) and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    run("git", "init", "--quiet", cwd=copy)
    run("git", "add", "--all", cwd=copy)
    run("git", "commit", "--quiet", "--message", "as it is now", cwd=copy)
    return copy.as_uri(), run("git", "rev-parse", "HEAD", cwd=copy).stdout.strip()


@pytest.fixture(scope="session")
def environment(pre_commit: str, hooks: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The configuration, with its hooks' environment installed: from here on, no network is needed."""
    repository = tmp_path_factory.mktemp("installs")
    url, rev = hooks
    config = CONFIG.format(url=url, rev=rev)
    (repository / ".pre-commit-config.yaml").write_text(config)
    run("git", "init", "--quiet", cwd=repository)
    run(pre_commit, "install-hooks", cwd=repository)
    return config


@pytest.fixture
def repository(tmp_path: Path, pre_commit: str, environment: str) -> Path:
    """A user's repository with a spec, its DAG file and the hooks, all committed."""
    run("git", "init", "--quiet", cwd=tmp_path)
    (tmp_path / ".pre-commit-config.yaml").write_text(environment)
    (tmp_path / "specs").mkdir()
    example = (ROOT / "specs" / "ci_minimal_training.yaml").read_text()
    (tmp_path / "specs" / "first.yaml").write_text(example.replace("dag: {id: ci_minimal_training}\n\n", ""))
    compile_specs(tmp_path)
    run("git", "add", "--all", cwd=tmp_path)
    run("git", "commit", "--quiet", "--message", "first", cwd=tmp_path)
    run(pre_commit, "install", cwd=tmp_path)
    return tmp_path


def compile_specs(repository: Path) -> None:
    code = "import sys; sys.path.insert(0, sys.argv.pop()); from trainspec.cli import main; sys.exit(main(['compile']))"
    run(sys.executable, "-c", code, str(ROOT / "compiler"), cwd=repository)


def commit(repository: Path) -> "subprocess.CompletedProcess[str]":
    run("git", "add", "--all", cwd=repository)
    return run("git", "commit", "--message", "change", cwd=repository, check=False, offline=True)


def change(repository: Path, old: str, new: str) -> None:
    spec = repository / "specs" / "first.yaml"
    assert old in spec.read_text()
    spec.write_text(spec.read_text().replace(old, new))


def test_a_good_spec_with_its_dag_passes(repository: Path) -> None:
    change(repository, "max_runtime: 30m", "max_runtime: 20m")
    compile_specs(repository)
    start = time.monotonic()
    done = commit(repository)
    print(f"\ncommit with all hooks: {time.monotonic() - start:.2f} s")  # noqa: T201  # shown with -s
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("Passed") == 3


def test_how_long_each_hook_takes(repository: Path, pre_commit: str) -> None:
    said = []
    for _ in range(7):
        shutil.rmtree(os.environ["TRAINSPEC_CACHE_DIR"], ignore_errors=True)  # as after a change of every spec
        said.append(run(pre_commit, "run", "--all-files", "--verbose", cwd=repository, offline=True).stdout)
    for name in ("trainspec fmt", "trainspec lint", "trainspec compile --check"):
        pattern = rf"^{name}\.+Passed\n.*\n- duration: ([0-9.]+)s$"
        took = [float(found) for each in said for found in re.findall(pattern, each, re.MULTILINE)]
        assert len(took) == len(said), said[0]
        print(f"\n{name}: {min(took):.2f} s")  # noqa: T201  # shown with -s


def test_a_bad_spec_blocks(repository: Path) -> None:
    change(repository, "ml.m5.large", "ml.m5.lrage")
    done = commit(repository)
    assert done.returncode == 1
    assert "TS104" in done.stderr
    assert "specs/first.yaml:" in done.stderr
    assert "did you mean `ml.m5.large`?" in done.stderr


def test_a_spec_out_of_form_is_formatted_and_blocks_once(repository: Path) -> None:
    spec = repository / "specs" / "first.yaml"
    text = spec.read_text()
    one, two = "    output: s3://my-ci-bucket/models/\n", "    stopping: {max_runtime: 30m}\n"
    assert one in text
    assert two in text
    change(repository, one, "")
    change(repository, two, f"{two}    # where it goes\n{one}")
    done = commit(repository)
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stderr
    assert "Formatted specs/first.yaml" in done.stderr
    assert spec.read_text() == text.replace(one, f"    # where it goes\n{one}")
    compile_specs(repository)
    done = commit(repository)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_dag_blocks(repository: Path) -> None:
    change(repository, "max_runtime: 30m", "max_runtime: 20m")
    done = commit(repository)
    assert done.returncode == 1
    assert "trainspec lint...........................................................Passed" in done.stderr
    assert "generated_dags/first.py` is stale" in done.stderr


def test_a_dag_edited_by_hand_blocks(repository: Path) -> None:
    dag = repository / "generated_dags" / "first.py"
    dag.write_text(dag.read_text().replace("1800", "60"))
    done = commit(repository)
    assert done.returncode == 1
    assert "generated_dags/first.py` is stale" in done.stderr


def test_an_orphan_blocks(repository: Path) -> None:
    (repository / "specs" / "first.yaml").rename(repository / "specs" / "second.yaml")
    done = commit(repository)
    assert done.returncode == 1
    assert "generated_dags/first.py` is orphaned" in done.stderr
    assert "generated_dags/second.py` is missing" in done.stderr


def test_other_files_start_no_hook(repository: Path) -> None:
    (repository / "other.yaml").write_text("a: [")
    (repository / "docs").mkdir()
    (repository / "docs" / "specs.md").write_text("text\n")
    done = commit(repository)
    assert done.returncode == 0, "the project's own specs are checked, and no other YAML"


def test_many_specs_are_one_process(repository: Path, pre_commit: str) -> None:
    text = (repository / "specs" / "first.yaml").read_text()
    for number in range(60):
        (repository / "specs" / f"many{number}.yaml").write_text(text)
    (repository / "specs" / "same.yaml").write_text(text + "dag: {id: many59}\n")
    run("git", "add", "--all", cwd=repository)
    start = time.monotonic()
    done = run(pre_commit, "run", "trainspec-lint", "--all-files", cwd=repository, check=False, offline=True)
    print(f"\ntrainspec-lint over 62 specs: {time.monotonic() - start:.2f} s")  # noqa: T201  # shown with -s
    assert done.stdout.count("TS605]") == 1, "a rule across files sees them all"
