"""Writes files of a folder where folders cannot be swapped: a mount point, a file system without the call, Windows.

The new files are put into `.trainspec-staged-RANDOM` in the folder. Then a record lists what to move where, and what to
remove: from here on the run is committed, and the next run does what a killed run has not done. So a mixture is
possible, but only until then.

The record is in a folder that only the user can write to, and contains the digests of the files: what a repository
contains is never treated as a run's unfinished work. Without such a folder, a killed run stays unfinished.
"""

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from trainspec.disk.reading import UnreadableError, read_typed
from trainspec.disk.user_cache import user_cache
from trainspec.disk.writing import Folder
from trainspec.output.files import ONE_FILE, OURS

_STAGED = f"{OURS}staged"
_LONGEST = 64 * 1024 * 1024


class Journal:
    """New contents for `folder`: texts by file name, None for what is removed."""

    def __init__(self, folder: Folder, texts: Mapping[str, str | None]) -> None:
        self.folder = folder
        self.texts = texts
        self.staged = f"{_STAGED}-{secrets.token_hex(8)}"

    def prepare(self) -> None:
        """Write everything to the disk next to its place. Raises OSError; no file has changed then."""
        with self.folder.below(self.staged, make=True, mode=0o700) as staged:
            for name, text in self.texts.items():
                if text is not None:
                    staged.create(name, text, self.folder.status(name))

    def commit(self) -> None:
        """Move everything to its place. Raises OSError."""
        new = {name: _digest(text.encode()) for name, text in self.texts.items() if text is not None}
        record = {"staged": self.staged, "new": new, "gone": [name for name in self.texts if name not in new]}
        _write_record(self.folder.path, record)
        _finish(self.folder, record)

    def discard(self) -> None:
        """Remove what is left over if nothing was committed."""
        self.folder.remove(self.staged)


def recover(folder: Folder) -> None:
    """Finish what a killed run had decided, and forget what it had not. Raises OSError."""
    record = _read_record(folder.path)
    for left in folder.names():
        if left == ONE_FILE or (left.startswith(_STAGED) and (record is None or left != record["staged"])):
            folder.remove(left)
    if record is not None:
        _finish(folder, record)


def _finish(folder: Folder, record: Mapping[str, Any]) -> None:
    if folder.is_folder(record["staged"]):
        with folder.below(record["staged"]) as staged:
            for name, digest in record["new"].items():
                content = staged.read(name, _LONGEST)
                if content is not None and _digest(content) == digest:
                    staged.replace(name, name, folder)
        for name in record["gone"]:
            folder.unlink(name)
        folder.remove(record["staged"])
    if (path := _record_of(folder.path)) is not None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _record_of(folder: Path) -> Path | None:
    """The path of the record of a folder."""
    cache = user_cache(folder)
    return cache / "unfinished" if cache else None


def _read_record(folder: Path) -> Mapping[str, Any] | None:
    path = _record_of(folder)
    if path is None:
        return None
    try:
        record = json.loads(read_typed(path, _LONGEST))
    except (UnreadableError, ValueError, RecursionError):
        return None
    return record if _is_record(record) else None


def _is_record(record: Any) -> bool:
    if not isinstance(record, dict) or record.keys() != {"staged", "new", "gone"}:
        return False
    new, gone = record["new"], record["gone"]
    return (
        isinstance(new, dict)
        and isinstance(gone, list)
        and _are_names([record["staged"], *new, *gone])
        and record["staged"].startswith(_STAGED)
    )


def _are_names(names: Iterable[Any]) -> bool:
    away = {"/", os.sep}
    return all(isinstance(each, str) and each not in ("", ".", "..") and away.isdisjoint(each) for each in names)


def _write_record(folder: Path, record: Mapping[str, Any]) -> None:
    """Write the record in one step; without a place for it, the next run does not complete this one after a kill."""
    path = _record_of(folder)
    if path is None:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        staged = path.with_name(f"{path.name}.{os.getpid()}")
        staged.write_text(json.dumps(record), encoding="utf-8")
        staged.replace(path)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
