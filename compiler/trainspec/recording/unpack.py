"""Unpacking a source archive that a recorded program has uploaded: bounded, and nothing of it leaves its folder."""

import shutil
import tarfile
from pathlib import Path
from typing import Final

_MOST_FILES: Final = 20_000
_MOST_BYTES: Final = 1024**3


def unpacked(archive: Path, folder: Path) -> None:
    """Unpack a tar, or copy a folder of objects, into a new folder.

    Raises FileExistsError where there is one, ValueError for what is no such tar.
    """
    if archive.is_dir():
        shutil.copytree(archive, folder)
        return
    folder.mkdir(parents=True)
    try:
        with tarfile.open(archive) as tar:
            count = size = 0
            for member in tar:
                count, size = count + 1, size + member.size
                if count > _MOST_FILES or size > _MOST_BYTES:
                    raise ValueError("it holds more than any source archive")
                if member.isfile() or member.isdir():
                    tar.extract(member, folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ValueError(f"{error}") from error
