"""The documents that are open in the editor, and the projects that they belong to."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from time import monotonic

from lsprotocol.types import PositionEncodingKind
from pygls.uris import from_fs_path, to_fs_path
from trainspec.airflow_api.own import own_operators
from trainspec.batch.environments import chosen_for
from trainspec.diagnostics import Diagnostic
from trainspec.lsp.positions import Places
from trainspec.options import DEFAULT_AIRFLOW, Options
from trainspec.project.files import Files
from trainspec.project.project import SETTINGS, Project, UsageError, find_project
from trainspec.text.parse import parse
from trainspec.text.source import MAX_BYTES, Source
from trainspec.text.tree import Mapping, Node


@dataclass(frozen=True)
class Document:
    """One version of an open document. `name` is its path from the root of its `project`, as findings have it."""

    uri: str
    version: int
    path: Path
    project: Project
    places: Places

    @property
    def source(self) -> Source:
        """Its text, under its name."""
        return self.places.source

    @property
    def name(self) -> str:
        """Its name in the project."""
        return self.source.name

    @cached_property
    def tree(self) -> Node | None:
        """Its tree, as far as the text can be parsed."""
        return parse(self.source)[0]

    @cached_property
    def root(self) -> Mapping | None:
        """The tree if it is a map, as that of a spec is."""
        return self.tree if isinstance(self.tree, Mapping) else None


@dataclass
class Documents:
    """All open documents by their address, and the projects around them.

    `environment` is the one that the user has selected; None is the base. `wrong_settings` has the errors in the
    settings of a project, by the folder in which the search began. `folders` are those that the editor has opened: like
    a command's working directory, such a folder is the project of its files if there are neither settings nor a
    repository around them.
    """

    environment: str | None = None
    folders: frozenset[Path] = frozenset()
    encoding: PositionEncodingKind | str = PositionEncodingKind.Utf16
    open: dict[str, Document] = field(default_factory=dict)
    wrong_settings: dict[Path, str] = field(default_factory=dict)
    _projects: dict[Path, "_Known"] = field(default_factory=dict)

    def put(self, uri: str, version: int, text: str) -> Document | None:
        """The document as it is now; None if it is not a file, or larger than any spec."""
        file = to_fs_path(uri)
        if file is None or not uri.startswith("file:") or len(text) > MAX_BYTES:
            self.open.pop(uri, None)
            return None
        path = Path(os.path.abspath(file))  # noqa: PTH100  # without following links
        project = self.project(path.parent)
        document = Document(uri, version, path, project, Places(Source(project.name(path), text), self.encoding))
        self.open[uri] = document
        return document

    def all(self) -> list[Document]:
        """The open documents as they are now: while one thread goes through them, another may open one."""
        return list(self.open.values())

    def close(self, uri: str) -> None:
        """Forget a document: its file counts again."""
        self.open.pop(uri, None)

    def project(self, folder: Path) -> Project:
        """The project that contains a folder, read again if its settings, its policies or its prices have changed.

        Invalid settings are ignored. They are read again now and then: a file that they miss may be there by now.
        """
        state, now = (self.folders, *_states_of_settings(folder)), monotonic()
        known = self._projects.get(folder)
        if known is not None and known.settings == state:
            if now - known.at < _SECONDS:
                return known.project
            if folder not in self.wrong_settings and known.files == tuple(_states_of_policies(known.project)):
                self._projects[folder] = replace(known, at=now)
                return known.project
        self.wrong_settings.pop(folder, None)
        try:
            project = find_project(
                folder, next((each for each in (folder, *folder.parents) if each in self.folders), None)
            )
        except UsageError as error:
            self.wrong_settings[folder] = str(error)
            project = Project(folder)
        self._projects[folder] = _Known(state, tuple(_states_of_policies(project)), now, project)
        return project

    def with_open_texts(self, project: Project) -> Project:
        """A project in which the open documents take the place of their files."""
        texts = {each.name: each.source for each in self.all() if each.project.root == project.root}
        return replace(project, texts=texts)

    def source(self, project: Project, name: str) -> Source | None:
        """A file of a project by its name, from the editor if it is open, otherwise from disk."""
        found = Files(self.with_open_texts(project)).shown(name)
        return None if isinstance(found, Diagnostic) else found

    def places(self, source: Source) -> Places:
        """The positions of any text, as the client counts them."""
        return Places(source, self.encoding)

    def uri_of(self, project: Project, name: str) -> str:
        """The address of a file by its name in a project: that of the open document, if it is open."""
        path = project.root / name
        document = next((each for each in self.all() if each.path == path), None)
        return document.uri if document else from_fs_path(str(path)) or path.as_uri()

    def options(self, project: Project, environment: str | None) -> Options:
        """How documents of a project are analysed in an environment."""
        own = own_operators(project.root, project.operator_sources) if project.operator_sources else None
        chosen = Options(
            {}, project.airflow or DEFAULT_AIRFLOW, None, project.operators, project.callbacks, own_operators=own
        )
        return chosen_for(chosen, project, environment, None)


_SECONDS = 0.5
"""Seconds for which a project's policies and prices count as unchanged: each keystroke needs them."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A project as it was read, when its files were last checked, and what changes with them."""

    settings: tuple[object, ...]
    files: tuple[object, ...]
    at: float
    project: Project


def _states_of_settings(folder: Path) -> Iterator[object]:
    """What changes with the settings of the project that contains a folder."""
    for each in (folder, *folder.parents):
        for name in (*SETTINGS, ".git"):
            try:
                status = os.lstat(each / name)
            except OSError:
                continue
            yield each, name, status.st_mtime_ns if name != ".git" else None, status.st_ino


def _states_of_policies(project: Project) -> Iterator[object]:
    """What changes with the files of a project's policies, and with its price table."""
    names = [project.prices] if project.prices else []
    if project.policies:
        from trainspec.disk.reading import DiskTree
        from trainspec.policies.load import names_of

        tree = DiskTree(project.root)
        names += [name for pattern in project.policies for name in names_of(tree, pattern)]
    for name in names:
        try:
            status = os.lstat(project.root / name)
        except OSError:
            continue
        yield name, status.st_mtime_ns, status.st_size, status.st_ino
