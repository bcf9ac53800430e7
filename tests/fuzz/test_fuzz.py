"""Fuzzing for about a minute: hypothesis and a random generator on structure, atheris on bytes where it is installed.

The long run, about 100,000 inputs in half an hour on one core; it prints what it has seen, and each failing input:

    python tests/fuzz/test_fuzz.py --inputs 100000 --seed 0
    uv run --group fuzz python tests/fuzz/fuzz_bytes.py -runs=100000 tests/fuzz/corpus
"""

import argparse
import importlib.util
import random
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invariants import Counts, hold
from structures import CORPUS, SPECS, spec

HERE = Path(__file__).parent


class Chance:
    """Choices of a random generator."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def number(self, below: int) -> int:
        return self._random.randrange(below)


class Drawn:
    """Choices of hypothesis, which looks for the smallest failing ones."""

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


def test_random_structures() -> None:
    counts = Counts()
    until = time.monotonic() + 20
    seed = 0
    while time.monotonic() < until:
        content = spec(Chance(seed))
        try:
            hold(content, counts)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {content!r}") from error
        seed += 1
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


def main() -> None:
    """Many random structures; failures are printed, and counted by their last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    counts, faults = Counts(), dict[str, int]()
    start = time.monotonic()
    for seed in range(given.seed, given.seed + given.inputs):
        try:
            hold(content := spec(Chance(seed)), counts)
        except Exception as error:
            where = "".join(traceback.format_exception(error)[-2:]).strip().splitlines()
            kind = f"{type(error).__name__} {where[0].strip()}"
            faults[kind] = faults.get(kind, 0) + 1
            if faults[kind] == 1:
                print(f"seed {seed}: {where[-1][:300]}\n  {where[0].strip()}\n  {content[:400]!r}", flush=True)  # noqa: T201
        if (seed + 1) % 10_000 == 0:
            print(f"{counts} in {time.monotonic() - start:.0f} s", flush=True)  # noqa: T201
    print(f"{counts} in {time.monotonic() - start:.0f} s; {sum(faults.values())} failed in {len(faults)} ways")  # noqa: T201


if __name__ == "__main__":
    main()
