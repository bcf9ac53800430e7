"""Keeps what a job has written, as SageMaker does: the model, the output's data, the checkpoints of all hosts.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html
"""

import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainspec.container.layout import Layout
from trainspec.container.store import Store


def hand_over(request: Mapping[str, Any], layouts: Sequence[Layout], store: Store) -> None:
    """Put all that the hosts have written into the store. Raises OSError, shutil.Error and tarfile.TarError.

    Of files that several hosts have written under one name, the first host's stays.
    """
    output = request.get("OutputDataConfig") or {}
    if output.get("S3OutputPath"):
        base = f"{output['S3OutputPath'].rstrip('/')}/{request['TrainingJobName']}/output"
        is_archive = output.get("CompressionType") != "NONE"
        _keep([each.model for each in layouts], base, "model", store, is_archive=is_archive)
        data = [each.output / "data" for each in layouts]
        if any(map(_holds_anything, data)):
            _keep(data, base, "output", store, is_archive=is_archive)
    if uri := (request.get("CheckpointConfig") or {}).get("S3Uri"):
        for layout in reversed(layouts):
            if _holds_anything(layout.checkpoints):
                store.put(uri, layout.checkpoints)


def _keep(folders: Sequence[Path], base: str, name: str, store: Store, *, is_archive: bool) -> None:
    """Put folders into the store together: as one archive, or as their files."""
    there = [folder for folder in folders if folder.is_dir()]
    if not is_archive:
        for folder in reversed(there):
            store.put(f"{base}/{name}/", folder)
        return
    seen: set[str] = set()

    def first(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if member.name in seen and not member.isdir():
            return None
        seen.add(member.name)
        return member

    archive = folders[0].with_name(f"{name}.tar.gz")
    with tarfile.open(archive, "w:gz") as tar:
        for folder in there:
            tar.add(folder, arcname="", filter=first)
    store.put(f"{base}/{name}.tar.gz", archive)


def _holds_anything(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
