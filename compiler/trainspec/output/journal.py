"""Writing files of a folder where folders cannot be swapped: a mount point, a file system without the call, Windows.

The new files are put into `.trainspec-staged/new` in the folder, the names of those to be removed into `gone`. Then
the folder of both is renamed to `.trainspec-commit`: from here on the run is decided, and what a killed run has not
moved to its place, the next one does. So a mixture can be seen, but only until then.
"""

from collections.abc import Mapping
from pathlib import Path

from trainspec.output.files import ONE_FILE, OURS, create, remove_tree

_STAGED, _COMMIT = f"{OURS}staged", f"{OURS}commit"


class Journal:
    """New contents for `folder`: texts by file name, None for what is removed."""

    def __init__(self, folder: Path, texts: Mapping[str, str | None]) -> None:
        self.folder = folder
        self.texts = texts

    def prepare(self) -> None:
        """Put everything on the disk beside its place. Raises OSError; no file has changed then."""
        staged = self.folder / _STAGED
        (staged / "new").mkdir(parents=True)
        (staged / "gone").mkdir()
        for name, text in self.texts.items():
            if text is None:
                (staged / "gone" / name).touch()
            else:
                create(staged / "new" / name, text, self.folder / name)

    def commit(self) -> None:
        """Move everything to its place. Raises OSError."""
        (self.folder / _STAGED).rename(self.folder / _COMMIT)
        _finish(self.folder)

    def discard(self) -> None:
        """Remove what is left over when nothing was decided."""
        remove_tree(self.folder / _STAGED)


def recover(folder: Path) -> None:
    """Finish what a killed run had decided, and forget what it had not. Raises OSError."""
    for left in (_STAGED, ONE_FILE):
        remove_tree(folder / left)
    commit = folder / _COMMIT
    if commit.is_dir() and not commit.is_symlink():
        _finish(folder)


def _finish(folder: Path) -> None:
    commit = folder / _COMMIT
    for staged in sorted(commit.glob("new/*")):
        staged.replace(folder / staged.name)
    for mark in sorted(commit.glob("gone/*")):
        (folder / mark.name).unlink(missing_ok=True)
        mark.unlink()
    remove_tree(commit)
