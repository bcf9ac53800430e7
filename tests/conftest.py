"""Options and helpers of the whole test suite."""

import gc
import io
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

# Each process of the suite, and each that a test starts, reads the same few thousand modules. Where the environment
# forbids to keep them compiled (images of Docker often do), they are kept in a folder of the suite's own.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).resolve().parent.parent / ".cache" / "pycache")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix

import hypothesis
import pytest

from helpers import ROOT, Golden, Ran, Run, differences, forget_compiled

COMPILED = Path(__file__).resolve().parent.parent / ".cache" / "pycache"

# The same inputs on every machine, so that a run says something about the change and nothing about luck. Others, and
# new ones each time: `pytest --hypothesis-profile searching`.
# A busy machine, or one that measures coverage, is no failure.
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
    """Each test that writes modules does so in a folder of its own: what earlier runs compiled of them is of no use."""
    if sys.pycache_prefix == str(COMPILED) and not hasattr(session.config, "workerinput"):
        forget_compiled(COMPILED, Path(tempfile.gettempdir()).resolve())


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite runs in a process for each processor and one more: tests wait. What is named runs in this one."""
    if not _is_whole_suite(config) or config.getoption("--update-cases"):
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores + 1, 8) if cores > 1 else 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow or sampled out, unless it was asked for: with `--all`, with `-m`, or by its name."""
    if config.getoption("--all") or config.getoption("-m") or not _is_whole_suite(config):
        return
    late = [item for item in items if item.get_closest_marker("slow") or item.get_closest_marker("sampled_out")]
    config.hook.pytest_deselected(items=late)
    items[:] = [item for item in items if item not in late]


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking through thousands of collected tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares texts with files; with `--update-cases` it writes them."""

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
    """No test knows what another one, or the user, left in the cache."""
    monkeypatch.setenv("TRAINSPEC_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "no-cache" / os.urandom(8).hex()))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, which is the working folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "specs").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lone_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a folder that holds nothing else, for tests that look at what lies around it.

    Beside a `project` are the folders of all other tests.
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
