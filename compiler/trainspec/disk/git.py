"""The one door to git.

A repository is untrusted: `git_process` says how git is started. Objects are read by their ids, and nothing is
checked out. Bounded are the entries, the names and the bytes of a commit.
"""

import contextlib
import os
import subprocess
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from trainspec.disk.git_process import GitError, deadline, running, start
from trainspec.disk.reading import MissingError, UnreadableError

__all__ = ["CommitTree", "GitError", "Objects", "ask", "is_commit", "prefix_of"]

MAX_ENTRIES = 1_000_000
"""Limit on the entries of a commit's trees that are read."""
MAX_NAME = 4096
"""The longest path, in bytes, that is read."""
MAX_NAMES = 32 * 1024 * 1024
"""How many characters the names of the files that may be read have in all."""
MAX_TOTAL = 256 * 1024 * 1024
"""How many bytes of a commit are read in all."""
_FILES = (b"100644", b"100755", b"100664")


def ask(folder: Path, *arguments: str, most: int = 1024 * 1024) -> bytes | None:
    """The output of git in `folder`, at most `most` bytes; None if it fails. Raises GitError."""
    with running(folder, arguments) as process:
        assert process.stdout is not None  # noqa: S101  # a pipe, see start
        answer = process.stdout.read(most + 1)
        if len(answer) > most:
            raise GitError(f"git {arguments[0]} gives more than {most:,} bytes")
        return answer if process.wait() == 0 else None


def is_commit(name: str, folder: Path) -> bool:
    """Whether git knows `name` as a commit, in the repository that contains `folder`. Raises GitError."""
    return _commit_id(name, folder) is not None


def _commit_id(name: str, folder: Path) -> str | None:
    if not name or name.startswith("-") or not name.isprintable():
        return None
    found = ask(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return found.decode("ascii", "replace").strip() if found else None


def prefix_of(folder: Path) -> str | None:
    """The way from the repository's root to `folder`, "" for the root itself; None outside of any. Raises GitError."""
    found = ask(folder, "rev-parse", "--show-prefix")
    return None if found is None else os.fsdecode(found).removesuffix("\n").rstrip("/")


class CommitTree:
    """The regular files of a commit with the requested endings, below a `folder` of it. Links are left out."""

    def __init__(self, objects: "Objects", blobs: Mapping[str, str], folder: str = "") -> None:
        self._objects = objects
        self._blobs = blobs
        self._folder = folder

    @classmethod
    def of(cls, commit: str, repository: Path, endings: tuple[str, ...]) -> "CommitTree":
        """The files of `commit` (a revision) in the repository that contains a folder. Raises GitError."""
        id_ = _commit_id(commit, repository)
        if id_ is None:
            raise GitError(f"`{commit}` is not a commit")
        return cls(Objects(repository), dict(_blobs(id_, repository, endings)))

    def below(self, folder: str) -> "CommitTree":
        """The same files, with names from `folder` on."""
        return CommitTree(self._objects, self._blobs, folder)

    def read(self, name: str, most: int) -> bytes:
        """The bytes of a file, of which it may have `most`. Raises UnreadableError."""
        id_ = self._blobs.get(self._whole(name))
        if id_ is None:
            raise MissingError("does not exist")
        try:
            return self._objects.blob(id_, most)
        except (GitError, OSError) as error:
            raise UnreadableError(f"cannot be read: {error}") from None

    def real_name(self, name: str) -> str:
        """`name`: there are no links."""
        return name

    def names(self, folder: str) -> Iterator[str]:
        """The names of all files below a folder; hidden folders are not entered."""
        start = f"{self._whole(folder)}/" if folder or self._folder else ""
        cut = len(self._folder) + 1 if self._folder else 0
        for whole in sorted(name for name in self._blobs if name.startswith(start)):
            if not any(part.startswith(".") for part in whole[len(start) :].split("/")[:-1]):
                yield whole[cut:]

    def all_names(self, folder: str) -> Iterator[str]:
        """The names of all files below a folder, those in hidden folders too."""
        start = f"{self._whole(folder)}/" if folder or self._folder else ""
        cut = len(self._folder) + 1 if self._folder else 0
        yield from (whole[cut:] for whole in sorted(self._blobs) if whole.startswith(start))

    def id_of(self, name: str) -> str | None:
        """The id of a file's content; None if no file has this name."""
        return self._blobs.get(self._whole(name))

    def kind(self, name: str) -> str | None:
        """`file` or `folder`; None if nothing has this name."""
        whole = self._whole(name)
        if whole in self._blobs:
            return "file"
        return "folder" if any(each.startswith(f"{whole}/" if whole else "") for each in self._blobs) else None

    def _whole(self, name: str) -> str:
        return "/".join(part for part in (self._folder, name) if part)


class Objects:
    """The objects of a repository by their ids, read through two git processes that stay open."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._asked: dict[str, tuple[int, subprocess.Popen[bytes]]] = {}
        self._left = MAX_TOTAL

    def blob(self, id_: str, most: int) -> bytes:
        """The bytes of a blob, of which it may have `most`. Raises UnreadableError, GitError and OSError."""
        kind, size = self._header("--batch-check", id_)
        if kind != "blob":
            raise GitError("git has no such file")
        if size > most:
            raise UnreadableError(f"has {size:,} bytes; the limit is {most:,}")
        self._left -= size
        if self._left < 0:
            raise GitError(f"more than {MAX_TOTAL:,} bytes of this commit were read")
        if self._header("--batch", id_) != (kind, size):
            raise GitError("git returned a different object")
        stream = self._process("--batch").stdout
        assert stream is not None  # noqa: S101  # a pipe, see start
        content = stream.read(size + 1)
        if len(content) != size + 1:
            raise GitError("git exited before everything was read")
        return content[:size]

    def _header(self, how: str, id_: str) -> tuple[str, int]:
        """Kind and size of an object. Raises GitError."""
        process = self._process(how)
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  # pipes
        with deadline(process):
            process.stdin.write(f"{id_}\n".encode())
            process.stdin.flush()
            words = process.stdout.readline(200).split()
        if len(words) != 3 or words[0].decode("ascii", "replace") != id_ or not words[2].isdigit():
            raise GitError("git does not have it")
        return words[1].decode("ascii", "replace"), int(words[2])

    def _process(self, how: str) -> "subprocess.Popen[bytes]":
        """The git process that answers; a separate one for each process, since a fork shares its parent's pipes."""
        owner, process = self._asked.get(how, (0, None))
        if process is None or owner != os.getpid():
            process = start(self._repository, ("cat-file", how), stdin=subprocess.PIPE)
            weakref.finalize(self, _end, process)
            self._asked[how] = (os.getpid(), process)
        return process


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):
        process.kill()
    with process:
        pass


def _blobs(commit: str, repository: Path, endings: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Name and id of each regular file of a commit with one of the `endings`. Raises GitError."""
    with running(repository, ("ls-tree", "-r", "-z", "--full-tree", commit)) as process:
        assert process.stdout is not None  # noqa: S101  # a pipe, see start
        left = MAX_NAMES
        for record in _records(process.stdout):
            mode, _, rest = record.partition(b" ")
            about, _, path = rest.partition(b"\t")
            name = path.decode("utf-8", "surrogateescape")
            if mode in _FILES and name.endswith(endings) and {"", ".", ".."}.isdisjoint(name.split("/")):
                left -= len(name)
                if left < 0:
                    raise GitError(f"the names of the commit's files have more than {MAX_NAMES:,} characters")
                yield name, about.split()[1].decode("ascii")
        if process.wait() != 0:
            raise GitError("git cannot list the commit's files")


def _records(stream: IO[bytes]) -> Iterator[bytes]:
    """The records of git's answer, each ended by NUL; those that are too long are left out. Raises GitError."""
    rest, is_cut, count = b"", False, 0
    while chunk := stream.read(65536):
        *records, rest = (rest + chunk).split(b"\0")
        for record in records:
            count += 1
            if count > MAX_ENTRIES:
                raise GitError(f"the commit has more than {MAX_ENTRIES:,} files")
            if not is_cut and len(record) <= MAX_NAME:
                yield record
            is_cut = False
        if len(rest) > MAX_NAME:
            rest, is_cut = b"", True
