"""The user's cache folder, with a folder for each project.

A folder that comes with a repository is never used: a cache folder that lies in the repository itself, or that others
may write to, is not used. `TRAINSPEC_CACHE_DIR` sets another folder.
"""

import hashlib
import os
import stat
import sys
from pathlib import Path


def user_cache(root: Path) -> Path | None:
    """The folder for what is remembered about the project at `root`, which may not exist; None if there is none."""
    base = _base()
    if base is None or not base.is_absolute():
        return None
    real_base, real_root = Path(os.path.realpath(base)), Path(os.path.realpath(root))
    if real_base.is_relative_to(_repository(real_root)) or not _is_ours(real_base):
        return None
    return real_base / hashlib.sha256(os.fsencode(real_root)).hexdigest()[:24]


def _base() -> Path | None:
    if named := os.environ.get("TRAINSPEC_CACHE_DIR"):
        return Path(named)
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local, "trainspec", "Cache") if local else None
    given = os.environ.get("XDG_CACHE_HOME", "")
    if given.startswith("/"):  # the specification says to ignore others
        return Path(given, "trainspec")
    home = os.path.expanduser("~")  # noqa: PTH111  # Path.home() raises if there is none
    return Path(home, "Library/Caches" if sys.platform == "darwin" else ".cache", "trainspec")


def _repository(folder: Path) -> Path:
    """The repository that contains a folder, or the folder itself."""
    return next((each for each in (folder, *folder.parents) if os.path.lexists(each / ".git")), folder)


def _is_ours(folder: Path) -> bool:
    """Whether nobody else may write to a folder, or it does not exist yet."""
    if sys.platform == "win32":
        return True
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o022
