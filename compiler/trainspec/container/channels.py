"""The data of a job's channels: local folders that the user named, results of an earlier job, or the source archive."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from trainspec.container.layout import Layout
from trainspec.container.store import Store


class ChannelError(Exception):
    """There is nothing here for a channel."""


def fetch(
    request: Mapping[str, Any],
    layout: Layout,
    store: Store,
    inputs: Mapping[str, Path],
    archive: Callable[[str, Path], bool],
) -> None:
    """Lay out each channel of `request`, and the checkpoints of an earlier run. Raises ChannelError."""
    for channel in request.get("InputDataConfig") or ():
        name = channel["ChannelName"]
        target = layout.channel(name)
        uri = channel.get("DataSource", {}).get("S3DataSource", {}).get("S3Uri", "")
        if name in inputs:
            _link(inputs[name], target)
        elif not _copy(uri, target, store) and not _archived(uri, target, archive):
            what = f"{uri} is not on this machine" if uri else "it does not come from S3"
            raise ChannelError(f"no data for the channel {name}: {what}; pass it with --input {name}=PATH")
    if uri := (request.get("CheckpointConfig") or {}).get("S3Uri"):
        _copy(uri, layout.checkpoints, store)


def _link(source: Path, target: Path) -> None:
    if source.is_dir():
        target.symlink_to(source.resolve(), target_is_directory=True)
    else:
        target.mkdir()
        (target / source.name).symlink_to(source.resolve())


def _copy(uri: str, target: Path, store: Store) -> bool:
    try:
        found = list(store.below(uri))
    except ValueError:
        return False
    for name, file in found:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, path)
    return bool(found)


def _archived(uri: str, target: Path, archive: Callable[[str, Path], bool]) -> bool:
    """The channel of code: a prefix below which the source archive is the one object."""
    from trainspec.packing.archive import ARCHIVE

    target.mkdir(parents=True, exist_ok=True)
    return archive(uri if uri.endswith(ARCHIVE) else f"{uri.rstrip('/')}/{ARCHIVE}", target / ARCHIVE)
