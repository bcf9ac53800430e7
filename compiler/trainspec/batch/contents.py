"""The contents of source folders, cached between runs.

Files whose size and time have not changed are not read again.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from trainspec.batch.entries import read_entry, write_entry
from trainspec.batch.watched import SETTLED
from trainspec.disk.user_cache import user_cache
from trainspec.packing.archive import Packed
from trainspec.packing.files import Listing
from trainspec.packing.source import Content

_MOST: Final = 256


@dataclass
class Contents:
    """The contents of the folders of the project at `root`."""

    root: Path
    _known: dict[str, Any] = field(default_factory=dict)
    _is_read: bool = False

    def __call__(self, listing: Listing, work_out: Callable[[], Content]) -> Content:
        """The result of `work_out` for the files of a listing, remembered while none of them changes."""
        base = user_cache(self.root)
        if base is None:
            return work_out()
        path = base / "sources"
        if not self._is_read:
            self._known, self._is_read = read_entry(path) or {}, True
        key = _key(listing)
        if (content := _decoded(self._known.get(key))) is not None:
            return content
        content = work_out()
        if max((max(member.stamp[2:]) for member in listing.members), default=0) < time.time_ns() - SETTLED:
            self._known = dict(list(self._known.items())[-_MOST:])
            self._known[key] = [content.packed.digest, content.packed.size, content.secret]
            write_entry(path, self._known, base.parent)
        return content


def _key(listing: Listing) -> str:
    digest = hashlib.sha256()
    for member in listing.members:
        digest.update(f"{member.name}\0{member.path}\0{member.stamp}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _decoded(stored: Any) -> Content | None:
    if not isinstance(stored, list) or [type(each) for each in stored[:2]] != [str, int] or len(stored) != 3:
        return None
    digest, size, secret = stored
    return Content(Packed(digest, size), secret if isinstance(secret, str) else None)
