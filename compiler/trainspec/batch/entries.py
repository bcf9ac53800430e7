"""What the caches store of a file: its facts as JSON and back, and of which texts they hold."""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeAlias

from trainspec.crossfile.facts import FileFacts
from trainspec.diagnostics import Diagnostic, Span
from trainspec.text.source import Source

FOLDER = ".trainspec_cache"
_UNUSED = 14 * 86400
"""After how many seconds without use the entries of another version of anything are removed."""

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# What trainspec remembers between runs; it may be removed.\n"

Read: TypeAlias = Callable[[str], Source | Diagnostic]
Text: TypeAlias = list[str]
"""A text that a file was made of: the name that was asked for, that of the file it is in, its SHA-256."""


# ---------------------------------------------------------------------- facts


def _of_span(span: Span) -> list[Any]:
    return [span.path, span.line, span.column, span.end_line, span.end_column]


_STORED: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "is_spec": (bool, bool),
    "dag_id": (str, str),
    "id_span": (_of_span, lambda stored: Span(*stored)),
    "environments": (list, tuple),
    "variables": (sorted, frozenset),
    "made_of": (sorted, frozenset),
    "is_whole": (bool, bool),
}
"""The facts that are stored, as JSON and back. A file with any other has no entry."""


def encoded(facts: FileFacts) -> dict[str, Any] | None:
    """The facts of a file that are not the usual ones, without its name; None where some are not stored."""
    known = {each.name: getattr(facts, each.name) for each in fields(FileFacts) if each.name != "name"}
    said = {name: known[name] for name in known if known[name] != _NOTHING[name]}
    return {name: _STORED[name][0](said[name]) for name in said} if said.keys() <= _STORED.keys() else None


_NOTHING = {each.name: each.default for each in fields(FileFacts)}


def decoded(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The way back: facts by name."""
    return {name: _STORED[name][1](value) for name, value in entry.items()}


# ---------------------------------------------------------------------- texts


class Recorder:
    """Reads the files that one extends, and remembers them: what was found holds while they are the same."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._found: dict[str, Source | Diagnostic] = {}

    def read(self, name: str) -> Source | Diagnostic:
        """The file of that name, or why it cannot be had."""
        self._found[name] = self._read(name)
        return self._found[name]

    @property
    def texts(self) -> list[Text] | None:
        """The texts that were read; None where one could not be had."""
        known = [(asked, each) for asked, each in self._found.items() if isinstance(each, Source)]
        return [text_of(asked, each) for asked, each in known] if len(known) == len(self._found) else None


def text_of(asked: str, source: Source) -> Text:
    """A text that was read under the name `asked`."""
    return [asked, source.name, digest_of(source.text)]


def are_same(read: Read, texts: Iterable[Text]) -> bool:
    """Whether all texts are as they were."""
    return all(isinstance(found := read(text[0]), Source) and text_of(text[0], found) == text for text in texts)


def digest_of(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# ---------------------------------------------------------------------- files


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
