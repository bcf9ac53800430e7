"""Commands timed as whole processes, in turn, so that what else the machine does reaches them all alike."""

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import peers

_LEFT_OUT = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TRAINSPEC_NO_CACHE")
"""Of the environment: a user's Python keeps what it has compiled."""


@dataclass(frozen=True)
class Command:
    """A command, the folder in which it runs, what is to be done before each run, and its exit codes."""

    arguments: Sequence[str]
    folder: Path
    before: Callable[[], object] = lambda: None
    codes: frozenset[int] = frozenset({0})


@dataclass
class Figures:
    """Seconds of the processor (with all children) and of the wall, run by run; the largest process in megabytes."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    def __str__(self) -> str:
        return f"{statistics.median(self.wall) * 1000:,.0f} ms ({statistics.median(self.cpu) * 1000:,.0f} CPU)"


@dataclass
class Bench:
    """Where and how often is measured."""

    runs: int
    is_quick: bool = False
    _folders: list[tempfile.TemporaryDirectory[str]] = field(default_factory=list)

    def folder(self) -> Path:
        """A new folder, which goes with this process."""
        self._folders.append(tempfile.TemporaryDirectory(prefix="trainspec-bench-"))
        return Path(self._folders[-1].name)

    def few(self, count: int) -> int:
        """How many files there are, where `count` are wanted."""
        return min(count, 12) if self.is_quick else count

    def alternate(self, commands: Mapping[str, Command], runs: int | None = None) -> dict[str, Figures]:
        """The figures of each command, after a run that does not count."""
        figures = {name: Figures() for name in commands}
        for number in range(1 if self.is_quick else (runs or self.runs) + 1):
            for name, command in commands.items():
                run(command, figures[name] if number or self.is_quick else Figures())
        return figures

    @staticmethod
    def versions() -> str:
        """What was measured."""
        return peers.versions()


def environment() -> dict[str, str]:
    """The environment of what is measured."""
    return {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}


def run(command: Command, figures: Figures) -> None:
    """One run, added to `figures`. Raises SystemExit where it fails."""
    command.before()
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command.arguments, cwd=command.folder, env=environment(), stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        if process.returncode not in command.codes:
            output.seek(0)
            said = output.read().decode(errors="replace")[-2000:]
            raise SystemExit(f"{' '.join(command.arguments)[:300]}: exit {process.returncode}\n{said}")
    figures.cpu.append(usage.ru_utime + usage.ru_stime)
    figures.wall.append(wall)
    figures.megabytes = max(figures.megabytes, usage.ru_maxrss / 1024)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios, run by run."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


CACHE = Path(tempfile.gettempdir(), f"trainspec-benchmarks-{os.getpid()}")
"""What trainspec remembers between runs, apart from what it remembers of the user's own projects."""

os.environ["TRAINSPEC_CACHE_DIR"] = str(CACHE)


def forgets(*paths: Path) -> Callable[[], object]:
    """What removes all that trainspec remembers, and files and folders."""
    return removes(CACHE, *paths)


def removes(*paths: Path) -> Callable[[], object]:
    """What removes files and folders."""

    def remove() -> None:
        for path in paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    return remove
