"""The source files of a spec's jobs, in the working tree or in a commit."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trainspec.disk.git import CommitTree
from trainspec.packing.contents import Contents, in_commit, on_disk
from trainspec.packing.jobs import is_local
from trainspec.packing.source import Sources
from trainspec.pipeline import Analysis
from trainspec.text.tree import find

if TYPE_CHECKING:
    from trainspec.language.data import SourceData


def source_files(analysis: Analysis, root: Path, tree: Callable[[], CommitTree] | None) -> dict[str, Contents]:
    """By task id, the files of each job's source.

    They are those below the project's `root`, or those of the commit that `tree` reads, with names from there on. A
    source that cannot be packed, or is too large to compare, is left out.
    """
    found: dict[str, Contents] = {}
    known: dict[str, Contents | None] = {}
    sources = Sources(root)
    for job, data in (analysis.data or {}).get("jobs", {}).items():
        source = data.get("source")
        if not isinstance(source, Mapping) or not is_local(source.get("dir")) or analysis.root is None:
            continue
        top = analysis.root
        written_in = {key: find(top, ("jobs", job, "source", key)).span.path for key in source}
        key = repr((source, written_in))
        if key not in known:
            if tree is None:
                known[key] = _packed(sources, source, written_in)
            else:
                known[key] = in_commit(source, written_in, tree(), root)
        if (contents := known[key]) is not None:
            found[job] = contents
    return found


def _packed(sources: Sources, source: "SourceData", written_in: Mapping[str, str]) -> Contents | None:
    try:
        listing = sources.listing(source, written_in)
        return None if listing is None else on_disk(listing)
    except OSError:
        return None
