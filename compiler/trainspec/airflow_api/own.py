"""The operators of the project itself, read from its `operator-sources` as syntax, when a spec names one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from trainspec.airflow_api.model import Signature
from trainspec.disk.reading import DiskTree

if TYPE_CHECKING:
    from trainspec.airflow_api.syntax import Packages

MAX_FILES = 2000
"""Limit on the Python files below the sources that are read."""
MAX_BYTES = 1024 * 1024
"""The largest of them that is read."""


@dataclass(frozen=True, slots=True)
class OwnOperators:
    """The Python files below some folders of the project at `root`. Nothing of them is imported or run.

    `digest` distinguishes one state of the files from another, by their names, sizes and times.
    """

    root: Path
    folders: tuple[str, ...]
    digest: str

    def has_module(self, module: str) -> bool:
        """Whether the sources contain the module, or the package at the top of it."""
        top = module.partition(".")[0]
        return any(name.partition(".")[0] == top for name in self.modules())

    def find(self, module: str, name: str) -> Signature | None:
        """What the class takes; None if the sources have no such class."""
        from trainspec.airflow_api.signatures import signature

        return signature(_packages(self), f"{module}.{name}")

    def classes(self, module: str) -> Sequence[str]:
        """The classes of a module."""
        read = _packages(self).module(module)
        return sorted(read.classes) if read else []

    def modules(self) -> list[str]:
        """All modules, by the names that they have on Airflow's path."""
        return [_module(name.removeprefix(f"{folder}/")) for folder, name in _files(self.root, self.folders)]


def own_operators(root: Path, folders: Sequence[str]) -> OwnOperators | None:
    """The files below the folders now; None if there are none."""
    if not folders:
        return None
    kept = tuple(folder.strip("/").removeprefix("./") for folder in folders)
    state = sha256()
    for _, name in _files(root, kept):
        status = (root / name).lstat()
        state.update(f"{name} {status.st_mtime_ns} {status.st_size}\n".encode("utf-8", "surrogateescape"))
    return OwnOperators(root, kept, state.hexdigest())


@cache
def _packages(own: OwnOperators) -> "Packages":
    from trainspec.airflow_api.syntax import Packages

    tree = DiskTree(own.root)

    def read(path: Path) -> str:
        return tree.read(path.relative_to(own.root).as_posix(), MAX_BYTES).decode("utf-8")

    return Packages([own.root / folder for folder in own.folders], read=read)


def _files(root: Path, folders: Sequence[str]) -> list[tuple[str, str]]:
    """The Python files below each folder, by their names from the root; links to folders are not entered."""
    tree = DiskTree(root)
    found = [(folder, name) for folder in folders for name in tree.names(folder) if name.endswith(".py")]
    return found[:MAX_FILES]


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
