"""The specs of a git revision, in a folder of their own."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from trainspec.project.project import SUFFIXES, UsageError

_FILES = (b"100644", b"100755")
_SETTINGS = ("pyproject.toml", "trainspec.toml")


def is_revision(name: str, folder: Path) -> bool:
    """Whether git knows `name` as a commit, in the repository around `folder`."""
    known = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return bool(name and known)


def top_of(folder: Path) -> Path:
    """The root of the repository around `folder`."""
    return Path(_git(folder, "rev-parse", "--show-toplevel").decode().rstrip("\n"))


def write_revision(name: str, repository: Path, folder: Path) -> None:
    """Write the YAML files and the settings of a commit below `folder`, which becomes a project's root.

    Links are left out: what they point at need not be the commit's.
    """
    (folder / ".git").mkdir()  # no settings of the folders above
    blobs = list(_blobs(name, repository))
    asked = "".join(f"{sha}\n" for sha, _ in blobs).encode()
    answer = memoryview(_git(repository, "cat-file", "--batch", given=asked))
    start = 0
    for _, path in blobs:
        header = bytes(answer[start : start + 100]).partition(b"\n")[0]
        size = int(header.split()[2])
        start += len(header) + 1
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(answer[start : start + size])
        start += size + 1


def _blobs(name: str, repository: Path) -> Iterator[tuple[str, str]]:
    """The digest and the path of each file of the commit that a run may read."""
    for line in _git(repository, "ls-tree", "-r", "-z", "--full-tree", name).split(b"\0"):
        mode, _, rest = line.partition(b" ")
        about, _, path = rest.partition(b"\t")
        shown = path.decode("utf-8", "surrogateescape")
        if mode in _FILES and (shown.endswith(SUFFIXES) or shown.rpartition("/")[2] in _SETTINGS):
            yield about.split()[1].decode(), shown


def _git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What git prints; nothing where it refuses. Raises UsageError where there is no git."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], input=given, capture_output=True)  # noqa: S603, S607
    except FileNotFoundError:
        raise UsageError("git is needed to read a revision, and is not installed") from None
    return done.stdout
