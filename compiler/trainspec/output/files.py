"""The few steps in files and folders that both ways of writing are made of."""

import contextlib
import os
import shutil
from pathlib import Path

OURS = ".trainspec-"
"""How names of passing files and folders in an output folder begin."""

ONE_FILE = f"{OURS}new"


def create(path: Path, text: str, replaced: Path) -> None:
    """Write a new file, with mode and owner of the one that it is going to replace, if there is one. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode("utf-8"))
    if replaced.is_file() and not replaced.is_symlink():
        like(replaced, path)


def like(model: Path, path: Path) -> None:
    """Give `path` the mode of `model`, and its owner where this user may; where there is no `model`, do nothing."""
    try:
        wanted = model.stat()
    except FileNotFoundError:
        return
    status = path.stat()
    if (status.st_uid, status.st_gid) != (wanted.st_uid, wanted.st_gid):
        with contextlib.suppress(OSError, AttributeError):  # another user's; or a system without owners
            os.chown(path, wanted.st_uid, wanted.st_gid)
    path.chmod(wanted.st_mode & 0o7777)


def remove_tree(path: Path) -> None:
    """Remove a folder of our own with all that is in it; a link in its place is only unlinked. Never raises OSError."""
    with contextlib.suppress(OSError):
        if path.is_symlink() or not path.is_dir():
            path.unlink()
            return
        for folder, _, _ in os.walk(path):
            Path(folder).chmod(0o700)
        shutil.rmtree(path, ignore_errors=True)
