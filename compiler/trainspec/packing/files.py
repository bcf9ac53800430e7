"""Which files of a folder are packed, by which names, and why others cannot be."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from trainspec.disk.reading import is_of_git
from trainspec.packing.ignore import PATTERNS, Ignore, folders_above, ignore_for

MOST_FILES: Final = 20_000
"""More than this are not listed: a folder that large is a wrong folder."""
REQUIREMENTS: Final = "requirements.txt"
"""The toolkit of AWS's images installs the file of this name at the archive's root."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive. `name` is its path in the archive, with slashes; `size` is in bytes."""

    name: str
    path: Path
    size: int
    stamp: tuple[int, int, int, int]
    """Inode, size, and the times of its content and of its inode (ns): with all four alike, a file has not changed."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of an archive by name, and what prevents packing.

    `escaping` are links that lead out of their folder, by their names; `is_cut` says that there are more files than
    `MOST_FILES`; `shadowed` are names that two folders contain. `looked_at` are the folders, links and files of
    patterns that decide which files these are: while they and the files are as they were, so is the listing. `began`
    is when it was begun, in nanoseconds since the epoch.
    """

    members: tuple[Member, ...]
    escaping: tuple[str, ...] = ()
    shadowed: tuple[str, ...] = ()
    is_cut: bool = False
    looked_at: tuple[Path, ...] = ()
    began: int = field(default=0, compare=False)

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(member.size for member in self.members)

    def get(self, name: str) -> Member | None:
        """The file of this name in the archive."""
        return next((member for member in self.members if member.name == name), None)


def list_files(
    folder: Path,
    root: Path,
    *,
    dependencies: Sequence[Path] = (),
    ignore: Iterable[str] = (),
    requirements: Path | None = None,
) -> Listing:
    """The files for the archive of `folder`, sorted by name.

    `dependencies` are folders (or files) that are packed next to the folder's own files, under their own names;
    `ignore` are gitignore lines about `folder`; `requirements` is a file that becomes the archive's requirements.txt.
    All of them are in the project's `root`, which is never left. Raises OSError for what cannot be
    read.
    """
    began = time.time_ns()
    found: dict[str, Member] = {}
    escaping: list[str] = []
    shadowed: list[str] = []
    seen = [
        above / name for each in (folder, *dependencies) for above in folders_above(each, root) for name in PATTERNS
    ]
    beside = (
        _walk(each, each.name, ignore_for(each, root), seen) if each.is_dir() else iter([_one(each, each.name)])
        for each in dependencies
    )
    for walk in (_walk(folder, "", ignore_for(folder, root, ignore), seen), *beside):
        for entry in walk:
            if isinstance(entry, str):
                escaping.append(entry)
            elif entry.name in found:
                shadowed.append(entry.name)
            else:
                found[entry.name] = entry
            if len(found) > MOST_FILES:
                return Listing(_sorted(found), tuple(escaping), tuple(shadowed), True, tuple(seen), began)
    if requirements is not None:
        found[REQUIREMENTS] = _one(requirements, REQUIREMENTS)
    return Listing(_sorted(found), tuple(escaping), tuple(shadowed), False, tuple(seen), began)


def _sorted(found: dict[str, Member]) -> tuple[Member, ...]:
    return tuple(found[name] for name in sorted(found, key=os.fsencode))


def _walk(top: Path, prefix: str, ignore: Ignore, seen: list[Path]) -> Iterator[Member | str]:
    """The files below `top`, each named from there behind `prefix`; the name of a link that leads out of `top`.

    Everything else that is read is added to `seen`.
    """
    real_top = Path(os.path.realpath(top))
    open_ = [(top, "", ignore.within(top, ""))]
    while open_:
        folder, name, rules = open_.pop()
        seen.append(folder)
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                below = f"{name}/{entry.name}" if name else entry.name
                if entry.is_symlink() or entry.name in PATTERNS:
                    seen.append(Path(entry.path))
                if entry.is_symlink():
                    target = Path(os.path.realpath(entry.path))
                    if rules.matches(below, is_folder=target.is_dir()):
                        continue
                    if not target.is_file() or real_top not in target.parents or is_of_git(str(target)):
                        yield f"{prefix}/{below}" if prefix else below
                        continue
                elif entry.is_dir(follow_symlinks=False):
                    if not rules.matches(below, is_folder=True):
                        path = Path(entry.path)
                        open_.append((path, below, rules.within(path, below)))
                    continue
                elif not entry.is_file(follow_symlinks=False) or rules.matches(below, is_folder=False):
                    continue  # a pipe or a socket is not code
                yield _one(Path(entry.path), f"{prefix}/{below}" if prefix else below, entry)


def _one(path: Path, name: str, entry: "os.DirEntry[str] | None" = None) -> Member:
    status = entry.stat() if entry is not None else path.stat()
    return Member(name, path, status.st_size, (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
