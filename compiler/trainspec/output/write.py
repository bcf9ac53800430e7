"""Writing a run's files: all of them or none, also where the run is killed or the disk is full.

(A power cut may leave more to do: nothing waits for the disk, since everything here can be compiled again.)

One file of a folder is renamed over the old one. Several are switched by `swap`, or by `journal` where that cannot be
done. A run that writes into two folders of which neither lies in the other prepares both before it switches the first;
between the two calls a kill leaves one of them new and the other old.
"""

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Protocol

from trainspec.output import journal, swap
from trainspec.output.changes import Change
from trainspec.output.files import ONE_FILE, create
from trainspec.output.turns import turn

Texts = Mapping[Path, str | None]
"""What files shall hold, by path; None for those to be removed."""


class Step(Protocol):
    """New contents for a folder."""

    def prepare(self) -> None:
        """Put everything on the disk. Raises OSError."""

    def commit(self) -> None:
        """Switch to it. Raises OSError."""

    def discard(self) -> None:
        """Remove what is left over, after success or failure. Never raises OSError."""


@contextlib.contextmanager
def writing(folders: Iterable[Path]) -> Iterator[None]:
    """Keep `folders` to this run, from comparing to writing. What a killed run left is put in order. Raises OSError."""
    real = [real_folder(folder) for folder in folders]
    with turn(real):
        for folder in real:
            swap.recover(folder)
            journal.recover(folder)
        yield


def write(changes: Iterable[Change]) -> None:
    """Carry out `changes`. Raises OSError; all is as it was then, unless it comes from the switch itself."""
    texts = {real_folder(change.path.parent) / change.path.name: change.new for change in changes}
    for path in texts:
        if path.is_dir() and not path.is_symlink():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    steps: list[Step] = []
    made: list[Path] = []
    try:
        for folder in _outermost({path.parent for path in texts}):
            if not folder.exists():
                folder.mkdir(parents=True)
                made.append(folder)
            below = {path.relative_to(folder): text for path, text in texts.items() if path.is_relative_to(folder)}
            steps.append(_Switch(folder, below, is_new=folder in made) if len(below) > 1 else _OneFile(folder, below))
            steps[-1].prepare()
        for step in steps:
            step.commit()
    finally:
        for step in steps:
            step.discard()
        for folder in made:
            with contextlib.suppress(OSError):  # it holds files now, unless something went wrong
                folder.rmdir()


def real_folder(folder: Path) -> Path:
    """The folder itself where `folder` is a link to it."""
    return Path(os.path.realpath(folder))


class _OneFile:
    """A single file: one rename is enough."""

    def __init__(self, folder: Path, texts: Texts) -> None:
        ((name, self.text),) = texts.items()
        self.path = folder / name
        self.staged = self.path.with_name(ONE_FILE)

    def prepare(self) -> None:
        if self.text is not None:
            self.staged.unlink(missing_ok=True)
            create(self.staged, self.text, self.path)

    def commit(self) -> None:
        if self.text is None:
            self.path.unlink(missing_ok=True)
        else:
            self.staged.replace(self.path)

    def discard(self) -> None:
        with contextlib.suppress(OSError):
            self.staged.unlink(missing_ok=True)


class _Switch:
    """Several files: swapped where that works, else moved one by one under a journal."""

    def __init__(self, folder: Path, texts: Texts, *, is_new: bool) -> None:
        self.swap = swap.Swap(folder, texts, is_new=is_new)
        by_folder = groupby(sorted(texts), key=lambda name: name.parent)
        self.journals = [
            journal.Journal(folder / parent, {name.name: texts[name] for name in names}) for parent, names in by_folder
        ]
        self.can_swap = True

    def prepare(self) -> None:
        try:
            self.swap.prepare()
        except OSError:
            self.can_swap = False
            self.swap.discard()
            self._prepare_journals()

    def commit(self) -> None:
        if self.can_swap:
            try:
                self.swap.commit()
            except OSError:
                self.swap.discard()
                self._prepare_journals()
            else:
                return
        for each in self.journals:
            each.commit()

    def discard(self) -> None:
        self.swap.discard()
        for each in self.journals:
            each.discard()

    def _prepare_journals(self) -> None:
        for each in self.journals:
            each.prepare()


def _outermost(folders: Iterable[Path]) -> list[Path]:
    """The folders that lie in no other one of them."""
    found: list[Path] = []
    for folder in sorted(folders):
        if not any(folder.is_relative_to(other) for other in found):
            found.append(folder)
    return found
