"""Source folders, compared by sizes and times: if none of their files has changed, neither has the archive."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeGuard

from trainspec.batch.entries import read_entry, write_entry
from trainspec.packing.files import Listing
from trainspec.packing.jobs import Watched

SETTLED: Final = 2_000_000_000
"""Nanoseconds after which a file's time shows whether it has changed: within one tick of the clock it does not."""


@dataclass
class Watches:
    """The folders of one run: those that several specs share are stored and checked once.

    `path` is where listings are stored, by their digest; `base` is the folder of all projects.
    """

    path: Callable[[str], Path]
    base: Path
    _taken: dict[int, tuple[Listing, list[str] | None]] = field(default_factory=dict)
    _now: dict[str, str | None] = field(default_factory=dict)

    def stored(self, watched: Watched) -> list[Any] | None:
        """What an entry says about them; None if one has changed since then, or just before."""
        asked = sorted({str(path) for path in watched.asked})
        digest = _settled(asked, min(listing.began for listing in watched.listings))
        listings = [self._of(listing) for listing in watched.listings]
        return None if digest is None or None in listings else [asked, digest, listings]

    def are_unchanged(self, stored: Any) -> bool:
        """Whether all that an entry speaks of is as it was."""
        match stored:
            case [list(asked), str(digest), list(listings)] if _are_names(asked):
                pairs = [each for each in listings if _are_names(each) and len(each) == 2]
                is_whole = len(pairs) == len(listings)
                return is_whole and _digest(map(_stamp, asked)) == digest and all(self._is(*each) for each in pairs)
        return False

    def _of(self, listing: Listing) -> list[str] | None:
        if id(listing) not in self._taken:
            self._taken[id(listing)] = listing, self._take(listing)
        return self._taken[id(listing)][1]

    def _take(self, listing: Listing) -> list[str] | None:
        """The digests of a listing's names, which are stored by it, and of their stamps."""
        names = sorted({str(path) for path in (*listing.looked_at, *(each.path for each in listing.members))})
        digest, key = _settled(names, listing.began), _digest(names)
        if digest is None or not write_entry(self.path(key), {"names": names}, self.base):
            return None
        return [key, digest]

    def _is(self, key: str, digest: str) -> bool:
        if key not in self._now:
            names = (read_entry(self.path(key)) or {}).get("names")
            self._now[key] = _digest(map(_stamp, names)) if _are_names(names) and _digest(names) == key else None
        return self._now[key] == digest


def _are_names(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _settled(names: Sequence[str], began: int) -> str | None:
    """The digest of the stamps of files that were read from `began` on; None if one is too new to be certain."""
    stamps = [_stamp(name) for name in names]
    is_new = any(moment > began - SETTLED for stamp in stamps for moment in stamp[-2:])
    return None if is_new else _digest(stamps)


def _stamp(name: str) -> tuple[int, ...]:
    """Kind, inode, size and times (ns) of a path and, if it is a link, of its target."""
    try:
        own = os.lstat(name)
        found = Path(name).stat() if stat.S_ISLNK(own.st_mode) else own
    except (OSError, ValueError):
        return (0, 0)
    link = () if found is own else (own.st_ino, own.st_ctime_ns)
    times = max(found.st_mtime_ns, own.st_mtime_ns), max(found.st_ctime_ns, own.st_ctime_ns)
    return (*link, found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, *times)


def _digest(values: Iterable[Any]) -> str:
    return hashlib.sha256(repr(list(values)).encode("utf-8", "surrogateescape")).hexdigest()
