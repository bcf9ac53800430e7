"""The one door to git.

A repository is untrusted, its configuration too: git is asked only through plumbing that runs no program named there
(no hooks, file system monitors, filters, external diffs, transports, pagers), never in a folder that is a bare
repository by itself, with bounds on its time and memory. Objects are read by their ids, and nothing is checked out.
"""

import contextlib
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from trainspec.disk.reading import MissingError, UnreadableError

SECONDS = 60.0
"""How long one call of git may take."""
MAX_ENTRIES = 1_000_000
"""How many entries of a commit's trees are looked at."""
MAX_NAME = 4096
"""The longest path, in bytes, that is looked at."""
MAX_NAMES = 32 * 1024 * 1024
"""How many characters the names of the files that may be read have in all."""
MAX_TOTAL = 256 * 1024 * 1024
"""How many bytes of a commit are read in all."""
_MEMORY = 2 * 1024**3
_FILES = (b"100644", b"100755", b"100664")

_CONFIG = (
    "safe.bareRepository=explicit",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.pager=cat",
    "core.attributesFile=/dev/null",
    "core.packedGitWindowSize=16m",
    "core.packedGitLimit=256m",
    "core.bigFileThreshold=4m",
    "credential.helper=",
    "protocol.allow=never",
)
_UNSET = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_EXTERNAL_DIFF", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS",
    "GIT_PROXY_COMMAND", "GIT_PAGER", "GIT_EDITOR", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT",
    "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NAMESPACE",
)  # fmt: skip
_SET = {
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what it lacks, by a program that its config names
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}


class GitError(Exception):
    """Git is not installed, or answers what is not to be understood, or too much of it."""


def ask(folder: Path, *arguments: str, most: int = 1024 * 1024) -> bytes | None:
    """What git prints in `folder`, at most `most` bytes; None where it refuses. Raises GitError."""
    with _running(folder, arguments) as process:
        assert process.stdout is not None  # noqa: S101  # a pipe, see _start
        answer = process.stdout.read(most + 1)
        if len(answer) > most:
            raise GitError(f"git {arguments[0]} gives more than {most:,} bytes")
        return answer if process.wait() == 0 else None


def is_commit(name: str, folder: Path) -> bool:
    """Whether git knows `name` as a commit, in the repository around `folder`. Raises GitError."""
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
    """The regular files of a commit that end with what was asked for, below a `folder` of it. Links are left out."""

    def __init__(self, objects: "Objects", blobs: Mapping[str, str], folder: str = "") -> None:
        self._objects = objects
        self._blobs = blobs
        self._folder = folder

    @classmethod
    def of(cls, commit: str, repository: Path, endings: tuple[str, ...]) -> "CommitTree":
        """The files of `commit` (a revision) in the repository around a folder. Raises GitError."""
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
        """The id of a file's content; None where no file has this name."""
        return self._blobs.get(self._whole(name))

    def kind(self, name: str) -> str | None:
        """`file` or `folder`; None where nothing has this name."""
        whole = self._whole(name)
        if whole in self._blobs:
            return "file"
        return "folder" if any(each.startswith(f"{whole}/" if whole else "") for each in self._blobs) else None

    def _whole(self, name: str) -> str:
        return "/".join(part for part in (self._folder, name) if part)


class Objects:
    """The objects of a repository by their ids, read through two gits that are asked again and again."""

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
            raise GitError("git gives another object")
        stream = self._process("--batch").stdout
        assert stream is not None  # noqa: S101  # a pipe, see _start
        content = stream.read(size + 1)
        if len(content) != size + 1:
            raise GitError("git ended before all was read")
        return content[:size]

    def _header(self, how: str, id_: str) -> tuple[str, int]:
        """Kind and size of an object. Raises GitError."""
        process = self._process(how)
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  # pipes
        with _deadline(process):
            process.stdin.write(f"{id_}\n".encode())
            process.stdin.flush()
            words = process.stdout.readline(200).split()
        if len(words) != 3 or words[0].decode("ascii", "replace") != id_ or not words[2].isdigit():
            raise GitError("git does not have it")
        return words[1].decode("ascii", "replace"), int(words[2])

    def _process(self, how: str) -> "subprocess.Popen[bytes]":
        """The git that answers; one of its own for each process, since a fork shares its parent's pipes."""
        owner, process = self._asked.get(how, (0, None))
        if process is None or owner != os.getpid():
            process = _start(self._repository, ("cat-file", how), stdin=subprocess.PIPE)
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
    with _running(repository, ("ls-tree", "-r", "-z", "--full-tree", commit)) as process:
        assert process.stdout is not None  # noqa: S101  # a pipe, see _start
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


@contextlib.contextmanager
def _running(folder: Path, arguments: tuple[str, ...]) -> Iterator["subprocess.Popen[bytes]"]:
    """A git that runs in `folder`, ended with the block, or when its time is up. Raises GitError."""
    process = _start(folder, arguments, stdin=subprocess.DEVNULL)
    with process, _deadline(process):
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def _deadline(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """End the process when its time is up: whoever reads from it sees the end."""
    timer = threading.Timer(SECONDS, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _start(folder: Path, arguments: tuple[str, ...], *, stdin: int) -> "subprocess.Popen[bytes]":
    if _is_bare(folder):
        raise GitError(f"{folder} lies in a bare git repository, whose configuration is not trusted")
    settings = [word for setting in _CONFIG for word in ("-c", setting)]
    environment = {name: value for name, value in os.environ.items() if name not in _UNSET} | _SET
    try:
        process = subprocess.Popen(  # noqa: S603  # fixed words, ids, and a name behind --end-of-options
            ["git", "-C", str(folder), "--no-pager", *settings, *arguments],  # noqa: S607  # the user's own git
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
    except OSError:
        raise GitError("git is needed to read a revision, and is not installed") from None
    _bound_memory(process.pid)
    return process


def _is_bare(folder: Path) -> bool:
    """Whether git would take `folder`, or one around it, for a repository without a working tree: gits before 2.38."""
    for each in (folder, *folder.parents):
        if os.path.lexists(each / ".git"):
            return False
        if all(os.path.lexists(each / name) for name in ("HEAD", "objects", "refs")):
            return True
    return False


def _bound_memory(pid: int) -> None:
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_AS, (_MEMORY, _MEMORY))
