"""Fuzzing for about a minute: hypothesis and a random generator on structure, atheris on bytes if it is installed.

The long run is `long_run.py`.
"""

import importlib.util
import itertools
import random
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest
import token_fuzz
from commands import project_of_its_own, run_commands
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invariants import Counts, hold
from structures import CORPUS, SPECS, spec

HERE = Path(__file__).parent


class Chance:
    """Choices by a random generator."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def number(self, below: int) -> int:
        return self._random.randrange(below)


def kind_of(error: Exception) -> str:
    """What went wrong, and in which line of our code: failures of the same kind count as one."""
    where = "".join(traceback.format_exception(error)[-2:]).strip().splitlines()
    return f"{type(error).__name__} {where[0].strip()}: {where[-1][:200]}"


class Drawn:
    """Choices by hypothesis, which searches for the smallest failing ones."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def number(self, below: int) -> int:
        return self._draw(st.integers(0, below - 1))


@st.composite
def specs(draw: st.DrawFn) -> bytes:
    return spec(Drawn(draw))


@pytest.mark.parametrize("path", sorted([*CORPUS.iterdir(), *SPECS.rglob("*.yaml")]), ids=lambda path: path.name)
def test_corpus(path: Path) -> None:
    hold(path.read_bytes(), Counts())


@settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(specs())
def test_structures_of_hypothesis(content: bytes) -> None:
    hold(content, Counts())


def test_commands() -> None:
    """Through the commands: every corpus file, and random structures for a while."""
    until = time.monotonic() + 10
    seeds = itertools.takewhile(lambda _: time.monotonic() < until, itertools.count())
    with project_of_its_own() as project:
        for content in (path.read_bytes() for path in sorted(CORPUS.iterdir())):
            run_commands(content, project)
        for seed in seeds:
            run_commands(spec(Chance(seed)), project)


def test_tokens() -> None:
    """The second fuzzer, for a while."""
    until = time.monotonic() + 20
    with token_fuzz.project() as project:
        for seed in itertools.takewhile(lambda _: time.monotonic() < until, itertools.count(500_000)):
            token_fuzz.try_one(seed, project)


def test_random_structures() -> None:
    counts = Counts()
    until = time.monotonic() + 20
    for seed in itertools.count():
        if seed >= 500 and time.monotonic() > until:  # fewer on a busy machine would not hold enough that compile
            break
        content = spec(Chance(seed))
        try:
            hold(content, counts)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {content!r}") from error
    print(counts)  # noqa: T201  # shown with -s
    assert counts.compiled > 5


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris comes with `--group fuzz`")
def test_bytes(tmp_path: Path) -> None:
    command = [sys.executable, str(HERE / "fuzz_bytes.py"), "-max_total_time=20", "-timeout=10", "-rss_limit_mb=1024"]
    done = subprocess.run(
        [*command, f"-artifact_prefix={tmp_path}/", str(tmp_path), str(CORPUS)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
