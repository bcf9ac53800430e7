"""The objects that a recorded program uploads: S3 allows keys that file systems do not, so files have hashed names."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from trainspec.container.store import Store


@dataclass(frozen=True, slots=True)
class Objects(Store):
    """A store for every legal key: up to 1024 bytes, with any characters, `c` next to `c/d`."""

    files: dict[tuple[str, str], Path] = field(default_factory=dict)

    def path(self, uri: str) -> Path:
        """The path of the object `uri`, which may not exist. Raises ValueError if it is not the URI of an S3 object."""
        return self.root / hashlib.sha256("/".join(_split(uri)).encode("utf-8", "surrogatepass")).hexdigest()

    def write(self, uri: str, data: bytes) -> None:
        """Store `data` as `uri`."""
        file = self.path(uri)
        file.write_bytes(data)
        self.files[_split(uri)] = file

    def objects(self, bucket: str) -> Iterator[tuple[str, Path]]:
        """The objects of a bucket by their keys, in order."""
        for (name, key), file in sorted(self.files.items()):
            if name == bucket:
                yield key, file

    def below(self, prefix: str) -> Iterator[tuple[str, Path]]:
        """The objects below a folder, each with the rest of its key."""
        bucket, key = _split(prefix.rstrip("/") + "/")
        for name, file in self.objects(bucket):
            if name.startswith(key) and name != key:
                yield name.removeprefix(key), file

    def buckets(self) -> list[str]:
        """The buckets that are not empty."""
        return sorted({bucket for bucket, _ in list(self.files)})


def _split(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket:
        raise ValueError(f"{uri} is not the S3 URI of an object")
    return bucket, key
