"""Reads a settings file: TOML, within limits."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainspec.disk.reading import MissingError, UnreadableError
from trainspec.project.settings import OF_PYPROJECT, Settings, UsageError, as_written

if TYPE_CHECKING:
    from trainspec.disk.tree import Tree

MAX_BYTES = 1024 * 1024
"""The largest settings file that is read."""

MAX_DOTS = 200
"""Limit on the dots in a line of settings."""


def read_settings(tree: "Tree", file: str, path: Path, table: tuple[str, ...] = ()) -> Settings | None:
    """The settings in a TOML `file` of a tree, below `table`; None if there is no such table.

    `path` is the name of the file in messages. Raises MissingError if there is no such file; UsageError, with
    file, line and column, if it is not TOML, and for all unknown keys, values of the wrong kind and unknown codes.
    """
    try:
        text = tree.read(file, MAX_BYTES).decode("utf-8")
        said: Any = _loads(text) if not table or table[-1] in text else {}
    except MissingError:
        raise
    except UnreadableError as why:
        raise UsageError(f"{as_written(path)} {why}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{as_written(path)}: {error}") from error
    for key in table:
        said = said.get(key) if isinstance(said, dict) else None
    if not table and isinstance(said, dict) and list(said) == ["tool"]:
        return read_settings(tree, file, path, OF_PYPROJECT)  # written as in pyproject.toml: it can only mean the same
    if said is None:
        return None
    from trainspec.project.settings_reader import checked  # most projects have no settings

    return checked(said, path, text, table)


def python_name(tree: "Tree") -> str | None:
    """`[project].name` of a project's pyproject.toml; None if it says none, or cannot be read."""
    try:
        said = _loads(tree.read("pyproject.toml", MAX_BYTES).decode("utf-8"))
    except (UnreadableError, ValueError, RecursionError):
        return None
    project = said.get("project")
    name = project.get("name") if isinstance(project, dict) else None
    return name if isinstance(name, str) and name else None


def _loads(text: str) -> Any:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    if any(line.count(".") > MAX_DOTS for line in text.splitlines()):  # a key with many parts takes quadratic time
        raise ValueError(f"a line with more than {MAX_DOTS} dots")
    return tomllib.loads(text)
