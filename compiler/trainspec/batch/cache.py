"""What is remembered of files in which nothing was found, so that the next run need not look at them again.

An entry holds the SHA-256 of each text that the file was made of, and counts only while all of them are the same, and
with them the run's options, the settings, this program to its last file, the packages that it uses and Python. Files
with findings have no entry, nor have those that speak of other DAGs or hold comments that silence findings: they are
looked at again by each run. What stands in a spec is not stored, but for the
names of its DAG, its environments and its variables.

Every entry is a file of its own, written beside and renamed, and begins with its own checksum: runs at the same time
cannot disturb each other, and what is damaged does not count. Where the folder cannot be written, there is no cache.
"""

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainspec import __version__
from trainspec.batch.outcome import Outcome
from trainspec.crossfile.facts import Ties
from trainspec.diagnostics import Diagnostic, Span
from trainspec.options import Options
from trainspec.project.settings import Selection
from trainspec.schema.files import SPEC_SCHEMA, schema_path
from trainspec.text.source import Source

FOLDER = ".trainspec_cache"
_UNUSED = 14 * 86400
"""After how many seconds without use the entries of another version of anything are removed."""

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# What trainspec remembers between runs; it may be removed.\n"
_PACKAGE = Path(__file__).parents[1]

Read = Callable[[str], Source | Diagnostic]


@dataclass
class Cache:
    """The entries that this program wrote in a project, for runs with the same options and settings."""

    folder: Path
    run: str
    can_write: bool = True

    def find(self, source: Source, read: Read, *, with_output: bool) -> Outcome | None:
        """What is known of a file that was read; None where it has to be looked at.

        `read` gives the files that it extends; `with_output` says that its DAG file must be known, too.
        """
        entry = read_entry(self._path(source.name))
        if entry is None or entry["run"] != self.run or (with_output and entry["output"] is None and entry["dag"]):
            return None
        first, *others = entry["texts"]
        if first != [source.name, source.name, digest_of(source.text)] or not all(
            _is_same(read, *each) for each in others
        ):
            return None
        dag_id, *span = entry["dag"] or [""]
        return Outcome(
            source.name,
            is_spec=entry["is_spec"],
            dag_id=dag_id,
            id_span=Span(*span) if span else None,
            environments=tuple(entry["environments"]),
            variables=frozenset(entry["variables"]),
            output_digest=entry["output"],
            ties=Ties(files=frozenset(name for _, name, _ in entry["texts"] if span), is_whole=entry["is_whole"]),
        )

    def keep(self, outcome: Outcome, source: Source, extended: Mapping[str, Source | Diagnostic]) -> None:
        """Remember a file, unless something was found in it; `extended` are the others that were read for it."""
        texts = [(source.name, source), *extended.items()]
        ties = outcome.ties
        has_more = outcome.findings or outcome.secrets or ties.dags or ties.used or ties.ignores
        if not self.can_write or has_more or any(isinstance(text, Diagnostic) for _, text in texts):
            return
        span = outcome.id_span
        place = [span.path, span.line, span.column, span.end_line, span.end_column] if span else []
        entry = {
            "run": self.run,
            "texts": [[name, text.name, digest_of(text.text)] for name, text in texts if isinstance(text, Source)],
            "is_spec": outcome.is_spec,
            "dag": [outcome.dag_id, *place] if span else None,
            "environments": outcome.environments,
            "variables": sorted(outcome.variables),
            "output": outcome.output_digest,
            "is_whole": ties.is_whole,
        }
        self.can_write = write_entry(self._path(source.name), entry)  # if not, the run goes on without

    def _path(self, name: str) -> Path:
        key = digest_of(name)
        return Path(f"{self.folder}/{key[:2]}/{key[2:32]}")


def open_cache(root: Path, chosen: Options, selection: Selection) -> Cache | None:
    """The cache of the project at `root`; None where a link stands in its place, or nothing of this program is known.

    Entries are kept apart by what a user changes back and forth, the environment and Airflow's major; the rest of the
    options and the settings an entry holds as a digest.
    """
    folder = root / FOLDER
    program = _program()
    if program is None or folder.is_symlink():
        return None
    environment = digest_of(f"{chosen.airflow} {chosen.environment}")[:8]
    run = digest_of(repr((sorted(chosen.variables.items()), replace(chosen, variables={}), selection)))
    cache = Cache(folder / f"{program}-{environment}", run)
    with contextlib.suppress(OSError):
        os.utime(cache.folder)
    return cache


def read_entry(path: Path) -> Any:
    """The entry in a file; None where there is none, or it is not what was written."""
    try:
        digest, text = path.read_bytes().decode().split("\n", 1)
    except (OSError, ValueError):
        return None
    return json.loads(text) if digest == digest_of(text) else None


def write_entry(path: Path, entry: Mapping[str, Any]) -> bool:
    """Write an entry, in one step. False where there is no room, or the folder is not ours to write to."""
    text = json.dumps(entry)
    staged = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        if not path.parent.is_dir():
            _make_folder(next(each for each in path.parents if each.name == FOLDER))
            path.parent.mkdir(parents=True, exist_ok=True)
        staged.write_text(f"{digest_of(text)}\n{text}", encoding="utf-8")
        staged.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
        return False
    return True


def _is_same(read: Read, asked: str, name: str, digest: str) -> bool:
    found = read(asked)
    return isinstance(found, Source) and found.name == name and digest_of(found.text) == digest


def digest_of(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _make_folder(folder: Path) -> None:
    """The folder of all entries, marked as one that git and backups leave out; old entries go. Raises OSError."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n")
        (folder / "CACHEDIR.TAG").write_text(_TAG)
    import shutil

    for other in folder.iterdir():
        if other.is_dir() and not other.is_symlink() and other.stat().st_mtime < time.time() - _UNUSED:
            shutil.rmtree(other, ignore_errors=True)


def _program() -> str | None:
    """A digest of all that decides what is found in a file, beside the file and the options; None where it is not had.

    Of trainspec's own files the sizes and times, so a checkout that somebody works in is a new program after every
    change; of the packages beside it their names and versions.
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
    """Path, size and time of each file below `folder`, but for what Python makes of them."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            else:
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns}\n"
