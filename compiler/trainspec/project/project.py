"""The project that a run works in: its root, its settings, its specs."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from trainspec.diagnostics.words import cut
from trainspec.project.settings import OF_PYPROJECT, Selection, UsageError, python_name, read_settings
from trainspec.text.source import Source

__all__ = ["NoSpecsError", "Project", "UsageError", "find_project", "find_specs"]

SUFFIXES = (".yaml", ".yml")


class NoSpecsError(UsageError):
    """The project has no specs."""


@dataclass(frozen=True, slots=True)
class Project:
    """Where a run works.

    `root` is the nearest folder with settings or a repository; names in findings and headers are relative to it.
    `texts` are read in place of the files of these names: what files would hold once they are fixed.
    """

    root: Path
    project: str | None = None
    paths: tuple[str, ...] = ("specs",)
    output: str = "generated_dags"
    airflow: int | None = None
    external_dags: tuple[str, ...] = ()
    operators: tuple[str, ...] | None = None
    callbacks: tuple[str, ...] | None = None
    selection: Selection = field(default_factory=Selection)
    texts: Mapping[str, Source] = field(default_factory=dict)

    @property
    def title(self) -> str | None:
        """The project's name, as generated files hold it: `project` of the settings, else that of pyproject.toml."""
        return self.project or python_name(self.root / "pyproject.toml")

    def name(self, path: Path) -> str:
        """How findings and generated files call `path`: from the root, with forward slashes."""
        absolute, above = str(path.absolute()), f"{self.root}{os.sep}"
        if absolute.startswith(above) and os.pardir not in absolute:  # as nearly all do, and relpath takes its time
            return absolute[len(above) :].replace(os.sep, "/")
        return Path(os.path.relpath(absolute, self.root)).as_posix()


def find_project(start: Path) -> Project:
    """The project around `start`. Raises UsageError for settings that cannot be read."""
    for folder in (start, *start.parents):
        for file, table in (("trainspec.toml", ()), ("pyproject.toml", OF_PYPROJECT)):
            settings = read_settings(folder / file, table)
            if settings is not None:
                return Project(folder, **{each.name: getattr(settings, each.name) for each in fields(settings)})
        if (folder / ".git").exists():
            return Project(folder)
    return Project(start)


def root_around(folder: Path) -> Path:
    """The nearest folder that may be the root of a project, or `folder` itself."""
    marks = (".git", "trainspec.toml", "pyproject.toml")
    return next((each for each in (folder, *folder.parents) if any((each / mark).exists() for mark in marks)), folder)


def find_specs(given: Iterable[str], project: Project) -> list[Path]:
    """The files that the paths name: files as they are, folders with all the YAML below them, globs.

    With none given, the project's own paths. Raises UsageError for a path that names nothing, NoSpecsError where all of
    the project's own do.
    """
    arguments = list(given)
    found = {pattern: _found(pattern) for pattern in arguments}
    if not arguments:
        found = {path: _found(str(project.root / path)) for path in project.paths}
    nothing = next((pattern for pattern, paths in found.items() if not paths), None)
    if nothing is not None:
        message = f"{cut(nothing, 200)}: no such file, and no YAML files in such a folder"
        if arguments:
            raise UsageError(message)
        message += "; the project's specs are looked for there: name others, or set `paths` in the settings"
        raise UsageError(message) if any(found.values()) else NoSpecsError(message)
    return sorted({path for paths in found.values() for path in paths}, key=lambda path: path.parts)


def _found(pattern: str) -> list[Path]:
    if "\0" in pattern:
        raise UsageError(f"{pattern!r} cannot be a path")
    try:
        return list(_expand(pattern))
    except OSError:  # a name longer than any file's
        return []


def _expand(pattern: str) -> Iterable[Path]:
    path = Path(pattern)
    if path.is_dir():
        return _below(path)
    if path.exists() or path.is_symlink():
        return [path]
    import glob

    matched = (Path(name) for name in glob.glob(pattern, recursive=True))  # noqa: PTH207  # keeps absolute patterns
    return [each for each in matched if each.suffix in SUFFIXES and each.is_file()]


def _below(folder: Path) -> Iterable[Path]:
    """The YAML files below a folder; links to folders are not followed, hidden folders are not entered."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        yield from (
            Path(parent, name) for name in sorted(files) if name.endswith(SUFFIXES) and not name.startswith(".")
        )
