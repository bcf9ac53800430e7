"""Kill `trainspec compile` again and again, and check what it leaves.

The long run, with the figures on stdout (about 3 minutes): `python tests/test_output_kills.py --kills 2000`
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from unittest import mock

import pytest
from trainspec.batch.outcome import Outcome, Wanted
from trainspec.batch.pool import Look
from trainspec.options import Options

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks the processes that it kills")

SPEC = """\
trainspec: 1
dag: {{description: {version}}}
jobs:
  train:
    name: job-{{{{ ts_nodash }}}}
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/my-algo:1
    role: arn:aws:iam::123456789012:role/MyRole
    output: s3://my-bucket/models/
    resources: {{instance_type: ml.m5.large, instance_count: 1, volume_size: 10GB}}
    stopping: {{max_runtime: 30m}}
"""
SPECS = 32
Files = dict[str, bytes]


class Bench:
    """A project whose files are compiled from two versions of its specs, and a compile to be killed in between.

    Analyses are cached before, so that a killed run spends most of its time comparing and writing.
    """

    def __init__(self, project: Path, *, can_swap: bool = True) -> None:
        from trainspec.cli import compile as command
        from trainspec.cli import reading
        from trainspec.output import swap

        self.project, self.output = project, project / "generated_dags"
        self.command, self.swap, self.can_swap = command, swap, can_swap
        (project / "specs").mkdir(parents=True)
        (project / ".git").mkdir()
        os.chdir(project)
        versions = []
        for version in ("old", "new"):
            for number in range(SPECS):
                (project / "specs" / f"spec{number}.yaml").write_text(SPEC.format(version=version))
            if version == "old":  # a DAG that the new version removes, and one that it adds
                (project / "specs" / "removed.yaml").write_text(SPEC.format(version=version))
            else:
                (project / "specs" / "removed.yaml").rename(project / "specs" / "added.yaml")
            here = reading.project_here()
            versions.append(reading.look_at_files([], Look(here, Options(), Wanted(dag_file=True), use_cache=False)))
            self._compile(versions[-1])
            (self.output / "hand_written.py").write_text("x = 1\n")
            (self.output / "below").mkdir(exist_ok=True)
            (self.output / "below" / "note.txt").write_text("mine")
            if version == "old":
                self.old = self.files()
        self.new, self.analyses = self.files(), versions[1]
        assert len(self.old) == len(self.new) == SPECS + 3
        assert sum(self.old.get(name) != text for name, text in self.new.items()) == SPECS + 1

    def files(self) -> Files:
        return {
            str(path.relative_to(self.output)): path.read_bytes() for path in self.output.rglob("*") if path.is_file()
        }

    def reset(self) -> None:
        """Restore the old files, with nothing left over."""
        for left in self.project.glob("*generated_dags*"):
            shutil.rmtree(left)
        for name, text in self.old.items():
            (self.output / name).parent.mkdir(parents=True, exist_ok=True)
            (self.output / name).write_bytes(text)

    def _compile(self, analyses: Sequence[Outcome]) -> int:
        arguments = argparse.Namespace(
            paths=[], var=[], env=None, airflow=None, output=None, requests=None,
            check=False, force=False, format=None, strict=False, no_cache=True, quiet=False,
        )  # fmt: skip
        refused = OSError(22, "no such call here")
        with mock.patch.object(self.command, "look_at_files", return_value=analyses):
            if self.can_swap:
                return self.command.run(arguments)
            with mock.patch.object(self.swap, "_exchange_call", side_effect=refused):
                return self.command.run(arguments)

    def compile_again(self) -> int:
        """The exit code of the next run, after a killed one."""
        return self._compile(self.analyses)

    def killed(self, arrange: Callable[[], None], after: float | None = None) -> bool:
        """Compile in a process that dies as `arrange` sets up, or after `after` seconds. False: it survived."""
        child = os.fork()
        if child == 0:
            code = 3
            try:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                os.dup2(1, 2)
                arrange()
                code = self.compile_again()
            finally:
                os._exit(code)
        if after is not None:
            time.sleep(after)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, status
        return os.WIFSIGNALED(status)

    def outcome(self) -> str:
        """Which files exist."""
        found = self.files()
        return "old" if found == self.old else "new" if found == self.new else "mixture"


def die_at(call: int) -> Callable[[], None]:
    """Die of SIGKILL at the `call`th system call: os.link, os.replace, os.open, and so on."""

    def arrange() -> None:
        left = call

        def watch(_frame: object, event: str, function: object) -> None:
            nonlocal left
            if event == "c_call" and getattr(function, "__module__", None) == "posix":
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(watch)

    return arrange


def calls_of_a_run(bench: Bench) -> int:
    """The number of calls at which it can die: found by bisection."""
    low, high = 1, 1 << 16
    while low < high:
        middle = (low + high + 1) // 2
        bench.reset()
        low, high = (middle, high) if bench.killed(die_at(middle)) else (low, middle - 1)
    return low


def kill_often(bench: Bench, kills: int, seed: int) -> Counter[str]:
    """The outcomes of this many kills: two thirds at a call of the writing part, the others after a random time."""
    chance = random.Random(seed)  # noqa: S311
    calls = calls_of_a_run(bench)
    bench.reset()
    start = time.monotonic()
    bench.killed(lambda: None)
    duration = time.monotonic() - start
    outcomes: Counter[str] = Counter()
    for number in range(kills):
        bench.reset()
        if number % 3:
            first = 1 if number % 2 else calls * 9 // 10  # where the new files take their places, and after that
            died = bench.killed(die_at(chance.randint(first, calls)))
        else:
            died = bench.killed(lambda: None, after=chance.uniform(0, duration))
        outcome = bench.outcome()
        outcomes[outcome if died else f"{outcome}, not killed in time"] += 1
        assert bench.compile_again() == 0
        assert bench.outcome() == "new", "the next run does not repair it"
        assert not list(bench.project.glob(".generated_dags*")), "the next run leaves something behind"
        assert not list(bench.output.glob(".trainspec*")), "the next run leaves something behind"
    return outcomes


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in memory if there is one: thousands of files are written."""
    monkeypatch.chdir("/")  # and back at the end, whatever the bench does
    shared = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as folder:
        yield Path(folder, "project")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="this system cannot swap folders")
def test_a_killed_run_leaves_the_old_files_or_the_new_ones(memory: Path) -> None:
    outcomes = kill_often(Bench(memory), 200, seed=1)
    assert "mixture" not in outcomes
    assert outcomes["old"] > 20
    assert outcomes["new"] > 10


@pytest.mark.slow
def test_where_folders_cannot_be_swapped_the_next_run_finishes(memory: Path) -> None:
    outcomes = kill_often(Bench(memory, can_swap=False), 60, seed=1)  # asserts that the next run completes it
    assert outcomes["old"] > 5
    assert outcomes["new"] + outcomes["mixture"] > 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for can_swap in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(Path(folder, "project"), can_swap=can_swap)
            stdout = os.dup(1)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            start = time.monotonic()
            outcomes = kill_often(bench, given.kills, given.seed)
            sys.stdout.flush()
            os.dup2(stdout, 1)
            how = "folders swapped" if can_swap else "journal"
            seconds = time.monotonic() - start
            os.write(1, f"{how}: {dict(outcomes)} in {seconds:.0f} s, {calls_of_a_run(bench)} calls\n".encode())
            os.chdir("/")


if __name__ == "__main__":
    main()
