"""What a run changes in the folder of a site: pages that differ, and those of DAGs that are gone."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from trainspec.disk.reading import DiskTree, UnreadableError
from trainspec.output.changes import Change, Kind
from trainspec.site.render import MARK

_LARGEST = 64 * 1024 * 1024


def changes(folder: Path, made: Mapping[str, str]) -> list[Change]:
    """The files to write and to remove. Only pages that a site's generator wrote are removed."""
    tree = DiskTree(folder)
    found = []
    for name, text in made.items():
        old = _read(tree, name)
        if old != text:
            found.append(Change(folder / name, Kind.MISSING if old is None else Kind.STALE, old, text))
    found += [Change(folder / name, Kind.ORPHAN, old, None) for name, old in _pages(tree) if name not in made]
    return found


def _pages(tree: DiskTree) -> Iterator[tuple[str, str]]:
    """The existing pages of DAGs that an earlier run wrote."""
    if tree.kind("dags") != "folder":
        return
    for name in tree.names("dags"):
        text = _read(tree, name) if name.endswith(".html") else None
        if text is not None and MARK in text:
            yield name, text


def _read(tree: DiskTree, name: str) -> str | None:
    try:
        return tree.read(name, _LARGEST).decode("utf-8", "surrogateescape")
    except UnreadableError:
        return None
