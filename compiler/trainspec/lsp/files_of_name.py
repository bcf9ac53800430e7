"""The files in which a name is one and the same: those that define it, and those that extend them or are extended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from trainspec.lsp.checking import Checker
from trainspec.lsp.documents import Document
from trainspec.lsp.names import Name, Occurrence, occurrences
from trainspec.pipeline import extended_files
from trainspec.project.files import Files
from trainspec.project.project import Project
from trainspec.text.parse import parse
from trainspec.text.source import Source

_MOST_FILES = 5_000


@dataclass
class NamedFiles:
    """The files of a project, read as they are open or on the disk, with the names in them."""

    checker: Checker
    project: Project
    _files: Files = field(init=False)
    _known: dict[str, tuple[Source, list[Occurrence]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._files = Files(self.checker.documents.with_open_texts(self.project))

    def of(self, name: str) -> tuple[Source, list[Occurrence]] | None:
        """A file's text and the names in it; None if it cannot be read."""
        if name not in self._known:
            source = self._files.shown(name)
            if not isinstance(source, Source):
                return None
            self._known[name] = (source, occurrences(source, parse(source)[0]))
        return self._known[name]

    def made_of(self, source: Source) -> frozenset[str]:
        """The file itself and all that it extends."""
        if "extends" not in source.text:
            return frozenset({source.name})
        return extended_files(source, self._files.extended) | {source.name}

    def defining(self, document: Document, wanted: Name) -> Iterator[tuple[Source, Occurrence]]:
        """Where a name that a document uses is defined: in the document, or in what it extends."""
        for name in sorted(self.made_of(document.source), key=lambda each: (each != document.name, each)):
            if (file := self.of(name)) is not None:
                yield from ((file[0], each) for each in file[1] if each.name == wanted and each.is_defined)

    def sharing(self, document: Document, wanted: Name) -> Mapping[str, tuple[Source, list[Occurrence]]]:
        """All places of a name in all files that share it with the document, by the name of the file.

        Two files share it if one spec consists of both and one of them defines it.
        """
        groups = self._groups(document)
        shared = set(self.made_of(document.source))
        defining = {name for name in shared if self._defines(name, wanted)}
        while True:
            touched = [group for group in groups if not defining.isdisjoint(group)]
            more = shared.union(*touched)
            now = {name for name in more if self._defines(name, wanted)}
            if more == shared and now == defining:
                break
            shared, defining = more, now
        found = {}
        for name in sorted(shared):
            if (file := self.of(name)) is not None and (places := [each for each in file[1] if each.name == wanted]):
                found[name] = (file[0], places)
        return found

    def _groups(self, document: Document) -> list[frozenset[str]]:
        """The files that each spec of the project consists of, if there is more than one."""
        names = list(self.checker.neighbours(self.project).names)[:_MOST_FILES]
        groups = [self.made_of(document.source)]
        for name in names:
            source = self._files.shown(name)
            if isinstance(source, Source) and name != document.name and "extends" in source.text:
                groups.append(self.made_of(source))
        return groups

    def _defines(self, name: str, wanted: Name) -> bool:
        file = self.of(name)
        return file is not None and any(each.is_defined and each.name == wanted for each in file[1])
