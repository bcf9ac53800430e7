"""Which DAG each of the project's other specs defines, for the rules across files: read quickly, and cached.

One cache file contains them all, since a run over one spec needs all others. A spec counts as unchanged while its
size, its times, its inode and the texts of the files that it extends are the same; one that was changed within the
last seconds is glanced at again, since a second change could leave its times as they are.
"""

import os
import stat
import time
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from trainspec.batch.cache import Cache, open_cache
from trainspec.batch.entries import (
    Recorder,
    Text,
    are_facts,
    are_same,
    are_texts,
    decoded,
    encoded,
    read_entry,
    write_entry,
)
from trainspec.crossfile.facts import DagAt, FileFacts
from trainspec.options import Options
from trainspec.project.files import Files
from trainspec.project.project import Project
from trainspec.text.source import Source

_NAME = "glances"
_SETTLED = 2_000_000_000
"""How many nanoseconds a file must be left alone before its times count."""


def glances(
    members: Mapping[str, Path], run: Set[str], project: Project, chosen: Options, *, use_cache: bool
) -> Iterator[DagAt]:
    """The DAGs of the project's specs (`members`, by name) that are not those of the `run`."""
    files = Files(project)
    cache = open_cache(project.root, chosen, project.selection) if use_cache and _is_on_disk(project) else None
    known = _known(cache)
    kept = {name: known[name] for name in known if name in members}
    for name, path in members.items():
        if name in run:
            continue
        state = _state(path) if project.tree is None else None
        entry = known.get(name)
        if state is None or entry is None or entry["state"] != state or not are_same(files.extended, entry["texts"]):
            facts, texts = _glance(name, path, chosen, files)
            entry = {"state": state, "texts": texts, "facts": encoded(facts)}
            if state is not None and texts is not None:
                kept[name] = entry
            else:
                kept.pop(name, None)
        if entry["facts"]:
            facts_by_name = decoded(entry["facts"])
            for dag_id in facts_by_name.get("dag_ids", (facts_by_name["dag_id"],)):
                yield DagAt(dag_id, facts_by_name["id_span"])
    if cache is not None and kept != known:
        write_entry(cache.folder / _NAME, {"run": cache.run, "files": kept}, cache.base)


def _is_on_disk(project: Project) -> bool:
    return not project.texts and project.tree is None


def _known(cache: Cache | None) -> Mapping[str, Any]:
    """The entries of an earlier run by the names of their files."""
    entry = (read_entry(cache.folder / _NAME) if cache else None) or {}
    files = entry.get("files")
    if cache is None or entry.get("run") != cache.run or not isinstance(files, dict):
        return {}
    return {name: each for name, each in files.items() if _is_entry(each)}


def _is_entry(stored: Any) -> bool:
    is_whole = isinstance(stored, dict) and stored.keys() == {"state", "texts", "facts"}
    if not is_whole or not are_texts(stored["texts"]) or not are_facts(stored["facts"]):
        return False
    return not stored["facts"] or {"dag_id", "id_span"} <= stored["facts"].keys()


def _state(path: Path) -> list[int] | None:
    """What changes with a file; None if that is unknown, or it changed just now. A link is never left alone."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    last = max(status.st_mtime_ns, status.st_ctime_ns)
    is_settled = last < time.time_ns() - _SETTLED and not stat.S_ISLNK(status.st_mode)
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino] if is_settled else None


def _glance(name: str, path: Path, chosen: Options, files: Files) -> tuple[FileFacts, list[Text] | None]:
    """The spec's DAG, and the other texts that were read for it; None for these if one could not be read."""
    from trainspec.crossfile.dag_id import glance

    source, recorder = files.named(path), Recorder(files.extended)
    if not isinstance(source, Source):
        return FileFacts(name=name), None
    found = glance(source, chosen, recorder.read)
    if not found:
        return FileFacts(name=name), recorder.texts
    ids = tuple(each.id for each in found) if len(found) > 1 else ()
    return FileFacts(name=name, dag_id=found[0].id, id_span=found[0].span, dag_ids=ids), recorder.texts
