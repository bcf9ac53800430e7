"""Writing a run's files: everything is on the disk beside its place before the first old file is replaced."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from trainspec.output.changes import Change


def write(changes: Iterable[Change]) -> None:
    """Carry out `changes`. Raises OSError.

    An error before the last file is staged (a full disk, a folder that may not be written) leaves all as it was.
    """
    replaced = [(change.path, change.new) for change in changes if change.new is not None]
    removed = [change.path for change in changes if change.new is None]
    staged: list[tuple[Path, Path]] = []
    try:
        for path, text in replaced:
            path.parent.mkdir(parents=True, exist_ok=True)
            staged.append((_stage(path, text), path))
        for temporary, path in staged:
            temporary.replace(path)
        for path in removed:
            path.unlink(missing_ok=True)
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def _stage(path: Path, text: str) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=".trainspec-", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.is_file() else 0o644)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
