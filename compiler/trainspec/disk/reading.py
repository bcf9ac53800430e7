"""The only access for reading.

A file is read up to a limit, and only if it is a regular one: pipes, devices and sparse giants are rejected before they
can block or fill anything. A `DiskTree` reads files inside a folder; a link may lead anywhere within it, and one that
leads out of it is rejected without opening its target. `read_typed` follows links: it is for paths that the user typed
on the command line.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPEN = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY"))
_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)
_FOLDER: int = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_CLOEXEC", 0)
HAS_DIR_FD = os.open in os.supports_dir_fd and bool(_NO_LINK)
"""Whether files can be opened relative to an open folder (not on Windows)."""


_OF_GIT = "is in git's own folder"


class UnreadableError(Exception):
    """A file that is not read. The message follows the file's name, as in "is a folder, not a file"."""


class MissingError(UnreadableError):
    """There is no such file."""


class OutsideError(UnreadableError):
    """The file is outside the folder that may be read, or a link to it is."""


class DiskTree:
    """The files below `root` on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = os.path.realpath(root)
        self._stays_open = False
        self._last: tuple[list[str], int] | None = None

    def __reduce__(self) -> tuple[type["DiskTree"], tuple[Path]]:
        """In another process, no folder is open."""
        return DiskTree, (Path(self.root),)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Inside, the folder of the last file stays open for the next one: a run's files are in a few folders.

        Only one thread may read inside.
        """
        self._stays_open = True
        try:
            yield
        finally:
            self._stays_open = False
            self._leave()

    def read(self, name: str, most: int) -> bytes:
        """The bytes of a file, of which it may have `most`. Raises UnreadableError."""
        with _explained():
            try:
                descriptor = self._open(_parts(name))
            except OSError as error:
                if not _may_be_link(error):
                    raise
                descriptor = self._open(_parts(self.real_name(name)))
            return _content(descriptor, most)

    def real_name(self, name: str) -> str:
        """The name of the file that `name` leads to, if it passes through links. Raises UnreadableError."""
        _ = name and _parts(name)
        path = os.path.realpath(os.path.join(self.root, name))  # noqa: PTH118  # every file of a run comes by here
        inside = os.path.relpath(path, self.root).replace(os.sep, "/")
        if inside == ".." or inside.startswith("../") or _is_absolute(inside):
            raise OutsideError("is a link that leaves the project")
        if is_of_git(inside):
            raise OutsideError(_OF_GIT)
        return inside

    def names(self, folder: str) -> Iterator[str]:
        """The names of all files below a folder ("" is the root); hidden folders and links are not entered."""
        waiting = [folder]
        while waiting:
            below = waiting.pop()
            try:
                with os.scandir(os.path.join(self.root, below) if below else self.root) as found:  # noqa: PTH118
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError:
                continue
            prefix = f"{below}/" if below else ""
            folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
            waiting += [f"{prefix}{name}" for name in reversed(folders) if not name.startswith(".")]
            yield from (f"{prefix}{entry.name}" for entry in entries if not entry.is_dir(follow_symlinks=False))

    def kind(self, name: str) -> str | None:
        """`file`, `folder` or `outside` (a link that leaves the tree); None if nothing has this name."""
        try:
            path = Path(self.root, self.real_name(name))
            return "folder" if path.is_dir() else "file" if os.path.lexists(path) else None
        except OutsideError:
            return "outside"
        except (OSError, ValueError, UnreadableError):
            return None

    def _open(self, parts: list[str]) -> int:
        """A descriptor of the file; no part of the way may be a link. Raises OSError."""
        if not HAS_DIR_FD:
            path = os.path.join(self.root, *parts)  # noqa: PTH118
            if os.path.normcase(os.path.realpath(path)) != os.path.normcase(path):
                raise NotADirectoryError(0, "is a link", path)
            return os.open(path, _OPEN)
        if self._stays_open:
            if self._last is None or self._last[0] != parts[:-1]:
                self._leave()
                self._last = parts[:-1], self._folder(parts[:-1])
            return os.open(parts[-1], _OPEN | _NO_LINK, dir_fd=self._last[1])
        here = self._folder(parts[:-1])
        try:
            return os.open(parts[-1], _OPEN | _NO_LINK, dir_fd=here)
        finally:
            os.close(here)

    def _folder(self, parts: list[str]) -> int:
        here = os.open(self.root, _FOLDER)
        for part in parts:
            try:
                below = os.open(part, _FOLDER | _NO_LINK, dir_fd=here)
            finally:
                os.close(here)
            here = below
        return here

    def _leave(self) -> None:
        if self._last is not None:
            os.close(self._last[1])
            self._last = None


def read_typed(path: Path | str, most: int) -> bytes:
    """The bytes of the file at a path that the user typed: links are followed. Raises UnreadableError."""
    with _explained():
        return _content(os.open(path, _OPEN), most)


def _content(descriptor: int, most: int) -> bytes:
    """What a descriptor has to read, which is closed. Raises OSError and UnreadableError."""
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableError("is a folder, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("is not a regular file")
        if status.st_size > most:
            raise UnreadableError(f"has {status.st_size:,} bytes; the limit is {most:,}")
        content = os.read(descriptor, status.st_size + 1)
        if len(content) == status.st_size:
            return content
        parts = [content]
        while parts[-1] and sum(map(len, parts)) <= most:
            parts.append(os.read(descriptor, 65536))
        if sum(map(len, parts)) > most:
            raise UnreadableError(f"has more than {most:,} bytes, the longest that is read")
        return b"".join(parts)
    finally:
        os.close(descriptor)


@contextmanager
def _explained() -> Iterator[None]:
    """What the system says, in words that follow a file's name."""
    try:
        yield
    except FileNotFoundError:
        raise MissingError("does not exist") from None
    except IsADirectoryError:
        raise UnreadableError("is a folder, not a file") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {(error.strerror or str(error)).lower()}") from error
    except ValueError as error:  # a NUL in the name
        raise UnreadableError("cannot be read: the name is not that of a file") from error


def _parts(name: str) -> list[str]:
    """The steps of a name. Raises OutsideError for one that is not below the root."""
    parts = name.split("/")
    if os.pardir in parts or "" in parts or _is_absolute(name) or (os.sep != "/" and os.sep in name):
        raise OutsideError("is outside the project")
    if is_of_git(name):
        raise OutsideError(_OF_GIT)
    return parts


def is_of_git(name: str) -> bool:
    """Whether a path leads into git's own folder, which has credentials and programs: no file of a project."""
    return ".git" in name.lower() and ".git" in name.lower().replace(os.sep, "/").split("/")


def _is_absolute(name: str) -> bool:
    """Also for what names a drive on Windows."""
    return name.startswith("/") or bool(os.path.splitdrive(name)[0])


def _may_be_link(error: OSError) -> bool:
    """Whether a way may be closed by a link only: systems say so differently."""
    import errno

    return error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK, getattr(errno, "EFTYPE", errno.ELOOP), 0)
