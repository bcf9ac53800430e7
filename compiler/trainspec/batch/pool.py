"""Many files: results from the cache, and the other files analyzed, in several processes if that is faster."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from trainspec.batch.cache import Cache, open_cache
from trainspec.batch.entries import Recorder
from trainspec.batch.outcome import Outcome, Wanted
from trainspec.batch.progress import Progress
from trainspec.diagnostics import codes
from trainspec.options import Options
from trainspec.project.files import Files
from trainspec.project.project import Project
from trainspec.text.source import Source

_PAYS = 100 if sys.platform == "linux" else 400
"""From how many files on a second process is worth its start: it is a fork here, a new Python elsewhere."""

_AT_A_TIME = 20
_MOST_PROCESSES = 8


@dataclass
class Look:
    """How files are analysed in a run."""

    project: Project
    chosen: Options
    wanted: Wanted
    use_cache: bool = True

    def known(self, path: Path) -> Outcome | None:
        """The result of an earlier run for the file, if it is still valid."""
        if self._cache is None or not self._is_anything_known:
            return None
        source = self.files.named(path)
        if not isinstance(source, Source):
            return None
        return self._cache.find(source, self.files.extended, with_output=self.wanted.dag_file)

    def at(self, path: Path) -> Outcome:
        """The result for the file, analysed now."""
        from trainspec.batch.analyse import look_at

        source, recorder = self.files.named(path), Recorder(self.files.extended)
        outcome = look_at(source, self.project, self.chosen, self.wanted, recorder.read)
        is_whole = not any(found.code.id == codes.TOO_MUCH_WORK.id for found in outcome.findings)
        if self._cache is not None and isinstance(source, Source) and is_whole:
            self._cache.keep(outcome, source, recorder.texts)
        return replace(outcome, watched=None) if outcome.watched else outcome  # large, and of no use to other processes

    @cached_property
    def _is_anything_known(self) -> bool:
        return self._cache is not None and self._cache.folder.is_dir()

    @cached_property
    def files(self) -> Files:
        """The files that are looked at, and those that they extend."""
        return Files(self.project)

    @cached_property
    def _cache(self) -> Cache | None:
        uses = self.use_cache and self.project.packs and not (self.wanted.requests or self.wanted.texts)
        return open_cache(self.project.root, self.chosen, self.project.selection) if uses else None


def outcomes(paths: Sequence[Path], look: Look) -> list[Outcome]:
    """What a run has to know of each file, in the order of `paths`."""
    with Progress(len(paths)) as progress, look.files.at_rest():
        found: dict[Path, Outcome] = {}
        for path in paths:
            known = look.known(path)
            if known is not None:
                found[path] = known
                progress.advance()
        for path, outcome in _looked_at([path for path in paths if path not in found], look):
            found[path] = outcome
            progress.advance()
    return [found[path] for path in paths]


def _looked_at(paths: Sequence[Path], look: Look) -> Iterator[tuple[Path, Outcome]]:
    done = 0
    if len(paths) >= _PAYS and (processes := min(_processors(), _MOST_PROCESSES)) > 1:
        yield paths[0], look.at(paths[0])  # this loads all that the forked processes share
        done = 1
        try:
            for each in _in_processes(paths[1:], look, processes):
                yield each
                done += 1
        except _no_processes():
            pass  # a system without them, or one of them was killed: this process does the rest
    for path in paths[done:]:
        yield path, look.at(path)


def _in_processes(paths: Sequence[Path], look: Look, processes: int) -> Iterator[tuple[Path, Outcome]]:
    """The same in several processes. Raises one of `_no_processes()` if that cannot be done, or no longer."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    parts = [paths[start : start + _AT_A_TIME] for start in range(0, len(paths), _AT_A_TIME)]
    with ProcessPoolExecutor(processes, context, _begin, (look,)) as pool:
        for part, outcomes_of_part in zip(parts, pool.map(_look_at_part, parts), strict=True):
            yield from zip(part, outcomes_of_part, strict=True)


def _no_processes() -> tuple[type[Exception], ...]:
    from concurrent.futures.process import BrokenProcessPool

    return (OSError, ImportError, BrokenProcessPool)


_look: Look
"""In a process of the pool: how its files are analysed."""


def _begin(look: Look) -> None:
    global _look
    _look = look
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first one ends the others


def _look_at_part(paths: Sequence[Path]) -> list[Outcome]:
    return [_look.at(path) for path in paths]


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
