"""The project that a generated file belongs to.

Several projects may write into one folder, for example if Airflow has one for all its DAGs.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from trainspec.disk.globs import is_glob, literal_folder
from trainspec.output.header import Header


@dataclass(frozen=True, slots=True)
class Owner:
    """The project that writes: its root, its name (None if it has none), and the paths of its specs."""

    root: Path
    name: str | None = None
    paths: tuple[str, ...] = ("specs",)

    def may_remove(self, header: Header, folder: Path) -> bool:
        """Whether a file in `folder` that no spec produces any more is this project's to remove.

        Within the root everything is, unless it names another project. Elsewhere the file must name this one, and a
        spec that would be among its own.
        """
        if self._is_inside(folder):
            return not self._is_named_otherwise(header)
        return self.name is not None and header.projects == (self.name,) and all(map(self._is_listed, header.specs))

    def is_claimed(self, header: Header, spec: str, folder: Path) -> bool:
        """Whether a file in `folder`, which `spec` would be written to, is another project's."""
        if self._is_inside(folder) or self.name in header.projects:
            return False
        return bool(header.projects) or spec not in header.specs

    def _is_named_otherwise(self, header: Header) -> bool:
        return bool(header.projects) and self.name is not None and self.name not in header.projects

    def _is_inside(self, folder: Path) -> bool:
        return Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(self.root))

    def _is_listed(self, spec: str) -> bool:
        folders = (literal_folder(path) if is_glob(path) else path for path in self.paths)
        return any(
            spec == folder or spec.startswith(f"{folder.rstrip('/')}/") or folder in ("", ".") for folder in folders
        )
