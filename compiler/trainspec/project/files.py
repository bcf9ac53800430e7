"""Reading a project's files: those that a run names, and those that others extend."""

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from trainspec.diagnostics import Diagnostic, Span, codes
from trainspec.disk.reading import DiskTree, OutsideError, UnreadableError
from trainspec.project.project import Project, root_around
from trainspec.text.source import Source, read_in

_MOST_KEPT = 256
"""How many of the files that others extend are kept: a project has a few, and all its specs may extend one of them."""


class Files:
    """The files of a project. One that others extend is read once, so a run sees one state of it.

    Nothing outside the project is read, except what is next to a path outside it that the user typed.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._tree = project.tree or DiskTree(project.root)
        self._extended: dict[str, Source | Diagnostic] = {}
        self._elsewhere: dict[str, DiskTree] = {}  # the projects around files outside of this one, by their folders

    def at_rest(self) -> AbstractContextManager[None]:
        """Inside, files are read for a run, which need not see that a folder was replaced by another."""
        return self._tree.at_rest() if isinstance(self._tree, DiskTree) else nullcontext()

    def named(self, path: Path) -> Source | Diagnostic:
        """A file that the run names."""
        name = self._project.name(path)
        if not name.isprintable():
            shown = "".join(each if each.isprintable() else "?" for each in name)
            message = "the file name contains unprintable characters"
            return Diagnostic(codes.UNREADABLE, Span(shown, 1, 1, 1, 1), message, "rename the file")
        return self._project.texts.get(name) or self._read(name)

    def extended(self, name: str) -> Source | Diagnostic:
        """A file that another one extends, by its name from the project's root; none outside of its repository."""
        if name not in self._extended:
            if len(self._extended) >= _MOST_KEPT:
                self._extended.clear()
            self._extended[name] = self._read_extended(name)
        return self._extended[name]

    def shown(self, name: str) -> Source | Diagnostic:
        """A file that a finding speaks of, for the line to be shown."""
        return self._project.texts.get(name) or self._read(name)

    def _read(self, name: str) -> Source | Diagnostic:
        if not _is_outside(name):
            return read_in(self._tree, name, name)
        if self._project.tree is not None:
            message = f"{name} is outside the project"
            return Diagnostic(codes.UNREADABLE, Span(name, 1, 1, 1, 1), message)
        path = self._project.root / name
        folder = os.path.realpath(path.parent)
        if folder not in self._elsewhere:
            self._elsewhere[folder] = DiskTree(root_around(Path(folder)))
        tree = self._elsewhere[folder]
        return read_in(tree, _below(tree.root, f"{folder}/{path.name}"), name)

    def _read_extended(self, name: str) -> Source | Diagnostic:
        try:
            real = self._real_outside(name) if _is_outside(name) else self._tree.real_name(name)
        except UnreadableError as why:
            return Diagnostic(codes.UNREADABLE, Span(name, 1, 1, 1, 1), f"{name} {why}")
        return self._project.texts.get(real) or self._read(real)

    def _real_outside(self, name: str) -> str:
        """The name of a file that another project speaks of: of one there, or here. Raises UnreadableError."""
        path = self._project.root / name
        there = f"{os.path.realpath(path.parent)}/{path.name}"
        for tree in (DiskTree(self._project.root), *self._elsewhere.values()):
            if not _is_outside(inside := _below(tree.root, there)):
                return _below(os.path.realpath(self._project.root), f"{tree.root}/{tree.real_name(inside)}")
        raise OutsideError("is outside the project")


def _below(folder: str, path: str) -> str:
    return os.path.relpath(path, folder).replace(os.sep, "/")


def _is_outside(name: str) -> bool:
    return name.startswith("../") or os.path.isabs(name)  # noqa: PTH117  # of another drive on Windows
