"""The archive: the same files give the same bytes, whatever the machine, its clock, its users and its Python.

A `tar.gz` whose entries are sorted by name and carry no time, owner or group. Two versions of zlib compress the same
data to different bytes, so the gzip stream holds stored blocks, which can be written in one way only. Code is small,
and the digest is worth more than the space.

https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4 (stored blocks), https://www.rfc-editor.org/rfc/rfc1952 (gzip)
"""

import hashlib
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, Final

from trainspec.packing.files import Listing, Member

ARCHIVE: Final = "sourcedir.tar.gz"
"""The archive's name in S3, as the SageMaker SDK calls it."""
DIGITS: Final = 16
"""How many hexadecimal digits of the archive's SHA-256 name it."""
_GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no name, no time, no level, any system
_BLOCK: Final = 65_535
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive: the first digits of its SHA-256 (hexadecimal), and its size in bytes."""

    digest: str
    size: int

    @property
    def key(self) -> str:
        """Its place below the folder that archives are uploaded to."""
        return f"{self.digest}/{ARCHIVE}"


def pack(listing: Listing) -> Packed:
    """The digest and the size of the archive of these files. Raises OSError if one cannot be read."""
    digest = hashlib.sha256()
    size = _write(listing.members, digest.update)
    return Packed(digest.hexdigest()[:DIGITS], size)


def write_archive(listing: Listing, target: BinaryIO) -> Packed:
    """Write the archive of these files to `target`. Raises OSError if one cannot be read or written."""
    digest = hashlib.sha256()

    def put(data: bytes) -> None:
        digest.update(data)
        target.write(data)

    size = _write(listing.members, put)
    return Packed(digest.hexdigest()[:DIGITS], size)


class _Stored:
    """A gzip stream of stored blocks, each as long as can be but the last; `put` takes its bytes."""

    def __init__(self, put: Callable[[bytes], object]) -> None:
        self._put = put
        self._pending = bytearray()
        self._checksum = 0
        self._length = 0
        self.size = len(_GZIP_HEADER)
        put(_GZIP_HEADER)

    def write(self, data: bytes) -> None:
        self._checksum = zlib.crc32(data, self._checksum)
        self._length += len(data)
        self._pending += data
        whole = len(self._pending) - len(self._pending) % _BLOCK
        if whole == len(self._pending):
            whole -= _BLOCK  # the last block says that it is the last
        for start in range(0, whole, _BLOCK):
            self._block(bytes(self._pending[start : start + _BLOCK]), is_last=False)
        if whole > 0:
            del self._pending[:whole]

    def end(self) -> None:
        self._block(bytes(self._pending), is_last=True)
        self._out(struct.pack("<LL", self._checksum, self._length & 0xFFFFFFFF))

    def _block(self, data: bytes, *, is_last: bool) -> None:
        self._out(struct.pack("<BHH", is_last, len(data), len(data) ^ 0xFFFF))
        self._out(data)

    def _out(self, data: bytes) -> None:
        self.size += len(data)
        self._put(data)


def _write(members: Iterable[Member], put: Callable[[bytes], object]) -> int:
    stream = _Stored(put)
    for member in members:
        with member.path.open("rb") as file:
            _add(stream, member, file)
    stream.write(bytes(2 * tarfile.BLOCKSIZE))
    stream.end()
    return stream.size


def _add(stream: _Stored, member: Member, file: BinaryIO) -> None:
    """One entry. Its mode depends on the content of the file: one that begins with `#!` may be executed."""
    first = file.read(_PIECE)
    info = tarfile.TarInfo(member.name)
    info.size = member.size
    info.mode = 0o755 if first.startswith(b"#!") else 0o644
    stream.write(info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))
    length, piece = 0, first
    while piece:
        length += len(piece)
        stream.write(piece)
        piece = file.read(_PIECE)
    if length != member.size:
        raise OSError(f"{member.name} changed while it was read")
    stream.write(bytes(-length % tarfile.BLOCKSIZE))
