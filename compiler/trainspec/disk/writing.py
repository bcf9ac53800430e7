"""The only access for writing.

A `Folder` stays open, and everything that happens in it is relative to that: no link is followed, and nothing else is
reached, whatever is there or is put there meanwhile. `place` returns a path's real location, and rejects one that is
named inside a project and leads out of it through a link.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trainspec.disk.reading import HAS_DIR_FD, is_of_git

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_NEW |= sum(getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW"))
_READ = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"))
_STEP = sum(getattr(os, name, 0) for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC"))
_STAGED = ".trainspec-new"


def place(path: Path, root: Path | None) -> Path:
    """The real location of `path`, with links followed.

    Raises PermissionError if it is named below `root` and leads out of it, and for what is in git's own folder.
    """
    real = Path(os.path.realpath(path))
    if root is not None and _is_named_inside(path, root) and not real.is_relative_to(os.path.realpath(root)):
        raise PermissionError(errno.EPERM, "a link there leaves the project", str(path))
    if is_of_git(str(real)):
        raise PermissionError(errno.EPERM, "that is git's own folder", str(path))
    return real


def _is_named_inside(path: Path, root: Path) -> bool:
    """Whether a path is below `root` by its name, links not followed."""
    return Path(os.path.abspath(path)).is_relative_to(os.path.abspath(root))  # noqa: PTH100


class Folder:
    """A folder that stays open. `path` must be a real one, as `place` returns it: a link on the way is an OSError."""

    def __init__(self, path: Path, *, make: bool = False) -> None:
        self.path = path
        self._descriptor: int | None = None
        if not HAS_DIR_FD:
            if make:
                path.mkdir(parents=True, exist_ok=True)
            return
        here = os.open(path.anchor, getattr(os, "O_PATH", os.O_RDONLY) | _STEP)
        try:
            for part in path.parts[1:]:
                try:
                    below = _enter(part, here)
                except FileNotFoundError:
                    if not make:
                        raise
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(part, dir_fd=here)
                    below = _enter(part, here)
                os.close(here)
                here = below
            self._descriptor = _readable(here)
        except OSError as error:
            error.filename = str(path)
            raise
        finally:
            os.close(here)

    @classmethod
    def _held(cls, path: Path, descriptor: int | None) -> "Folder":
        folder = cls.__new__(cls)
        folder.path, folder._descriptor = path, descriptor
        return folder

    def __enter__(self) -> "Folder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def at(self, name: str) -> tuple[Any, dict[str, Any]]:
        """The arguments of a function of `os` for the entry `name`: the path, and `dir_fd` if there is one."""
        if not name or name in (".", "..") or "/" in name or os.sep in name or "\0" in name:
            raise PermissionError(errno.EPERM, "not a file's name", name)
        return (self.path / name, {}) if self._descriptor is None else (name, {"dir_fd": self._descriptor})

    def descriptor(self) -> int:
        """The open folder, for system calls. Raises OSError if there is none."""
        if self._descriptor is None:
            raise OSError(errno.ENOTSUP, "folders cannot be held open here", str(self.path))
        return self._descriptor

    def below(self, name: str, *, make: bool = False, mode: int = 0o777) -> "Folder":
        """A folder in this one. Raises OSError for a link."""
        path, relative = self.at(name)
        if make:
            with contextlib.suppress(FileExistsError):
                os.mkdir(path, mode, **relative)  # noqa: PTH102
        if self._descriptor is None:
            if not stat.S_ISDIR((self.path / name).lstat().st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self.path / name))
            return self._held(self.path / name, None)
        return self._held(self.path / name, os.open(name, os.O_RDONLY | _STEP, dir_fd=self._descriptor))

    def names(self) -> list[str]:
        """The names of all entries."""
        return os.listdir(self.path if self._descriptor is None else self._descriptor)  # noqa: PTH208

    def status(self, name: str) -> os.stat_result | None:
        """The status of an entry, for a link its own; None if there is no such entry."""
        path, relative = self.at(name)
        try:
            return os.stat(path, follow_symlinks=False, **relative)  # noqa: PTH116
        except FileNotFoundError:
            return None

    def is_folder(self, name: str) -> bool:
        """Whether an entry is a folder, and no link to one."""
        status = self.status(name)
        return status is not None and stat.S_ISDIR(status.st_mode)

    def create(self, name: str, text: str, model: os.stat_result | None = None) -> None:
        """Write a new file, with mode and owner of `model`, if that is a regular file's. Raises OSError."""
        path, relative = self.at(name)
        with self._saying_where(name), os.fdopen(descriptor := os.open(path, _NEW, 0o666, **relative), "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            if model is not None and stat.S_ISREG(model.st_mode):
                take_after(descriptor, model)

    def read(self, name: str, most: int) -> bytes | None:
        """The first `most` bytes of a regular file; None for anything else."""
        path, relative = self.at(name)
        flags = os.O_RDONLY | sum(
            getattr(os, each, 0) for each in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY", "O_CLOEXEC")
        )
        try:
            with os.fdopen(os.open(path, flags, **relative), "rb") as file:
                return file.read(most) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
        except OSError:
            return None

    def replace(self, name: str, other: str, there: "Folder | None" = None) -> None:
        """Rename an entry to `other`, in the folder `there` if it is given, replacing what is there. Raises OSError."""
        source, of_source = self.at(name)
        target, of_target = (there or self).at(other)
        renamed = {f"src_{key}": value for key, value in of_source.items()}
        renamed |= {f"dst_{key}": value for key, value in of_target.items()}
        with self._saying_where(other):
            os.replace(source, target, **renamed)  # noqa: PTH105

    def unlink(self, name: str) -> None:
        """Remove a file or a link, if it is there. Raises OSError."""
        path, relative = self.at(name)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path, **relative)

    def rmdir(self, name: str) -> None:
        """Remove an empty folder. Raises OSError."""
        path, relative = self.at(name)
        os.rmdir(path, **relative)

    def remove(self, name: str) -> None:
        """Remove an entry with all that is in it; a link is only unlinked. Never raises OSError."""
        with contextlib.suppress(OSError):
            if not self.is_folder(name):
                self.unlink(name)
                return
            with self.below(name) as folder:
                folder._empty()
            self.rmdir(name)

    @contextlib.contextmanager
    def _saying_where(self, name: str) -> Iterator[None]:
        """Report system errors with the complete path."""
        try:
            yield
        except OSError as error:
            error.filename = str(self.path / name)
            raise

    def _empty(self) -> None:
        """Remove all entries. Folders below are emptied into this one, so that no depth exhausts anything."""
        self._let_in()
        count = 0
        while entries := self.names():
            for name in entries:
                if not self.is_folder(name):
                    self.unlink(name)
                    continue
                with self.below(name) as folder:
                    folder._let_in()
                    for below in folder.names():
                        count += 1
                        folder.replace(below, f".{os.getpid()}-{count}", self)
                self.rmdir(name)

    def _let_in(self) -> None:
        if self._descriptor is not None:
            os.fchmod(self._descriptor, 0o700)


def take_after(descriptor: int, model: os.stat_result) -> None:
    """Give a file or folder the mode of another one, and its owner if this user may."""
    status = os.fstat(descriptor)
    if not hasattr(os, "fchown"):
        return
    if (status.st_uid, status.st_gid) != (model.st_uid, model.st_gid):
        with contextlib.suppress(OSError):  # another user's
            os.fchown(descriptor, model.st_uid, model.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(model.st_mode))


def write_new(path: Path, text: str, root: Path | None) -> None:
    """Write a new file, and the folders that contain it. Raises FileExistsError, or another OSError."""
    with Folder(place(path.parent, root), make=True) as folder:
        folder.create(path.name, text)


def write_over(path: Path, text: str, root: Path | None) -> None:
    """Write a file in one step, replacing what is there. Raises OSError.

    A pipe or a device that the user names, such as /dev/stdout, is written to.
    """
    if root is None or not _is_named_inside(path, root):
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG((status := path.stat()).st_mode) and not stat.S_ISDIR(status.st_mode):
                path.write_text(text, encoding="utf-8", newline="\n")
                return
    real = place(path, root)
    with Folder(real.parent) as folder:
        folder.remove(_STAGED)
        try:
            folder.create(_STAGED, text, folder.status(real.name))
            folder.replace(_STAGED, real.name)
        finally:
            folder.unlink(_STAGED)


@contextlib.contextmanager
def folder_at(path: Path, root: Path | None, *, make: bool = False) -> Iterator[Folder]:
    """The folder at `path`, open. Raises OSError."""
    with Folder(place(path, root), make=make) as folder:
        yield folder


def _enter(part: str, here: int) -> int:
    return os.open(part, getattr(os, "O_PATH", os.O_RDONLY) | _STEP, dir_fd=here)


def _readable(descriptor: int) -> int:
    """The same folder, also for listing if that is allowed."""
    try:
        return os.open(".", os.O_RDONLY | _STEP, dir_fd=descriptor)
    except PermissionError:
        return os.dup(descriptor)
