"""The cache of files and their findings, so that the next run need not analyze them again.

An entry contains the SHA-256 of each text that the file consists of, and sizes and times of the files in its source
folders. It counts only while all of them are the same, and with them the run's options, the settings, this program to
its last file, the packages that it uses and Python. What
is in a spec is not stored, but for names, and what its findings quote; a file with a secret has no entry.

Every entry is a separate file, written next to the old one and renamed, and begins with its own checksum: concurrent
runs cannot disturb each other, and damaged entries do not count. Entries are in a folder that only the user can write
to: what a repository contains is never trusted. If the folder cannot be written, there is no cache.
"""

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainspec import __version__
from trainspec.batch.entries import (
    Read,
    Text,
    are_facts,
    are_same,
    are_texts,
    decoded,
    digest_of,
    encoded,
    read_entry,
    text_of,
    write_entry,
)
from trainspec.batch.outcome import Outcome
from trainspec.disk.user_cache import user_cache
from trainspec.options import Options
from trainspec.reporting.select import Selection
from trainspec.schema.files import SPEC_SCHEMA, schema_path
from trainspec.text.source import Source

if TYPE_CHECKING:
    from trainspec.batch.watched import Watches

_PACKAGE = Path(__file__).parents[1]


@dataclass
class Cache:
    """The entries that this program wrote in a project, for runs with the same options and settings."""

    folder: Path
    run: str
    can_write: bool = True

    @property
    def base(self) -> Path:
        """The folder of all projects."""
        return self.folder.parents[1]

    def find(self, source: Source, read: Read, *, with_output: bool) -> Outcome | None:
        """What is known about a file that was read; None if it must be analysed.

        `read` gives the files that it extends; `with_output` says that its DAG file must be known, too.
        """
        entry = read_entry(self._path(source.name)) or {}
        texts, output = entry.get("texts"), entry.get("output")
        if entry.get("run") != self.run or not texts or not are_texts(texts) or not are_facts(entry.get("facts")):
            return None
        own, *others = texts
        facts = decoded(entry["facts"])
        is_wanting = not isinstance(output, str) and (output is not None or (with_output and "id_span" in facts))
        if is_wanting or own != text_of(source.name, source) or not are_same(read, others):
            return None
        packs = "watched" in entry
        if packs and not self._watches.are_unchanged(entry["watched"]):
            return None
        return Outcome(name=source.name, output_digest=output, packs=packs, **facts)

    def keep(self, outcome: Outcome, source: Source, extended: Sequence[Text] | None) -> None:
        """Remember a file, unless it has findings; `extended` are the other texts that were read for it."""
        facts = encoded(replace(outcome, packs=False))
        if not self.can_write or facts is None or extended is None:
            return
        texts = [text_of(source.name, source), *extended]
        entry: dict[str, Any] = {"run": self.run, "texts": texts, "facts": facts, "output": outcome.output_digest}
        if outcome.packs:
            entry["watched"] = self._watches.stored(outcome.watched) if outcome.watched else None
            if entry["watched"] is None:
                return
        path = Path(self._path(source.name))
        self.can_write = write_entry(path, entry, self.base)  # if not, the run continues without

    @cached_property
    def _watches(self) -> "Watches":
        """Loaded when the first file has a source folder."""
        from trainspec.batch.watched import Watches

        return Watches(self._path_of_names, self.base)

    def _path_of_names(self, key: str) -> Path:
        return Path(self._path(f"names {key}"))

    def _path(self, name: str) -> str:
        key = digest_of(name)
        return f"{self.folder}/{key[:2]}/{key[2:32]}"


def open_cache(root: Path, chosen: Options, selection: Selection) -> Cache | None:
    """The cache of the project at `root`; None if the user has no place for it, or nothing of this program is known.

    Entries are kept apart by what a user changes back and forth, the environment and Airflow's minor, and by the
    combination of `for_each`; an entry has the rest of the options and the settings as a digest.
    """
    folder = user_cache(root)
    program = program_digest() if folder else None
    if folder is None or program is None:
        return None
    combination = f" {chosen.combination}" if chosen.combination else ""
    environment = digest_of(f"{chosen.airflow} {chosen.environment}{combination}")[:8]
    run = digest_of(repr((sorted(chosen.variables.items()), chosen._replace(variables={}), selection)))
    cache = Cache(folder / f"{program}-{environment}", run)
    with contextlib.suppress(OSError):
        os.utime(cache.folder)
    return cache


@cache
def program_digest() -> str | None:
    """A digest of everything that determines the findings of a file, except the file itself and the options.

    None if it is not known.

    Of trainspec's own files the sizes and times, so a checkout that somebody works in is a new program after every
    change; of the other packages their names and versions. It is computed once: a process continues with what it has
    loaded, and a run opens a cache for each environment and combination.
    """
    digest = hashlib.sha256(f"{__version__} {sys.version} {sys.platform}".encode())
    try:
        for folder in (_PACKAGE, schema_path(SPEC_SCHEMA).parent):
            for file in _files(str(folder)):
                digest.update(file.encode("utf-8", "surrogateescape"))
        for folder_name in dict.fromkeys(sys.path):
            digest.update(" ".join(_packages(folder_name or ".")).encode("utf-8", "surrogateescape"))
    except OSError:
        return None
    return digest.hexdigest()[:16]


def _packages(folder: str) -> list[str]:
    """The packages installed in a folder of sys.path, with their versions; nothing for a zip file."""
    try:
        names = os.listdir(folder)  # noqa: PTH208  # every run comes by here
    except OSError:
        return []
    return sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))


def _files(folder: str) -> Iterable[str]:
    """Path, size and time of each file below `folder`, except Python's bytecode."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            else:
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns}\n"
