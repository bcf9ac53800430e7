"""The project that a run works in: its root, its settings, its specs."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trainspec.diagnostics.words import cut
from trainspec.settings import Selection, UsageError, read_settings
from trainspec.text.source import Source

__all__ = ["Project", "UsageError", "find_project", "find_specs"]

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Project:
    """Where a run works.

    `root` is the nearest folder with settings or a repository; names in findings and headers are relative to it.
    `texts` are read in place of the files of these names: what files would hold once they are fixed.
    """

    root: Path
    paths: tuple[str, ...] = ("specs",)
    output: str = "generated_dags"
    airflow: int | None = None
    external_dags: tuple[str, ...] = ()
    operators: tuple[str, ...] | None = None
    selection: Selection = field(default_factory=Selection)
    texts: Mapping[str, Source] = field(default_factory=dict)

    def name(self, path: Path) -> str:
        """How findings and generated files call `path`: from the root, with forward slashes."""
        absolute, above = str(path.absolute()), f"{self.root}{os.sep}"
        if absolute.startswith(above) and os.pardir not in absolute:  # as nearly all do, and relpath takes its time
            return absolute[len(above) :].replace(os.sep, "/")
        return Path(os.path.relpath(absolute, self.root)).as_posix()


def find_project(start: Path) -> Project:
    """The project around `start`. Raises UsageError for settings that cannot be read."""
    for folder in (start, *start.parents):
        for file, table in (("trainspec.toml", ()), ("pyproject.toml", ("tool", "trainspec"))):
            settings = read_settings(folder / file, table)
            if settings is not None:
                return Project(
                    folder,
                    settings.paths,
                    settings.output,
                    settings.airflow,
                    settings.external_dags,
                    settings.operators,
                    settings.selection,
                )
        if (folder / ".git").exists():
            return Project(folder)
    return Project(start)


def find_specs(given: Iterable[str], project: Project) -> list[Path]:
    """The files that the paths name: files as they are, folders with all the YAML below them, globs.

    With none given, the project's own paths. Raises UsageError for a path that names nothing.
    """
    arguments = list(given)
    patterns = arguments or [str(project.root / path) for path in project.paths]
    found: dict[Path, None] = {}
    for pattern in patterns:
        if "\0" in pattern:
            raise UsageError(f"{pattern!r} cannot be a path")
        try:
            paths = list(_expand(pattern))
        except OSError:  # a name longer than any file's
            paths = []
        if not paths:
            raise UsageError(f"{cut(pattern, 200)}: no such file, and no YAML files in such a folder")
        found |= dict.fromkeys(paths)
    return sorted(found, key=lambda path: path.parts)


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
