"""What the caches store about a file: its facts as JSON and back, and the texts for which they are valid."""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeAlias

from trainspec.batch.stored_findings import (
    is_span,
    of_findings,
    of_ignores,
    of_references,
    of_span,
    to_findings,
    to_ignores,
    to_references,
    to_span,
)
from trainspec.crossfile.facts import FileFacts
from trainspec.diagnostics import Diagnostic
from trainspec.disk.reading import UnreadableError, read_typed
from trainspec.text.source import Source

_UNUSED = 14 * 86400
"""After how many seconds without use the entries of another version of anything, or project, are removed."""

_LONGEST = 64 * 1024 * 1024
"""Limit on an entry that is read, in bytes: one contains the DAGs of all specs of a project."""

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# What trainspec remembers between runs; it may be removed.\n"

Read: TypeAlias = Callable[[str], Source | Diagnostic]
Text: TypeAlias = list[str]
"""A text that a file consists of: the requested name, that of its actual file, its SHA-256."""


# ---------------------------------------------------------------------- facts


def _are_strings(stored: Any) -> bool:
    return isinstance(stored, list) and all(isinstance(each, str) for each in stored)


def _reads(read: Callable[[Any], Any]) -> Callable[[Any], bool]:
    """Whether `read` can parse what is stored."""

    def reads(stored: Any) -> bool:
        try:
            read(stored)
        except (ValueError, TypeError, KeyError, IndexError):
            return False
        return True

    return reads


_STORED: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], bool], Callable[[Any], Any]]] = {
    "is_spec": (bool, lambda stored: isinstance(stored, bool), bool),
    "is_policy": (bool, lambda stored: isinstance(stored, bool), bool),
    "dag_id": (str, lambda stored: isinstance(stored, str), str),
    "id_span": (of_span, is_span, to_span),
    "jobs_span": (of_span, is_span, to_span),
    "findings": (of_findings, _reads(to_findings), to_findings),
    "references": (of_references, _reads(to_references), to_references),
    "used_ignores": (of_ignores, _reads(to_ignores), to_ignores),
    "own_ignores": (of_ignores, _reads(to_ignores), to_ignores),
    "environments": (list, _are_strings, tuple),
    "combinations": (list, _are_strings, tuple),
    "combination": (int, lambda stored: isinstance(stored, int), int),
    "dag_ids": (list, _are_strings, tuple),
    "variables": (sorted, _are_strings, frozenset),
    "made_of": (sorted, _are_strings, frozenset),
    "is_whole": (bool, lambda stored: isinstance(stored, bool), bool),
}
"""The facts that are stored: as JSON, whether it is such, and back. A file with any other has no entry."""


def encoded(facts: FileFacts) -> dict[str, Any] | None:
    """The facts of a file that are not the usual ones, without its name; None if some are not stored."""
    known = {each.name: getattr(facts, each.name) for each in fields(FileFacts) if each.name != "name"}
    said = {name: known[name] for name in known if known[name] != _NOTHING[name]}
    if not said.keys() <= _STORED.keys():
        return None
    stored = {name: _STORED[name][0](said[name]) for name in said}
    return None if None in stored.values() else stored


_NOTHING = {each.name: each.default for each in fields(FileFacts)}


def decoded(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The way back: facts by name."""
    return {name: _STORED[name][2](value) for name, value in entry.items()}


def are_facts(stored: Any) -> bool:
    """Whether something that was read can be decoded."""
    return isinstance(stored, dict) and all(name in _STORED and _STORED[name][1](stored[name]) for name in stored)


def are_texts(stored: Any) -> bool:
    """Whether something that was read is a list of strings."""
    return isinstance(stored, list) and all(_are_strings(each) and len(each) == 3 for each in stored)


# ---------------------------------------------------------------------- texts


class Recorder:
    """Reads the files that one extends, and remembers them: the result is valid while they stay the same."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._found: dict[str, Source | Diagnostic] = {}

    def read(self, name: str) -> Source | Diagnostic:
        """The file of that name, or why it cannot be had."""
        self._found[name] = self._read(name)
        return self._found[name]

    @property
    def texts(self) -> list[Text] | None:
        """The texts that were read; None if one could not be read."""
        known = [(asked, each) for asked, each in self._found.items() if isinstance(each, Source)]
        return [text_of(asked, each) for asked, each in known] if len(known) == len(self._found) else None


def text_of(asked: str, source: Source) -> Text:
    """A text that was read under the name `asked`."""
    return [asked, source.name, digest_of(source.text)]


def are_same(read: Read, texts: Iterable[Text]) -> bool:
    """Whether all texts are unchanged."""
    return all(isinstance(found := read(text[0]), Source) and text_of(text[0], found) == text for text in texts)


def digest_of(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# ---------------------------------------------------------------------- files


def read_entry(path: Path | str) -> dict[str, Any] | None:
    """The entry in a file; None if there is none, or it is damaged."""
    try:
        digest, text = read_typed(path, _LONGEST).decode().split("\n", 1)
        entry = json.loads(text) if digest == digest_of(text) else None
    except (UnreadableError, ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def write_entry(path: Path, entry: Mapping[str, Any], base: Path) -> bool:
    """Write an entry, in one step. False if there is no room, or the folder may not be written.

    `base` is the folder of all projects, and contains `path`.
    """
    text = json.dumps(entry)
    staged = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        if not path.parent.is_dir():
            _make_folder(base)
            path.parent.mkdir(parents=True, exist_ok=True)
        staged.write_text(f"{digest_of(text)}\n{text}", encoding="utf-8")
        staged.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            staged.unlink(missing_ok=True)
        return False
    return True


def _make_folder(base: Path) -> None:
    """The folder of all projects, for this user only and excluded from backups; old entries are removed."""
    if not base.exists():
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        (base / "CACHEDIR.TAG").write_text(_TAG)
    import shutil

    for each in base.glob("*/*"):
        if each.is_dir() and not each.is_symlink() and each.stat().st_mtime < time.time() - _UNUSED:
            shutil.rmtree(each, ignore_errors=True)
            with contextlib.suppress(OSError):
                each.parent.rmdir()
