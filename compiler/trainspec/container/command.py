"""What a container runs: the script of AWS's toolkit, or the job's own entrypoint.

https://github.com/aws/sagemaker-training-toolkit/blob/v5.1.0/src/sagemaker_training/entry_point.py
"""

import shlex
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from trainspec.container.hyperparameters import arguments, of_the_script
from trainspec.container.layout import Layout
from trainspec.container.store import Store
from trainspec.packing.archive import ARCHIVE

_ROOT = "/opt/ml"


class CommandError(Exception):
    """There is nothing that could be run."""


def unpack(values: Mapping[str, Any], layout: Layout, store: Store, archive: Callable[[str, Path], bool]) -> None:
    """Unpack the archive that `sagemaker_submit_directory` names to the folder of code. Raises CommandError."""
    where = values.get("sagemaker_submit_directory")
    if "sagemaker_program" not in values or where is None:
        return
    uri = str(where)
    path = layout.base / ARCHIVE
    if uri.startswith(_ROOT):
        path = Path(_here(uri, layout))
    elif not archive(uri, path):
        try:
            stored = store.path(uri)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if not stored.is_file():
            raise CommandError(f"the source archive {uri} is not on this machine")
        path = stored
    with tarfile.open(path, "r:gz") as tar:
        tar.extractall(layout.code, filter="data")


def command(request: Mapping[str, Any], values: Mapping[str, Any], layout: Layout, python: str) -> list[str]:
    """The words of the process. Raises CommandError if the job names nothing that runs outside of its image."""
    algorithm = request.get("AlgorithmSpecification") or {}
    if entrypoint := algorithm.get("ContainerEntrypoint"):
        words = [*entrypoint, *(algorithm.get("ContainerArguments") or ())]
        return [_here(word, layout) for word in words]
    program = values.get("sagemaker_program")
    if program is None:
        raise CommandError("the job has neither `source` nor `entrypoint`: what its image runs is not on this machine")
    entry = layout.code / str(program)
    if not entry.is_file():
        raise CommandError(f"{program} is not in the source archive")
    words = arguments(of_the_script(values))
    if entry.suffix != ".py":
        entry.chmod(0o755)
        return ["/bin/sh", "-c", shlex.join([f"./{program}", *words])]
    if (layout.code / "setup.py").is_file():
        return [python, "-m", str(program).removesuffix(".py").replace("/", "."), *words]
    return [python, str(program), *words]


def _here(word: str, layout: Layout) -> str:
    return word.replace(_ROOT, str(layout.base))
