"""Uploads archives to S3: each to a key derived from its content, and only if it is not there yet.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

import tempfile
from collections.abc import Callable
from typing import IO, Any, BinaryIO, Final, cast

from trainspec.packing.archive import write_archive
from trainspec.packing.source import Source

_THERE: Final = ("PreconditionFailed", "412")
_CONFLICT: Final = ("ConditionalRequestConflict", "409")
_IN_MEMORY: Final = 8 * 1024 * 1024


class UploadError(Exception):
    """S3 rejected an archive, and why."""


def upload(source: Source, client: Any, progress: Callable[[int, int], None] = lambda _done, _size: None) -> bool:
    """Put the archive of `source` into S3, through the boto `client`; False if it already exists.

    `progress` is called with the bytes sent and their number. Raises UploadError, and OSError for files that cannot be
    read.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, key = source.uri.removeprefix("s3://").partition("/")
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": source.kms_key} if source.kms_key else {}
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        packed = write_archive(source.listing, cast("BinaryIO", file))
        if packed != source.packed:
            raise UploadError(f"{source.folder} has changed since it was packed; try again")
        file.seek(0)
        body = _Watched(file, packed.size, progress)
        try:
            client.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*", **encryption)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _THERE:
                return False
            if code in _CONFLICT:
                raise UploadError(f"{source.uri} is being written by someone else; try again") from None
            raise UploadError(f"{source.uri}: {error}") from None
        except BotoCoreError as error:
            raise UploadError(f"{source.uri}: {error}") from None
    return True


class _Watched:
    """A file that reports how much of it has been read."""

    def __init__(self, file: IO[bytes], size: int, progress: Callable[[int, int], None]) -> None:
        self._file = file
        self._size = size
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._progress(self._file.tell(), self._size)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def __len__(self) -> int:
        return self._size
