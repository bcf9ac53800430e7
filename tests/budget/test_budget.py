"""The budget of a file: whatever feature of the language grows, alone or with another, a command ends soon.

It tests every feature alone, and as many pairs of them as `pytest tests/budget --pairs 100` says, spread evenly (`all`
takes twenty minutes). Each input runs in a separate process, whose time and memory are measured.
"""

import contextlib
import io
import os
import resource
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from families import FEATURES, family, names
from trainspec.cli import main
from trainspec.diagnostics import did_you_mean
from trainspec.safety.budget import OutOfBudgetError, affords_suggestion, budget, kept_budgets, spend
from trainspec.text.source import MAX_BYTES

from cpu_time import is_within

SECONDS, MEGABYTES = 2.0, 300
_LOADED = 60
"""Megabytes of a process that has loaded the compiler."""
SLACK = 3
"""How much more time an input may take on another model of processor."""
COMMANDS = ("lint --no-cache", "compile --no-cache --check")
OTHER_COMMANDS = (
    "graph specs/x.yaml --format svg", "graph", "request specs/x.yaml", "fmt --diff", "lint --no-cache --diff", "ls",
    "cost", "docs -o site", "iam specs/x.yaml", "diff specs/x.yaml specs/x.yaml@nobody",
)  # fmt: skip
HARDEST = (
    "jobs_by_alias", "jobs_with_long_strings_by_alias", "tasks_that_wait_for_all_before", "tasks_in_a_row",
    "tasks_that_wait_for_each_other", "references_to_jobs", "a_matrix_of_good_jobs", "deep_maps",
    "environments_of_many_jobs", "ignore_comments", "templates_of_ten_thousand_characters", "loops", "conditions",
    "schemas_of_alternatives", "dags_of_one_spec", "dags_of_one_spec+jobs_by_alias", "bests_of_a_matrix",
    "dags_of_one_spec+bests_of_a_matrix", "environments_of_many_jobs+jobs_by_alias", "images_of_other_jobs",
    "environments_of_many_jobs+dags_of_one_spec", "comments_between_changes",
)  # fmt: skip
"""The inputs that took other commands longest."""


SHARED_BY_DAGS = (
    "variables", "one_variable_in_many_places", "merge_keys", "unknown_macros", "channels",
)  # fmt: skip
"""Inputs whose work was once repeated for each DAG of a spec, and which took longest with `for_each`."""


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Import everything that the commands need once, before processes are forked."""
    _measured(family(next(iter(FEATURES))), COMMANDS[0], is_forked=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", FEATURES)
def test_one_feature(name: str) -> None:
    text = family(name)
    assert len(text.encode()) <= MAX_BYTES
    for command in COMMANDS:
        _hold(text, command)


@pytest.mark.slow
def test_pairs(pairs: list[str]) -> None:
    for name in pairs:
        _hold(family(name), COMMANDS[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", SHARED_BY_DAGS)
def test_work_that_the_dags_of_one_spec_share(name: str) -> None:
    _hold(family(f"{name}+dags_of_one_spec"), COMMANDS[0])


@pytest.mark.slow
@pytest.mark.parametrize("command", OTHER_COMMANDS)
def test_other_commands(command: str) -> None:
    _measured(family("secrets"), command, is_forked=False)
    for name in HARDEST:
        _hold(family(name), command, sides=2 if command.startswith("diff") else 1)


def test_there_are_enough() -> None:
    assert len(names()) >= 200


def test_a_budget_ends() -> None:
    with budget(steps=100):
        spend(60)
        with pytest.raises(OutOfBudgetError):
            spend(60)
    spend(10**12)  # without a budget, nothing is counted


def test_an_inner_budget_is_the_outer_one() -> None:
    with pytest.raises(OutOfBudgetError), budget(steps=100), budget(steps=10**9):
        spend(101)


def test_environments_share_the_budget_of_their_file() -> None:
    with kept_budgets():
        for _ in range(2):
            with budget("a.yaml", 100):
                spend(40)
        with budget("b.yaml", 100):
            spend(40)
        with pytest.raises(OutOfBudgetError), budget("a.yaml", 100):
            spend(40)


def test_suggestions_end_before_findings_do() -> None:
    with budget():
        assert did_you_mean("stoping", ["stopping"]) == "did you mean `stopping`?"
        while affords_suggestion(10_000):
            pass
        assert did_you_mean("stoping", ["stopping"]) is None
        spend(1)


def _hold(text: str, command: str, sides: int = 1) -> None:
    """A command for a spec ends within the limits; `sides` is how many specs it reads."""
    code, seconds, megabytes = _measured(text, command)
    assert code in (0, 1, 2)
    assert is_within(SECONDS * SLACK * sides, seconds)
    assert megabytes <= MEGABYTES


def _measured(text: str, command: str, *, is_forked: bool = True) -> tuple[int, float, int]:
    """The exit code of a command for a spec, its CPU seconds, and its megabytes."""
    return measured(text, lambda: _quietly(command), is_forked=is_forked)


def measured(text: str, work: Callable[[], int], *, is_forked: bool = True) -> tuple[int, float, int]:
    """The result of `work` in a project with one spec, its CPU seconds, and its megabytes."""
    with _project(text):
        if not is_forked:
            return work(), 0, 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of a fork with threads
            before = _resident()
            child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (30, 31))
            os._exit(work())
        _, status, usage = os.wait4(child, 0)
        unit = 1024 if sys.platform != "darwin" else 1024 * 1024
        more = usage.ru_maxrss // unit - before  # a child has everything that earlier tests loaded
        return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, _LOADED + max(more, 0)


def _resident() -> int:
    """The memory of this process, in megabytes."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except FileNotFoundError:
        return _LOADED
    return pages * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)


def _quietly(command: str) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main(command.split())


@contextlib.contextmanager
def _project(text: str) -> Iterator[None]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / ".git").mkdir()
        (project / "specs").mkdir()
        (project / "specs" / "x.yaml").write_text(text, encoding="utf-8")
        os.chdir(project)
        try:
            yield
        finally:
            os.chdir(before)
