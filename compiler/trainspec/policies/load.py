"""The policies that the settings of a project name: files of the project, and those of installed packages."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from trainspec.diagnostics import Diagnostic
from trainspec.disk.reading import DiskTree, UnreadableError
from trainspec.policies.model import PolicySet
from trainspec.text.source import Source, read_in

if TYPE_CHECKING:
    from trainspec.cost.model import Prices
    from trainspec.disk.tree import Tree

GROUP = "trainspec.policies"
"""The group of entry points by which a package offers policies: its value is the package that has the YAML files."""

SUFFIXES = (".yaml", ".yml")
_MOST = 2_000


class PoliciesError(Exception):
    """Why the policies that the settings name cannot be had, in a sentence."""


def load(tree: "Tree", patterns: Sequence[str], packages: Sequence[str], prices: str | None = None) -> PolicySet:
    """The policies of a project whose files are in `tree`. `prices` is its price table. Raises PoliciesError."""
    read = [*_of_project(tree, patterns), *(each for name in packages for each in _of_package(name))]
    return of_files(read, tree, prices)


def of_files(read: Sequence[Source | Diagnostic], tree: "Tree", prices: str | None = None) -> PolicySet:
    """The policies in files that were read; the project's are in `tree`. Raises PoliciesError."""
    if len(read) > _MOST:
        raise PoliciesError(f"`policies` names {len(read):,} files; at most {_MOST:,} are read")
    sources = [each for each in read if isinstance(each, Source)]
    unread = [each for each in read if isinstance(each, Diagnostic)]
    today = datetime.now(timezone.utc).date().isoformat()
    table = _prices(tree, prices) if prices and any("max_cost" in each.text for each in sources) else None
    digest = hashlib.sha256()
    for text in (*(part for each in sources for part in (each.name, each.text)), repr(table), repr(unread)):
        digest.update(text.encode("utf-8", "surrogateescape") + b"\0")
    if any("until" in each.text for each in sources):
        digest.update(today.encode())
    return PolicySet(digest.hexdigest(), sources, unread, today, table)


def is_policy_file(name: str, patterns: Sequence[str]) -> bool:
    """Whether a file of a project is one of the policies that its settings name."""
    if not patterns:
        return False
    from trainspec.disk.globs import covers

    return any(covers(each, name) for each in patterns)


def _of_project(tree: "Tree", patterns: Sequence[str]) -> Iterator[Source | Diagnostic]:
    for pattern in patterns:
        names = names_of(tree, pattern)
        if not names:
            raise PoliciesError(f"`policies`: `{pattern}` does not match any YAML file")
        yield from (read_in(tree, name, name) for name in names)


def names_of(tree: "Tree", pattern: str) -> list[str]:
    """The files of a project that one of the `policies` of its settings names."""
    from trainspec.disk.globs import is_glob, literal_folder, matches

    kind = tree.kind(pattern)
    if kind == "folder":
        names = [each for each in tree.names(pattern) if each.endswith(SUFFIXES)]
    elif kind is None and is_glob(pattern) and tree.kind(start := literal_folder(pattern)) == "folder":
        names = [each for each in tree.names(start) if each.endswith(SUFFIXES) and matches(pattern, each)]
    else:
        names = [pattern] if kind == "file" else []
    return sorted(names)


def _of_package(name: str) -> Iterator[Source | Diagnostic]:
    """The YAML files of an installed package that offers policies under `name`; none of its code runs."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    offered = {each.name: each for each in entry_points(group=GROUP)}
    if name not in offered:
        there = f"; available: {', '.join(sorted(offered))}" if offered else ""
        raise PoliciesError(f"`policy-packages`: no installed package provides policies as `{name}`{there}")
    top, *below = offered[name].value.split(":")[0].strip().split(".")
    found = find_spec(top)  # of a package without a parent: found, not imported
    folders = [Path(each, *below) for each in (found.submodule_search_locations or ())] if found else []
    for folder in folders:
        if folder.is_dir():
            tree = DiskTree(folder)
            names = sorted(each for each in tree.names("") if each.endswith(SUFFIXES))
            if names:
                yield from (read_in(tree, each, f"{'/'.join((top, *below))}/{each}") for each in names)
                return
    raise PoliciesError(f"`policy-packages`: the package `{offered[name].value}` of `{name}` has no YAML files")


def _prices(tree: "Tree", name: str) -> "Prices":
    from trainspec.cost.table import MAX_BYTES, TableError, read_table

    try:
        return read_table(tree.read(name, MAX_BYTES).decode("utf-8"))
    except UnreadableError as why:
        raise PoliciesError(f"{name} {why} (`prices` in the settings); `trainspec cost --refresh` writes it") from None
    except (TableError, UnicodeDecodeError) as why:
        raise PoliciesError(f"{name}: {why}") from None
