"""S3 as far as training needs it, in a folder: a folder for each bucket, a file for each object."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_SCHEME = "s3://"


@dataclass(frozen=True, slots=True)
class Store:
    """Objects below `root`, by their S3 URI."""

    root: Path

    def path(self, uri: str) -> Path:
        """The path of the object `uri`, which may not exist. Raises ValueError if it is not the URI of an S3 object."""
        bucket, _, key = uri.removeprefix(_SCHEME).partition("/")
        parts = [part for part in PurePosixPath(key).parts if part != "/"]
        if not uri.startswith(_SCHEME) or not bucket or bucket.startswith(".") or ".." in parts:
            raise ValueError(f"{uri} is not the S3 URI of an object")
        return self.root.joinpath(bucket, *parts)

    def put(self, uri: str, file: Path) -> None:
        """Store `file`, or the files below the folder `file`, as `uri`."""
        target = self.path(uri)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.is_dir():
            shutil.copytree(file, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(file, target)

    def write(self, uri: str, data: bytes) -> None:
        """Store `data` as `uri`."""
        path = self.path(uri)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def objects(self, bucket: str) -> Iterator[tuple[str, Path]]:
        """The objects of a bucket by their keys, in order."""
        root = self.path(f"{_SCHEME}{bucket}/")
        for file in sorted(root.rglob("*")):
            if file.is_file():
                yield file.relative_to(root).as_posix(), file

    def below(self, prefix: str) -> Iterator[tuple[str, Path]]:
        """The objects that an S3 prefix stands for, each by its key after the prefix's last slash."""
        path = self.path(prefix)
        if path.is_file():
            yield path.name, path
        folder, start = (path, "") if prefix.endswith("/") or path.is_dir() else (path.parent, path.name)
        if not folder.is_dir():
            return
        for file in sorted(folder.rglob("*")):
            name = file.relative_to(folder).as_posix()
            if file.is_file() and name.startswith(start) and file != path:
                yield name, file
