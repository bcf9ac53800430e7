"""The options of `run --local` and `simulate --exec`: data, Python and folder of the jobs that run on this machine."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from trainspec.diagnostics import did_you_mean
from trainspec.local.containers import Containers
from trainspec.local.run import LocalRun
from trainspec.project.project import UsageError


@contextmanager
def containers_for(local: LocalRun, arguments: argparse.Namespace) -> Iterator[Containers]:
    """The runner for the jobs of `local`. Raises UsageError for a channel without data, and for invalid options."""
    inputs = local_inputs(arguments.input)
    _check_channels(local, inputs)
    with folder_of(arguments.keep) as folder:
        containers = Containers(folder, python_of(arguments.python), inputs, local.analysis.sources.values())
        try:
            yield containers
        finally:
            containers.end()


@contextmanager
def folder_of(keep: str | None) -> Iterator[Path]:
    """The folder that takes the jobs' trees: a new one that goes with the run, or the one to keep."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="trainspec-", ignore_cleanup_errors=True) as name:
            yield Path(name)
        return
    folder = Path(keep).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--keep {keep}: {error.strerror}") from None
    if any(folder.iterdir()):
        raise UsageError(f"--keep {keep}: the folder is not empty")
    yield folder


def python_of(given: str | None) -> str:
    """The full path of the Python that runs scripts from other folders. A link is kept: it makes the venv."""
    found = shutil.which(given) if given else sys.executable
    if not found:
        raise UsageError(f"--python {given}: no such program")
    return str(Path(found).absolute())


def local_inputs(given: Iterable[str]) -> dict[str, Path]:
    """Files and folders by channel."""
    inputs = {}
    for pair in given:
        name, _, path = pair.partition("=")
        if not name or not path:
            raise UsageError(f"--input takes CHANNEL=PATH, not `{pair}`")
        if not Path(path).exists():
            raise UsageError(f"--input {pair}: no such file or folder")
        inputs[name] = Path(path)
    return inputs


def _check_channels(local: LocalRun, inputs: Mapping[str, Path]) -> None:
    channels = local.channels()
    known = {name for names in channels.values() for name in names}
    for name in inputs:
        if name not in known:
            near = did_you_mean(name, known) or (f"there are {', '.join(sorted(known))}" if known else "there are none")
            raise UsageError(f"--input {name}=...: no job that runs has a channel `{name}`; {near}")
    for job, names in channels.items():
        for name, is_made in names.items():
            if not is_made and name not in inputs:
                raise UsageError(
                    f"`jobs.{job}.inputs.{name}` is data in AWS: pass its path on this machine with --input {name}=PATH"
                )
