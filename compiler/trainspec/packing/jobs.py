"""The sources of a spec's jobs: the pass between the checked document and its requests."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NamedTuple

from trainspec.diagnostics import Diagnostic
from trainspec.text.fault import Fault, placed
from trainspec.text.tree import Node, Path, find
from trainspec.units import is_template

if TYPE_CHECKING:
    from trainspec.language.data import JobData, SourceData
    from trainspec.packing.files import Listing
    from trainspec.packing.source import Remember, Source, Sources


@dataclass
class Folders:
    """The folders of a project, as far as specs may pack them; what is read once is kept for the complete run."""

    root: FilePath
    secret_in: Callable[[str], str | None] = lambda _: None
    """Says which kind of secret a text contains, if it does."""
    remember: "Remember | None" = None

    @cached_property
    def sources(self) -> "Sources":
        """Finds the sources; loaded when the first job has one."""
        from trainspec.packing.source import Sources

        if self.remember is None:
            return Sources(self.root, secret_in=self.secret_in)
        return Sources(self.root, self.remember, self.secret_in)


class Watched(NamedTuple):
    """What decides the sources of a spec: the paths by which it names them, and the listings of their files."""

    asked: tuple[FilePath, ...]
    listings: "tuple[Listing, ...]"


@dataclass
class Packed:
    """The sources of jobs by task id, and what is wrong with them; `missing` means that one of them was not found."""

    sources: dict[str, "Source"] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    has_folders: bool = False
    missing: bool = False

    @property
    def watched(self) -> "Watched | None":
        """Everything on disk that determines the sources; None if that is not known, or there are none."""
        if self.missing or not self.sources:
            return None
        sources = self.sources.values()
        listings = {id(source.listing): source.listing for source in sources}
        return Watched(tuple(path for source in sources for path in source.asked), tuple(listings.values()))


def pack_sources(jobs: Mapping[str, "JobData"], root: Node, folders: Folders | None) -> Packed:
    """Pack the local folders of `jobs`, which are in the document `root`. Without `folders`, there are none."""
    packed = Packed()
    if folders is None:
        return packed
    for job, source in _local(jobs):
        path: Path = ("jobs", job, "source")
        written_in = {key: find(root, (*path, key)).span.path for key in source}
        found, faults = folders.sources.of(source, written_in)
        packed.has_folders = True
        packed.findings += _placed(faults, path, root)
        if found is None:
            packed.missing = True
        else:
            packed.sources[job] = found
    return packed


def is_local(folder: Any) -> bool:
    """Whether `dir` names a folder of this machine: S3 URIs, paths in the container and templates do not."""
    return isinstance(folder, str) and not is_template(folder) and not folder.startswith(("s3:", "/opt/ml"))


def with_archive(job: "JobData", source: "Source | None") -> "JobData":
    """The job with the archive's address instead of its folder."""
    return job if source is None else {**job, "source": {**job["source"], "dir": source.uri}}


def _local(jobs: Mapping[str, "JobData"]) -> Iterable[tuple[str, "SourceData"]]:
    for job, data in jobs.items():
        source = data.get("source")
        if isinstance(source, Mapping) and is_local(source.get("dir")):
            yield job, source


def _placed(faults: Iterable[Fault], path: Path, root: Node) -> Iterable[Diagnostic]:
    return (placed(replace(fault, path=(*path, *fault.path)), root) for fault in faults)
