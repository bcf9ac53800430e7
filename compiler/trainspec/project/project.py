"""The project that a run works in: its root, its settings, its specs."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trainspec.diagnostics.words import cut
from trainspec.disk.reading import DiskTree, MissingError
from trainspec.project.settings import OF_PYPROJECT, Settings, UsageError, check_codes
from trainspec.project.settings_file import python_name, read_settings
from trainspec.text.source import Source

__all__ = ["NoSpecsError", "Project", "UsageError", "find_project", "find_specs"]

if TYPE_CHECKING:
    from trainspec.disk.git import CommitTree  # only for commands that read revisions
    from trainspec.disk.tree import Tree
OUTPUT = "generated_dags"
"""The default folder of the DAG files."""

SUFFIXES = (".yaml", ".yml")
_SETTINGS = (("trainspec.toml", ()), ("pyproject.toml", OF_PYPROJECT))
SETTINGS = tuple(file for file, _ in _SETTINGS)
"""The names of the files that settings may be in."""


_NO_YAML = (".cfg", ".csv", ".ini", ".ipynb", ".json", ".md", ".py", ".sh", ".toml", ".txt")


class NoSpecsError(UsageError):
    """The project has no specs."""


@dataclass(frozen=True, slots=True)
class Project(Settings):
    """Where a run works, and its settings.

    `root` is the nearest folder with settings or a repository; names in findings and headers are relative to it.
    `texts` are read instead of the files with these names: their content after fixes. `tree` has the files if they are
    not those on disk, but those of a commit. `packs` is false if folders of code are not read, so that requests contain
    their names.
    """

    root: Path
    texts: Mapping[str, Source] = field(default_factory=dict)
    tree: "CommitTree | None" = None
    packs: bool = True

    @property
    def title(self) -> str | None:
        """The project's name in generated files: `project` of the settings, else that of pyproject.toml."""
        return self.project or python_name(self.tree or DiskTree(self.root))

    def output_of(self, environment: str | None) -> str:
        """The folder of the DAG files, from the root: an environment's own, or the common one."""
        of_environment = self.environments.get(environment or "")
        return (of_environment.output if of_environment else None) or self.output or OUTPUT

    @property
    def written(self) -> tuple[str | None, ...]:
        """What `compile` writes by default: the environments that have a folder, before them the base (None).

        The base is left out if only environments have a folder.
        """
        named = tuple(name for name, each in self.environments.items() if each.output)
        return named if named and self.output is None else (None, *named)

    def name(self, path: Path) -> str:
        """How findings and generated files call `path`: from the root, with forward slashes."""
        absolute, above = str(path.absolute()), f"{self.root}{os.sep}"
        if absolute.startswith(above) and os.pardir not in absolute:  # as nearly all do, and relpath takes its time
            return absolute[len(above) :].replace(os.sep, "/")
        return Path(os.path.relpath(absolute, self.root)).as_posix()


def find_project(start: Path, otherwise: Path | None = None) -> Project:
    """The project that contains `start`: the nearest folder with settings, the repository, `otherwise`, or `start`.

    Raises UsageError for settings that cannot be read.
    """
    for folder in (start, *start.parents):
        if (settings := _settings_in(folder)) is not None:
            return _project(folder, settings)
        if (folder / ".git").exists():
            return Project(folder)
    return Project(otherwise or start)


def find_project_in(tree: "CommitTree", top: Path, start: str) -> Project:
    """The project that contains the folder `start` of a commit, with the files of the commit.

    `top` is the repository's root on the disk, from which the project's own is named. Raises UsageError.
    """
    for folder in (*_upwards(start), ""):
        here = tree.below(folder)
        for file, table in _SETTINGS:
            try:
                settings = read_settings(here, file, top / folder / file, table)
            except MissingError:
                continue
            if settings is not None:
                return replace(_project(top / folder, settings, here), tree=here, packs=False)
    return Project(top, tree=tree, packs=False)


def _upwards(folder: str) -> list[str]:
    """A folder's name, and those of its parents."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _settings_in(folder: Path) -> Settings | None:
    """The settings in a folder. Raises UsageError."""
    for file, table in _SETTINGS:
        path = folder / file
        if not os.path.lexists(path):
            continue
        repository = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
        settings = read_settings(DiskTree(repository), path.relative_to(repository).as_posix(), path, table)
        if settings is not None:
            return settings
    return None


def _project(root: Path, settings: Settings, tree: "Tree | None" = None) -> Project:
    """The project at `root`, whose files are in `tree`; with its policies, which are read on demand."""
    project = Project(root, **{each.name: getattr(settings, each.name) for each in fields(settings)})
    if not (project.policies or project.policy_packages):
        return project
    from trainspec.policies.load import PoliciesError, load

    try:
        found = load(tree or DiskTree(root), project.policies, project.policy_packages, project.prices)
    except PoliciesError as why:
        raise UsageError(f"the settings of {root.name}: {why}") from None
    selection = project.selection._replace(policies=found)
    listed = {*selection.ignore, *(each for given in selection.per_path.values() for each in given)}
    lowered = (each for each, severity in selection.severity.items() if severity.value != "error")
    for codes, to_ignore in ((selection.select, False), (selection.severity, False), ([*listed, *lowered], True)):
        own = [each for each in codes if not each.startswith("TS")]
        try:
            check_codes(own, to_ignore=to_ignore, policies=found.codes if own else None)
        except UsageError as why:
            raise UsageError(f"the settings of {root.name}: {why}") from None
    return replace(project, selection=selection)


def root_around(folder: Path) -> Path:
    """The nearest folder that may be the root of a project, or `folder` itself."""
    marks = (".git", "trainspec.toml", "pyproject.toml")
    return next((each for each in (folder, *folder.parents) if any((each / mark).exists() for mark in marks)), folder)


def find_specs(given: Iterable[str], project: Project) -> list[Path]:
    """The files that the paths name: files as they are, folders with all the YAML below them, globs.

    With none given, the project's own paths, which never leave it. Raises UsageError for a path that names nothing,
    NoSpecsError if all of the project's own do.
    """
    arguments = list(given)
    found = {pattern: _typed(pattern, project) for pattern in arguments}
    if not arguments:
        tree = project.tree or DiskTree(project.root)
        own = {path: _expand(tree, path) for path in project.paths}
        found = {path: [project.root / name for name in names] for path, names in own.items()}
        if project.policies:
            found = {path: _without_policies(paths, project) for path, paths in found.items()}
    nothing = next((pattern for pattern, paths in found.items() if not paths), None)
    if nothing is not None:
        if arguments:
            raise UsageError(f"{cut(nothing, 200)}: no such file, and no YAML files in such a folder")
        message = (
            f"there are no specs in `{cut(nothing, 200)}`; `trainspec init` creates a first one, and `paths` in the "
            "settings can name another folder"
        )
        raise UsageError(message) if any(found.values()) else NoSpecsError(message)
    return sorted({path for paths in found.values() for path in paths}, key=lambda path: path.parts)


def _without_policies(paths: Sequence[Path], project: Project) -> list[Path]:
    """The files without those that the settings call policies."""
    from trainspec.policies.load import is_policy_file

    return [path for path in paths if not is_policy_file(project.name(path), project.policies)]


def _typed(pattern: str, project: Project) -> list[Path]:
    """The files that a path of the command line names; it may lead out of the project."""
    if "\0" in pattern:
        raise UsageError(f"{pattern!r} cannot be a path")
    suffix = Path(pattern).suffix.lower()
    if suffix in _NO_YAML and Path(pattern).is_file():
        more = "; `trainspec import` creates a spec from a request or a DAG file" if suffix in (".json", ".py") else ""
        raise UsageError(f"{cut(pattern, 200)} is not a YAML file{more}")
    name = project.name(Path(pattern))
    if not name.startswith("../") and name != "..":
        tree = project.tree or DiskTree(project.root)
        return [project.root / each for each in _expand(tree, name)]
    if project.tree is not None:
        return []  # a commit has nothing outside of its own root
    whole = Path(os.path.abspath(pattern))  # noqa: PTH100  # without following links
    anchor = Path(whole.anchor)
    return [anchor / each for each in _expand(DiskTree(anchor), whole.relative_to(anchor).as_posix())]


def _expand(tree: "Tree", path: str) -> list[str]:
    """The names of the files that a path in a tree matches."""
    name = "" if path == "." else path
    kind = tree.kind(name)
    if kind == "folder":
        return [each for each in tree.names(name) if _is_spec(each)]
    if kind is not None:
        return [name]
    from trainspec.disk.globs import is_glob, literal_folder, matches

    if not is_glob(name) or tree.kind(start := literal_folder(name)) != "folder":
        return []
    return [each for each in tree.names(start) if each.endswith(SUFFIXES) and matches(name, each)]


def _is_spec(name: str) -> bool:
    return name.endswith(SUFFIXES) and not name.rpartition("/")[2].startswith(".")
