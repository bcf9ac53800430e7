"""Writing many files of a folder in one step: a whole new folder is built beside the old one, and both are swapped.

    1. `.NAME.trainspec-INODE` is made beside NAME: hard links to all that stays, and the new files.
    2. Both are swapped by one call of the system. This is the moment at which the run's files become the new ones.
    3. The old folder, out of sight now, gets the new files too; then both are swapped back, and the copy is removed.

The third step is for those who hold the folder itself and not its name: a container that has it mounted, a shell that
works in it. `INODE` is the old folder's: it tells `recover` which of the two a killed run left behind.

Linux has the call since 3.15 (renameat2), macOS since 10.12 (renamex_np), most local file systems know it; where it
fails the caller falls back to `trainspec.output.journal`.
"""

import contextlib
import ctypes
import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from trainspec.output.files import ONE_FILE, OURS, create, like, remove_tree
from trainspec.output.header import is_generated

_MOST = 5_000
"""A folder with more in it than this is not copied for the sake of a few files."""

_AT_FDCWD = -100 if sys.platform == "linux" else -2
_RENAME_EXCHANGE = _RENAME_SWAP = 2


class Swap:
    """New contents for `folder`, which exists: texts by relative path, None for what is removed.

    `is_new` says that this run has made the folder: nobody holds it yet, and there is no third step.
    """

    def __init__(self, folder: Path, texts: Mapping[Path, str | None], *, is_new: bool = False) -> None:
        self.folder = folder
        self.texts = texts
        self.is_new = is_new
        self.copy = folder.with_name(f"{_prefix(folder)}{folder.stat().st_ino}")

    def prepare(self) -> None:
        """Build the new folder. Raises OSError; nothing has happened to the old one then."""
        _exchange_call()
        if not os.access(self.folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self.folder))
        self.copy.mkdir(0o700)
        left = _MOST
        for path, folders, files in os.walk(self.folder):
            source, target = Path(path), self.copy / Path(path).relative_to(self.folder)
            links = [name for name in folders if (source / name).is_symlink()]
            left -= len(files) + len(folders)
            if left < 0:
                raise OSError(errno.E2BIG, "too many files to copy", str(self.folder))
            for folder in (each for each in folders if each not in links):
                (target / folder).mkdir(0o700)
            for file in (*files, *links):
                if (target / file).relative_to(self.copy) not in self.texts:
                    _link(source / file, target / file)
        for name, text in self.texts.items():
            if text is not None:
                (self.copy / name).parent.mkdir(parents=True, exist_ok=True)
                create(self.copy / name, text, self.folder / name)
        for made, _, _ in os.walk(self.copy, topdown=False):
            like(self.folder / Path(made).relative_to(self.copy), Path(made))

    def commit(self) -> None:
        """Swap. Raises OSError where the system or the file system cannot; nothing has happened then."""
        exchange(self.folder, self.copy)
        if self.is_new:
            return
        with contextlib.suppress(OSError):  # the copy is complete, and stays in the folder's place
            self._bring_up_to_date()
            exchange(self.folder, self.copy)

    def discard(self) -> None:
        """Remove what is left over, after success or failure."""
        recover(self.folder)

    def _bring_up_to_date(self) -> None:
        """Give the old folder, which stands at the copy's name, what the new one has."""
        for name, text in self.texts.items():
            if text is None:
                (self.copy / name).unlink(missing_ok=True)
            else:
                (self.copy / name).parent.mkdir(parents=True, exist_ok=True)
                beside = self.copy / name.parent / ONE_FILE
                os.link(self.folder / name, beside)
                beside.replace(self.copy / name)


def recover(folder: Path) -> None:
    """Remove what a killed run left beside `folder`; what others have put into the old one meanwhile is kept.

    Never raises OSError: what cannot be removed is no reason not to write.
    """
    with contextlib.suppress(OSError):
        beside = [each for each in folder.parent.iterdir() if each.name.startswith(_prefix(folder))]
        for left in beside:
            _recover(folder, left)


def _recover(folder: Path, left: Path) -> None:
    if left.name == f"{_prefix(folder)}{left.lstat().st_ino}" and folder.is_dir():
        for entry in sorted(left.iterdir()):
            is_known = os.path.lexists(folder / entry.name) or entry.name.startswith(OURS) or is_generated(entry)
            if not is_known:
                entry.rename(folder / entry.name)
    remove_tree(left)


def exchange(one: Path, other: Path) -> None:
    """Swap what stands at two paths of one file system, in one step. Raises OSError where that cannot be done."""
    ctypes.set_errno(0)
    if _exchange_call()(os.fsencode(one), os.fsencode(other)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one))


@cache
def _exchange_call() -> Callable[[bytes, bytes], int]:
    if sys.platform == "win32":
        raise OSError(errno.ENOTSUP, "this system cannot swap folders")
    system = ctypes.CDLL(None, use_errno=True)
    if hasattr(system, "renameat2"):
        return lambda one, other: int(system.renameat2(_AT_FDCWD, one, _AT_FDCWD, other, _RENAME_EXCHANGE))
    if hasattr(system, "renamex_np"):
        return lambda one, other: int(system.renamex_np(one, other, _RENAME_SWAP))
    raise OSError(errno.ENOTSUP, "this system cannot swap folders")


def _prefix(folder: Path) -> str:
    return f".{folder.name}.trainspec-"


def _link(source: Path, target: Path) -> None:
    if stat.S_ISLNK(source.lstat().st_mode):
        target.symlink_to(source.readlink())
        shutil.copystat(source, target, follow_symlinks=False)
    else:
        os.link(source, target)
