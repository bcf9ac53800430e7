"""Two runs that write into one folder take turns."""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from trainspec.disk.writing import Folder

WAIT = 30.0
"""How many seconds a run waits for another one. The system frees the lock of a process that died."""


@contextlib.contextmanager
def turn(folders: Iterable[Path], wait: float | None = None) -> Iterator[None]:
    """Wait until no other run writes into `folders`, and keep others out. Raises TimeoutError, or another OSError.

    The lock is on the folders that contain them, which stay the same when contents are swapped, and needs no file. If
    the system has no such lock (Windows, most network file systems), there is no waiting.
    """
    deadline = time.monotonic() + (WAIT if wait is None else wait)
    with contextlib.ExitStack() as held:
        for around in sorted({folder.parent for folder in folders}):
            Folder(around, make=True).close()
            _lock(around, deadline, held)
        yield


def _lock(folder: Path, deadline: float, held: contextlib.ExitStack) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # also what Windows says of any folder
        return
    held.callback(os.close, descriptor)
    while not _take(descriptor):
        if time.monotonic() >= deadline:
            raise TimeoutError(None, "another run of trainspec is writing there", str(folder))
        time.sleep(0.02)


def _take(descriptor: int) -> bool:
    """Whether nobody else has the lock; also true on a file system without locks on folders."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
