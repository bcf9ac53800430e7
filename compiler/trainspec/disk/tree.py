"""What the files of a project are read from: the disk, or a commit."""

from collections.abc import Iterator
from typing import Protocol


class Tree(Protocol):
    """The files of a project by name: paths from its root, with forward slashes."""

    def read(self, name: str, most: int) -> bytes:
        """The bytes of a file, of which it may have `most`. Raises UnreadableError."""

    def real_name(self, name: str) -> str:
        """The name of the file that `name` leads to, if it passes through links. Raises UnreadableError."""

    def names(self, folder: str) -> Iterator[str]:
        """The names of all files below a folder ("" is the root); hidden folders and links are not entered."""

    def kind(self, name: str) -> str | None:
        """`file`, `folder` or `outside` (a link that leaves the tree); None if nothing has this name."""
