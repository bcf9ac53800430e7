"""What a run would change in its output folders."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import Path

from trainspec.disk.reading import DiskTree, UnreadableError
from trainspec.output.header import digest_output, read_header
from trainspec.output.owner import Owner
from trainspec.safety.comparing import unified

_REQUEST = '{\n  "TrainingJobName": '
"""How the file of a request begins."""
_LONGEST = 64 * 1024 * 1024
"""A larger file is not ours, and is not read."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A file that this run writes: its header, the SHA-256 of the rest, and how to create the rest."""

    header: str
    digest: str
    body: Callable[[], str]

    @property
    def text(self) -> str:
        """The complete file."""
        return self.header + self.body()

    def is_in(self, text: str) -> bool:
        """Whether `text` is exactly this file."""
        return text.startswith(self.header) and digest_output(text[len(self.header) :]) == self.digest


class Kind(Enum):
    """How a file in the output folder compares with what this run writes."""

    UNCHANGED = "unchanged"
    MISSING = "missing"
    STALE = "stale"
    ORPHAN = "orphaned"
    FOREIGN = "not written by trainspec"
    CLAIMED = "another project's"


@dataclass(frozen=True, slots=True)
class Change:
    """One file: its content now and after the run (None: removed), and whether that overwrites somebody else's work."""

    path: Path
    kind: Kind
    old: str | None
    new: str | None

    @property
    def needs_force(self) -> bool:
        """Whether writing it would destroy what trainspec did not write."""
        return self.kind in (Kind.FOREIGN, Kind.CLAIMED)

    def diff(self, name: str, most: int = 60) -> Iterator[str]:
        """How a file that is there differs, as a unified diff of at most `most` lines; nothing of a file to be removed.

        What is missing or orphaned is said in a line, which a finding does.
        """
        if self.old is None or self.new is None:
            return
        old, new = self.old.splitlines(keepends=True), self.new.splitlines(keepends=True)
        lines = unified(old, new, f"a/{name}", f"b/{name}")
        yield from islice(lines, most)
        if left := sum(1 for _ in lines):
            yield f"... {left:,} more lines differ\n"


def compare(
    folder: Path,
    generated: Mapping[str, Generated],
    specs_of_run: Collection[str],
    owner: Owner,
    environment: str | None = None,
) -> list[Change]:
    """How the DAG files in `folder` change, in order of their names.

    `generated` has the run's DAG files by name. A file in the folder is an orphan if it is the owner's and its spec (a
    path from the owner's root) is gone, or is one of this run's and no longer produces that file. What it produced in
    another environment is left alone.
    """
    tree = DiskTree(folder)
    with tree.at_rest():
        changes = [_compare(tree, folder / name, made, owner) for name, made in generated.items()]
        for name in _dag_files(folder) - generated.keys():
            text = _read(tree, name)
            header = read_header(text) if text is not None else None
            specs = header.specs if header is not None and owner.may_remove(header, folder) else ()
            is_ours = header is not None and header.environment == environment
            if specs and all((is_ours and spec in specs_of_run) or not _is_file(owner.root / spec) for spec in specs):
                changes.append(Change(folder / name, Kind.ORPHAN, text, None))
    return sorted(changes, key=lambda change: change.path.name)


def _dag_files(folder: Path) -> set[str]:
    """The names of the files in `folder` that Airflow may read."""
    try:
        return {name for name in os.listdir(folder) if name.endswith(".py")}  # noqa: PTH208  # no path for each
    except OSError:  # there is none, or it cannot be listed: what a run makes is found missing
        return set()


def compare_requests(
    folder: Path, files: Mapping[str, str], dags: Collection[str], other_dags: Collection[str]
) -> list[Change]:
    """The same for the files of requests, which have no header, but names that begin with their DAG's id.

    `dags` are those that the run writes or removes: a request of one of them is an orphan if no job has it.
    What may be a request of one of the `other_dags` is left alone, and so is what is not a request.
    """
    tree, changes = DiskTree(folder), []
    for name, text in files.items():
        old = _read(tree, name)
        kind = Kind.MISSING if old is None else Kind.UNCHANGED if old == text else Kind.STALE
        changes.append(Change(folder / name, kind, old, text))
    for path in folder.glob("*.json") if folder.is_dir() else ():
        parts = path.stem.split(".")
        owners = {".".join(parts[:end]) for end in range(1, len(parts))}
        if path.name not in files and not owners.isdisjoint(dags) and owners.isdisjoint(other_dags):
            old = _read(tree, path.name)
            if old is not None and old.startswith(_REQUEST):
                changes.append(Change(path, Kind.ORPHAN, old, None))
    return sorted(changes, key=lambda change: change.path.name)


def _compare(tree: DiskTree, path: Path, made: Generated, owner: Owner) -> Change:
    old = _read(tree, path.name)
    if old is not None and made.is_in(old):
        return Change(path, Kind.UNCHANGED, old, old)
    if old is None:
        kind = Kind.FOREIGN if path.exists() or path.is_symlink() else Kind.MISSING
    else:
        theirs, ours = read_header(old), read_header(made.header)
        is_claimed = theirs and ours and owner.is_claimed(theirs, ours.spec, path.parent)
        kind = Kind.FOREIGN if theirs is None else Kind.CLAIMED if is_claimed else Kind.STALE
    return Change(path, kind, old, made.text)


def _read(tree: DiskTree, name: str) -> str | None:
    """The text of a file; None if there is none to compare with. Line ends are kept: another end is another file.

    A link that leaves the output folder is not followed: it came with the repository, and leads to a file outside it.
    """
    try:
        return tree.read(name, _LONGEST).decode("utf-8", "surrogateescape")
    except UnreadableError:
        return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False
