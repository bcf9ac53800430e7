"""Writes many files of a folder in one step: a new folder is built next to the old one, and both are swapped.

    1. `.NAME.trainspec-INODE` is created next to NAME: hard links to all unchanged files, and the new files.
    2. Both are swapped by one call of the system. This is the moment at which the run's files become the new ones.
    3. The old folder, out of sight now, gets the new files too; then both are swapped back, and the copy is removed.

The third step is for processes that hold the folder itself and not its name: a container that has it mounted, a shell
that works in it. `INODE` is the old folder's: it shows `recover` which of the two a killed run left behind.

Linux has the call since 3.15 (renameat2), macOS since 10.12 (renameatx_np), and most local file systems support it; if
it fails, the caller falls back to `trainspec.output.journal`.
"""

import contextlib
import ctypes
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from trainspec.disk.writing import Folder, take_after
from trainspec.output.files import ONE_FILE, OURS
from trainspec.output.header import is_generated

_MOST = 5_000
"""A folder with more in it than this is not copied for the sake of a few files."""

_RENAME_EXCHANGE = _RENAME_SWAP = 2


class Swap:
    """New contents for `folder`, which exists: texts by relative path, None for what is removed.

    `is_new` means that this run has created the folder: nobody holds it yet, and there is no third step.
    """

    def __init__(self, folder: Folder, texts: Mapping[Path, str | None], *, is_new: bool = False) -> None:
        self.folder = folder
        self.texts = texts
        self.is_new = is_new
        self.around = Folder(folder.path.parent)
        self.copy = f"{_prefix(folder.path)}{_inode(self.around, folder.path.name)}"

    def prepare(self) -> None:
        """Build the new folder. Raises OSError; nothing has happened to the old one then."""
        _exchange_call()
        self.folder.descriptor()
        if not os.access(self.folder.path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self.folder.path))
        path, relative = self.around.at(self.copy)
        os.mkdir(path, 0o700, **relative)  # noqa: PTH102  # an OSError if somebody has put something there
        with self.around.below(self.copy) as copy:
            try:
                self._link_what_stays(copy)
            except RecursionError:
                raise OSError(errno.E2BIG, "folders below folders without end", str(self.folder.path)) from None
            for name, text in self.texts.items():
                if text is not None:
                    with _parent(copy, name, make=True) as new:
                        new.create(name.name, text, _model(self.folder, name))
            self._take_after_the_old_one(copy)

    def commit(self) -> None:
        """Swap. Raises OSError if the system or the file system cannot; nothing has happened then."""
        self._exchange()
        if self.is_new:
            return
        with contextlib.suppress(OSError):  # the copy is complete, and stays in the folder's place
            self._bring_up_to_date()
            self._exchange()

    def discard(self) -> None:
        """Remove what is left over, after success or failure."""
        _recover_in(self.around, self.folder.path)

    def close(self) -> None:
        """Close the parent folder."""
        self.around.close()

    def _exchange(self) -> None:
        exchange(self.around, self.folder.path.name, self.copy)

    def _link_what_stays(self, copy: Folder) -> None:
        left = _MOST
        for path, folders, files, here in os.fwalk(".", dir_fd=self.folder.descriptor()):
            left -= len(files) + len(folders)
            if left < 0:
                raise OSError(errno.E2BIG, "too many files to copy", str(self.folder.path))
            below = Path(path)
            for name in folders:
                if not stat.S_ISLNK(_status(name, here).st_mode):
                    os.mkdir(str(below / name), 0o700, dir_fd=copy.descriptor())
            for name in (*files, *folders):
                status = _status(name, here)
                if not stat.S_ISDIR(status.st_mode) and below / name not in self.texts:
                    _link(name, here, status, str(below / name), copy.descriptor())

    def _take_after_the_old_one(self, copy: Folder) -> None:
        """Give the folders of the copy the modes and owners of the old ones."""
        for path, _, _, here in os.fwalk(".", topdown=False, dir_fd=copy.descriptor()):
            with contextlib.suppress(FileNotFoundError):  # one that the old folder does not have
                old = os.stat(path, dir_fd=self.folder.descriptor(), follow_symlinks=False)
                take_after(here, old)

    def _bring_up_to_date(self) -> None:
        """Give the old folder, which is open and now has the copy's name, the content of the new one."""
        with self.around.below(self.folder.path.name) as new:
            for name, text in self.texts.items():
                if text is None:
                    with contextlib.suppress(FileNotFoundError), _parent(self.folder, name) as old:
                        old.unlink(name.name)
                    continue
                with _parent(self.folder, name, make=True) as old, _parent(new, name) as made:
                    source, target = made.descriptor(), old.descriptor()
                    os.link(name.name, ONE_FILE, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
                    old.replace(ONE_FILE, name.name)


def _model(folder: Folder, name: Path) -> os.stat_result | None:
    """The status of what a file replaces."""
    try:
        with _parent(folder, name) as parent:
            return parent.status(name.name)
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _parent(folder: Folder, name: Path, *, make: bool = False) -> Iterator[Folder]:
    """The folder below `folder` that contains a relative path."""
    with contextlib.ExitStack() as held:
        here = folder
        for part in name.parts[:-1]:
            here = held.enter_context(here.below(part, make=make))
        yield here


def recover(folder: Path) -> None:
    """Remove what a killed run left next to `folder`; what others have put into the old one meanwhile is kept.

    Never raises OSError: what cannot be removed does not prevent writing.
    """
    with contextlib.suppress(OSError), Folder(folder.parent) as around:
        _recover_in(around, folder)


def _recover_in(around: Folder, folder: Path) -> None:
    with contextlib.suppress(OSError):
        for left in around.names():
            if left.startswith(_prefix(folder)):
                _recover(around, folder, left)


def _recover(around: Folder, folder: Path, left: str) -> None:
    """Clear what has the name `left`. An old folder, whose inode is in its name, passes back what is new.

    A link is only unlinked: no run leaves one.
    """
    if around.is_folder(left) and left == f"{_prefix(folder)}{_inode(around, left)}" and around.is_folder(folder.name):
        with around.below(left) as old, around.below(folder.name) as new:
            for name in sorted(old.names()):
                is_known = new.status(name) is not None or name.startswith(OURS) or is_generated(old, name)
                if not is_known:
                    old.replace(name, name, new)
    around.remove(left)


def exchange(around: Folder, one: str, other: str) -> None:
    """Swap two entries of a folder, in one step. Raises OSError if that cannot be done."""
    ctypes.set_errno(0)
    if _exchange_call()(around.descriptor(), os.fsencode(one), os.fsencode(other)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(around.path / one))


@cache
def _exchange_call() -> Callable[[int, bytes, bytes], int]:
    """Swaps two entries of an open folder; returns 0 if it did."""
    if sys.platform == "win32":
        raise OSError(errno.ENOTSUP, "this system cannot swap folders")
    system = ctypes.CDLL(None, use_errno=True)
    if hasattr(system, "renameat2"):
        return lambda around, one, other: int(system.renameat2(around, one, around, other, _RENAME_EXCHANGE))
    if hasattr(system, "renameatx_np"):
        return lambda around, one, other: int(system.renameatx_np(around, one, around, other, _RENAME_SWAP))
    raise OSError(errno.ENOTSUP, "this system cannot swap folders")


def _prefix(folder: Path) -> str:
    return f".{folder.name}.trainspec-"


def _inode(around: Folder, name: str) -> int:
    status = around.status(name)
    return status.st_ino if status else 0


def _status(name: str, here: int) -> os.stat_result:
    return os.stat(name, dir_fd=here, follow_symlinks=False)


def _link(name: str, here: int, status: os.stat_result, target: str, there: int) -> None:
    """The same file in the copy; of a link a link to the same place."""
    if stat.S_ISLNK(status.st_mode):
        os.symlink(os.readlink(name, dir_fd=here), target, dir_fd=there)
        with contextlib.suppress(OSError):
            os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns), dir_fd=there, follow_symlinks=False)
            os.chown(target, status.st_uid, status.st_gid, dir_fd=there, follow_symlinks=False)
    else:
        os.link(name, target, src_dir_fd=here, dst_dir_fd=there, follow_symlinks=False)
