"""Options and helpers of the whole test suite."""

import gc
import io
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

# Each process of the suite, and each that a test starts, imports the same few thousand modules. If the environment
# turns off bytecode files (Docker images often do), they are kept in a separate folder of the suite.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).resolve().parent.parent / ".cache" / "pycache")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix

import hypothesis
import pytest

from helpers import ROOT, Golden, Ran, Run, differences, forget_compiled

COMPILED = Path(__file__).resolve().parent.parent / ".cache" / "pycache"

# The same inputs on every machine, so that a run depends on the change and not on luck. New inputs in each run:
# `pytest --hypothesis-profile searching`.
# A slow machine, or one that measures coverage, is not a failure.
PATIENT = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("repeatable", PATIENT, derandomize=True)
hypothesis.settings.register_profile("searching", PATIENT, max_examples=2000, print_blob=True)
hypothesis.settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-cases", action="store_true", help="rewrite what tests compare with, for review")
    parser.addoption("--all", action="store_true", help="run the slow tests, too, as CI does")


def _is_whole_suite(config: pytest.Config) -> bool:
    """Whether no test or folder was named on the command line."""
    named = {Path(config.invocation_params.dir, each).resolve() for each in config.args}
    return named <= {ROOT, ROOT / "tests"}


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remove bytecode of modules that tests wrote in earlier runs: their folders are new in each run."""
    if sys.pycache_prefix == str(COMPILED) and not hasattr(session.config, "workerinput"):
        forget_compiled(COMPILED, Path(tempfile.gettempdir()).resolve())


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The complete suite gets a process per processor and one more: tests wait. Selected tests run in this process."""
    if not _is_whole_suite(config) or config.getoption("--update-cases"):
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores + 1, 8) if cores > 1 else 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out slow or sampled-out tests, unless requested: with `--all`, with `-m`, or by name."""
    if config.getoption("--all") or config.getoption("-m") or not _is_whole_suite(config):
        return
    late = [item for item in items if item.get_closest_marker("slow") or item.get_closest_marker("sampled_out")]
    config.hook.pytest_deselected(items=late)
    items[:] = [item for item in items if item not in late]


def pytest_collection_finish() -> None:
    """Keep the garbage collector from scanning thousands of collected tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares texts with files; with `--update-cases` it writes the files."""

    def check(texts: Mapping[Path, str | None]) -> None:
        if request.config.getoption("--update-cases"):
            for path, text in texts.items():
                if text is None:
                    path.unlink(missing_ok=True)
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
        name = request.path.relative_to(ROOT).as_posix()
        found = differences(texts, f"uv run pytest {name} --update-cases")
        if found:
            pytest.fail("\n\n".join(found), pytrace=False)

    return check


@pytest.fixture(autouse=True)
def _cache_of_the_test(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Isolate each test from the caches of other tests and of the user."""
    monkeypatch.setenv("TRAINSPEC_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "no-cache" / os.urandom(8).hex()))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, which is the working directory."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "specs").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lone_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a folder that contains nothing else, for tests that check what is next to it.

    The folders of all other tests are next to a `project`.
    """
    folder = tmp_path / "around" / "project"
    (folder / ".git").mkdir(parents=True)
    (folder / "specs").mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def trainspec(project: Path) -> Run:
    """Runs the command in the project."""
    from trainspec.cli import main

    def run(*arguments: str) -> Ran:
        stdout, stderr = io.StringIO(), io.StringIO()
        with redirect_stdout(stdout), redirect_stderr(stderr):
            try:
                code = main(arguments)
            except SystemExit as end:
                code = int(end.code or 0)
        return Ran(code, stdout.getvalue(), stderr.getvalue())

    return run
