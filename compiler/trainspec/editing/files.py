"""Writes edited texts back to their files."""

import codecs
from pathlib import Path

from trainspec.disk.writing import Folder
from trainspec.output.changes import Change, Kind
from trainspec.output.write import write, writing
from trainspec.text.source import MAX_BYTES, Source, decode


def put(root: Path, old: Source, new: str) -> str | None:
    """Write `new` into the file of `old`, a path from `root`, in one step; its mode and byte order mark stay.

    Gives what keeps it from being written: a link that leaves `root`, a file changed meanwhile. Raises OSError.
    """
    path = (root / old.name).resolve()
    if not old.name.startswith("../") and not path.is_relative_to(root.resolve()):
        return f"{old.name} is a link that leaves the project"
    with writing([path.parent]):
        with Folder(path.parent) as folder:
            content = folder.read(path.name, 2 * MAX_BYTES) or b""
        if decode(content, old.name) != old:
            return f"{old.name} has changed in the meantime"
        mark = codecs.BOM_UTF8.decode() if content.startswith(codecs.BOM_UTF8) else ""
        write([Change(path, Kind.STALE, mark + old.text, mark + new)])
    return None
