"""Reading a project's files: those that a run names, and those that others extend."""

import os
from pathlib import Path

from trainspec.diagnostics import Diagnostic, Span, codes
from trainspec.project.project import Project, root_around
from trainspec.text.source import Source, read_source

_MOST_KEPT = 256
"""How many of the files that others extend are kept: a project has a few, and all its specs may extend one of them."""


class Files:
    """The files of a project. One that others extend is read once, so a run sees one state of it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._root = project.root.resolve()
        self._extended: dict[str, Source | Diagnostic] = {}
        self._elsewhere: set[Path] = set()  # the repositories of files outside of the project that the run names

    def named(self, path: Path) -> Source | Diagnostic:
        """A file that the run names."""
        name = self._project.name(path)
        if not name.isprintable():
            shown = "".join(each if each.isprintable() else "?" for each in name)
            message = "the file's name holds characters that cannot be shown"
            return Diagnostic(codes.UNREADABLE, Span(shown, 1, 1, 1, 1), message, "rename the file")
        if name.startswith("../"):
            self._elsewhere.add(root_around(Path(os.path.realpath(path)).parent))
        if path.is_symlink() and not name.startswith("../") and not self._is_inside(path):
            return Diagnostic(codes.UNREADABLE, Span(name, 1, 1, 1, 1), f"{name} is a link that leaves the project")
        return self._project.texts.get(name) or read_source(path, name)

    def extended(self, name: str) -> Source | Diagnostic:
        """A file that another one extends, by its name from the project's root; none outside of its repository."""
        if name not in self._extended:
            if len(self._extended) >= _MOST_KEPT:
                self._extended.clear()
            self._extended[name] = self._read_extended(name)
        return self._extended[name]

    def _read_extended(self, name: str) -> Source | Diagnostic:
        try:
            path = (self._root / name).resolve()
        except (OSError, RuntimeError):
            path = self._root / name  # a link that leads in a circle: reading it says so
        if not any(map(path.is_relative_to, (self._root, *self._elsewhere))):
            why = "lies outside of the project" if name.startswith("../") else "is a link that leaves the project"
            return Diagnostic(codes.UNREADABLE, Span(name, 1, 1, 1, 1), f"{name} {why}")
        real = Path(os.path.relpath(path, self._root)).as_posix()
        return self._project.texts.get(real) or read_source(path, real)

    def _is_inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self._root)
        except (OSError, RuntimeError):
            return True  # a link that leads in a circle: reading it says so
