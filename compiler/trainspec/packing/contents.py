"""The files of a source, each with the id that git gives its content: those on the disk, or those of a commit."""

import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trainspec.disk.git import CommitTree
from trainspec.packing.files import REQUIREMENTS, Listing, Member
from trainspec.packing.ignore import Ignore, ignore_for

if TYPE_CHECKING:
    from trainspec.language.data import SourceData

MOST: Final = 512 * 1024**2
"""Bytes that are read at most: beyond them a source is not compared."""
_PIECE: Final = 1 << 20

Contents = Mapping[str, str]
"""Ids by the files' names in the archive."""


def on_disk(listing: Listing) -> Contents | None:
    """The files of a listing; None if they are too large to compare. Raises OSError."""
    if listing.size > MOST or listing.is_cut:
        return None
    return {member.name: _id(member) for member in listing.members}


def in_commit(source: "SourceData", written_in: Mapping[str, str], tree: CommitTree, root: Path) -> Contents:
    """The files that the `source` of a job packs of a commit, whose names in `tree` begin at the project's `root`.

    `written_in` names, by key, the file that says its value. What the working tree ignores today is left out.
    """
    folder = _named(str(source["dir"]), written_in["dir"])
    found: dict[str, str] = {}
    beside = [(_named(str(each), written_in["dependencies"]), True) for each in source.get("dependencies") or ()]
    for top, is_beside in ((folder, False), *beside):
        ignore = ignore_for(root / top, root, () if is_beside else source.get("ignore") or ())
        prefix = f"{posixpath.basename(top)}/" if is_beside else ""
        if is_beside and tree.kind(top) == "file":
            found.setdefault(posixpath.basename(top), tree.id_of(top) or "")
            continue
        for name in _kept(tree, top, ignore, root / top):
            found.setdefault(prefix + name, tree.id_of(f"{top}/{name}" if top else name) or "")
    if given := source.get("requirements"):
        inside = posixpath.normpath(posixpath.join(folder, str(given)))
        at = inside if tree.kind(inside) == "file" else _named(str(given), written_in["requirements"])
        if tree.kind(at) == "file":
            found[REQUIREMENTS] = tree.id_of(at) or ""
    return found


def _named(path: str, written_in: str) -> str:
    """A path that a file of the project says, from the project's root."""
    name = posixpath.normpath(posixpath.join(posixpath.dirname(written_in), path))
    return "" if name == "." else name


def _kept(tree: CommitTree, top: str, ignore: Ignore, folder: Path) -> Iterator[str]:
    """The names of the files below `top`, from there on, that are packed."""
    rules = {"": ignore.within(folder, "")}

    def within(name: str) -> Ignore | None:
        """The rules in the folder `name`; None if it is left out."""
        if name not in rules:
            above = within(posixpath.dirname(name))
            is_out = above is None or above.matches(name, is_folder=True)
            if is_out or above is None:
                return None
            rules[name] = above.within(folder / name, name)
        return rules[name]

    for whole in tree.all_names(top):
        name = whole.removeprefix(f"{top}/") if top else whole
        here = within(posixpath.dirname(name))
        if here is not None and not here.matches(name, is_folder=False):
            yield name


def _id(member: Member) -> str:
    digest = hashlib.sha1(b"blob %d\0" % member.size, usedforsecurity=False)
    with member.path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
