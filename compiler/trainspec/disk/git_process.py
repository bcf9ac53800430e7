"""A git that runs, with nothing of the repository's that it could run.

A repository is untrusted, its configuration too: git is asked only through plumbing that runs no program named there
(no hooks, file system monitors, filters, external diffs, transports, pagers), never in a folder that is a bare
repository by itself, with bounds on its time and memory.
"""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

SECONDS = 60.0
"""How long one call of git may take."""
_MEMORY = 2 * 1024**3
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
    """Git is not installed, or its output cannot be parsed, or is too large."""


@contextlib.contextmanager
def running(folder: Path, arguments: tuple[str, ...]) -> Iterator["subprocess.Popen[bytes]"]:
    """A git that runs in `folder`, ended with the block, or when its time is up. Raises GitError."""
    process = start(folder, arguments, stdin=subprocess.DEVNULL)
    with process, deadline(process):
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def deadline(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """End the process when its time is up: whoever reads from it sees the end."""
    timer = threading.Timer(SECONDS, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def start(folder: Path, arguments: tuple[str, ...], *, stdin: int) -> "subprocess.Popen[bytes]":
    """A git process in `folder`, which the caller has to end. Raises GitError."""
    if _is_bare(folder):
        raise GitError(f"{folder} is in a bare git repository, whose configuration is not trusted")
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
    """Whether git would treat `folder`, or one above it, as a repository without a working tree: gits before 2.38."""
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
