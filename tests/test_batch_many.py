"""Many files at once: the same results from one process and several, and a line that shows the progress of a run."""

import io
import os
from pathlib import Path

import pytest
from trainspec.batch import pool, progress
from trainspec.batch.outcome import Outcome, Wanted
from trainspec.batch.pool import Look, outcomes
from trainspec.dag.airflow import MINORS
from trainspec.options import AIRFLOW, DEFAULT_AIRFLOW, Options
from trainspec.project.project import find_project, find_specs

from helpers import ROOT

SPECS = sorted((ROOT / "specs").glob("*.yaml"))


@pytest.fixture
def paths(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Valid and invalid specs, and a machine with two processors on which a second process pays off."""
    for number in range(24):
        text = SPECS[number % len(SPECS)].read_text().replace("../", "")
        (project / "specs" / f"s{number}.yaml").write_text(text if number % 5 else text.replace("jobs:", "jbos:"))
    monkeypatch.setattr(pool, "_PAYS", 2)
    monkeypatch.setattr(pool, "_AT_A_TIME", 3)
    monkeypatch.setattr(pool, "_processors", lambda: 2)
    return find_specs([], find_project(project))


def look(project: Path, kind: type[Look] = Look) -> Look:
    return kind(find_project(project), Options(), Wanted(dag_file=True, requests=True), use_cache=False)


def test_several_processes_say_the_same(project: Path, paths: list[Path]) -> None:
    alone = [look(project).at(path) for path in paths]
    assert len({each.name for each in alone}) == 24
    assert any(each.findings for each in alone)
    assert any(each.output for each in alone)
    assert outcomes(paths, look(project)) == alone


class Mortal(Look):
    """Its other processes die."""

    first = 0

    def at(self, path: Path) -> Outcome:
        if os.getpid() != Mortal.first and path.name.startswith("s2"):
            os._exit(9)
        return super().at(path)


def test_a_process_that_dies_takes_nothing_with_it(project: Path, paths: list[Path]) -> None:
    Mortal.first = os.getpid()
    assert outcomes(paths, look(project, Mortal)) == [look(project).at(path) for path in paths]


def test_a_system_without_processes(project: Path, paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", refuse)
    assert outcomes(paths, look(project)) == [look(project).at(path) for path in paths]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "stream", "is_shown"),
    [
        ({}, Terminal, True),
        ({"NO_COLOR": "1"}, Terminal, False),
        ({"TERM": "dumb"}, Terminal, False),
        ({}, io.StringIO, False),
    ],
)
def test_progress_is_for_terminals(
    environment: dict[str, str], stream: type[io.StringIO], is_shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    monkeypatch.setattr("sys.stderr", shown := stream())
    with progress.Progress(1_200) as line:
        for _ in range(1_200):
            line.advance()
    text = shown.getvalue()
    assert text.startswith("\r1 of 1,200 files") is is_shown
    assert text.endswith("\r1,200 of 1,200 files\r" + " " * 20 + "\r") is is_shown
    assert bool(text) is is_shown


def test_the_majors_are_those_of_the_table() -> None:
    assert tuple(MINORS) == AIRFLOW
    assert DEFAULT_AIRFLOW in AIRFLOW
