"""Writes a run's files: all of them or none, even if the run is killed or the disk is full.

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

from trainspec.disk.writing import Folder, place
from trainspec.output import journal, swap
from trainspec.output.changes import Change
from trainspec.output.files import ONE_FILE
from trainspec.output.turns import turn

Texts = Mapping[Path, str | None]
"""The new contents of files, by path; None for those to be removed."""


class Step(Protocol):
    """New contents for a folder."""

    def prepare(self) -> None:
        """Put everything on the disk. Raises OSError."""

    def commit(self) -> None:
        """Switch to it. Raises OSError."""

    def discard(self) -> None:
        """Remove what is left over, after success or failure. Never raises OSError."""


@contextlib.contextmanager
def writing(folders: Iterable[Path], root: Path | None = None) -> Iterator[None]:
    """Keep `folders` to this run, from comparing to writing. What a killed run left is put in order. Raises OSError.

    A folder that is named below `root`, and leads out of it through a link, is rejected.
    """
    real = [place(folder, root) for folder in folders]
    with turn(real):
        for path in real:
            swap.recover(path)
            if path.is_dir():
                with Folder(path) as folder:
                    journal.recover(folder)
        yield


def write(changes: Iterable[Change], root: Path | None = None) -> None:
    """Carry out `changes`. Raises OSError; all is as it was then, unless it comes from the switch itself."""
    texts = {place(change.path.parent, root) / change.path.name: change.new for change in changes}
    for path in texts:
        if path.is_dir() and not path.is_symlink():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    steps: list[Step] = []
    made: list[Path] = []
    with contextlib.ExitStack() as held:
        try:
            for path in _outermost({path.parent for path in texts}):
                if not path.exists():
                    made.append(path)
                folder = held.enter_context(Folder(path, make=True))
                below = {each.relative_to(path): text for each, text in texts.items() if each.is_relative_to(path)}
                is_new = path in made
                several = len(below) > 1
                steps.append(_Switch(folder, below, held, is_new=is_new) if several else _OneFile(folder, below))
                steps[-1].prepare()
            for step in steps:
                step.commit()
        finally:
            for step in steps:
                step.discard()
            for path in made:
                with contextlib.suppress(OSError):  # it contains files now, unless something went wrong
                    path.rmdir()


def real_folder(folder: Path) -> Path:
    """The folder itself if `folder` is a link to it."""
    return Path(os.path.realpath(folder))


class _OneFile:
    """A single file: one rename is enough."""

    def __init__(self, folder: Folder, texts: Texts) -> None:
        ((path, self.text),) = texts.items()
        self.folder, self.name = folder, path.name

    def prepare(self) -> None:
        if self.text is not None:
            self.folder.unlink(ONE_FILE)
            self.folder.create(ONE_FILE, self.text, self.folder.status(self.name))

    def commit(self) -> None:
        if self.text is None:
            self.folder.unlink(self.name)
        else:
            self.folder.replace(ONE_FILE, self.name)

    def discard(self) -> None:
        with contextlib.suppress(OSError):
            self.folder.unlink(ONE_FILE)


class _Switch:
    """Several files: swapped if that is possible, else moved one by one with a journal."""

    def __init__(self, folder: Folder, texts: Texts, held: contextlib.ExitStack, *, is_new: bool) -> None:
        self.swap = swap.Swap(folder, texts, is_new=is_new)
        held.callback(self.swap.close)
        self.folder, self.texts, self.held = folder, texts, held
        self.journals: list[journal.Journal] = []
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
        for parent, names in groupby(sorted(self.texts), key=lambda name: name.parent):
            folder = self.folder
            for part in parent.parts:
                folder = self.held.enter_context(folder.below(part, make=True))
            self.journals.append(journal.Journal(folder, {name.name: self.texts[name] for name in names}))
            self.journals[-1].prepare()


def _outermost(folders: Iterable[Path]) -> list[Path]:
    """The folders that no other one of them contains."""
    found: list[Path] = []
    for folder in sorted(folders):
        if not any(folder.is_relative_to(other) for other in found):
            found.append(folder)
    return found
