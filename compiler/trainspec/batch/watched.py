"""Files and folders that are judged by size and time: while none has changed, nor has what was made of them."""

import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from trainspec.packing.jobs import Watched

SETTLED: Final = 2_000_000_000
"""Nanoseconds after which a file's time tells whether it has changed: within one tick of the clock it does not."""


def stored_of(watched: Watched) -> list[str] | None:
    """A digest of the stamps, and the paths; None where one has changed since it was looked at, or just before."""
    names = sorted({str(path) for path in watched.paths})
    stamps = [_stamp(name) for name in names]
    if any(moment > watched.began - SETTLED for stamp in stamps for moment in stamp[-2:]):
        return None
    return [_digest(stamps), *names]


def are_unchanged(stored: Any) -> bool:
    """Whether all of what is stored is as it was."""
    if not isinstance(stored, list) or not stored or not all(isinstance(each, str) for each in stored):
        return False
    digest: str = stored[0]
    names: list[str] = stored[1:]
    return _digest(_stamp(name) for name in names) == digest


def _stamp(name: str) -> tuple[int, ...]:
    """Kind, inode, size and times (ns) of what is there and, if it is a link, of what it leads to."""
    try:
        own = os.lstat(name)
        found = Path(name).stat() if stat.S_ISLNK(own.st_mode) else own
    except (OSError, ValueError):
        return (0, 0)
    link = () if found is own else (own.st_ino, own.st_ctime_ns)
    times = max(found.st_mtime_ns, own.st_mtime_ns), max(found.st_ctime_ns, own.st_ctime_ns)
    return (*link, found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, *times)


def _digest(stamps: Iterable[tuple[int, ...]]) -> str:
    return hashlib.sha256(repr(list(stamps)).encode()).hexdigest()
