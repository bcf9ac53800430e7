"""Unpacks a source archive that a recorded program has uploaded: within limits, and never outside its folder."""

import lzma
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

_MOST_FILES: Final = 20_000
_MOST_BYTES: Final = 1024**3
_CHUNK: Final = 1024**2


def unpacked(source: Path | Mapping[str, Path], folder: Path) -> list[str]:
    """Unpack a tar, or copy objects by their names, into a new folder. Returns what was left out, and why.

    Raises FileExistsError if the folder exists, ValueError if it is not such a tar; in that case, no folder is left.
    """
    if folder.exists():
        raise FileExistsError(17, "File exists", str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".trainspec-", dir=folder.parent) as beside:
        new = Path(beside, "source")
        new.mkdir()
        notes = _extracted(source, new) if isinstance(source, Path) else _copied(source, new)
        new.rename(folder)
    return notes


def _copied(files: Mapping[str, Path], folder: Path) -> list[str]:
    notes = []
    for name, file in files.items():
        parts = PurePosixPath(name).parts
        if ".." in parts or name.startswith("/") or name.endswith("/"):
            notes.append(f"{name} is not the name of a file below a folder")
            continue
        try:
            folder.joinpath(*parts).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder.joinpath(*parts))
        except (OSError, ValueError) as error:
            notes.append(f"{name} cannot be a file here: {getattr(error, 'strerror', None) or error}")
    return notes


def _extracted(archive: Path, folder: Path) -> list[str]:
    notes = []
    try:
        with tarfile.open(archive) as tar:
            count = size = 0
            for member in tar:
                count, size = count + 1, size + member.size
                if count > _MOST_FILES or size > _MOST_BYTES:
                    raise ValueError("it is larger than any source archive")
                if member.isfile() or member.isdir():
                    tar.extract(member, folder, filter="data")
                else:
                    kind = "a link" if member.issym() or member.islnk() else "no file"
                    notes.append(f"{member.name} is {kind}")
            _read_to_the_end(tar, size)
    except tarfile.FilterError as error:
        raise ValueError(f"its member {error.tarinfo.name} points outside it") from error
    except OSError as error:
        raise ValueError(error.strerror or "it is damaged") from error
    except (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise ValueError("it is damaged, or something else") from error
    return notes


def _read_to_the_end(tar: tarfile.TarFile, size: int) -> None:
    """Read what follows the last member: checksums are there. Raises ValueError if it is not the end of a tar."""
    if tar.fileobj is None:
        return
    tar.fileobj.seek(tar.offset)
    if any(tar.fileobj.read(tarfile.BLOCKSIZE)):
        raise ValueError("it is damaged")
    while more := tar.fileobj.read(_CHUNK):
        size += len(more)
        if size > _MOST_BYTES:
            raise ValueError("it is larger than any source archive")
