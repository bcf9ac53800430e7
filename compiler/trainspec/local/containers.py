"""`--local`: a simulated account whose jobs really run, as processes of this machine."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from trainspec.container.run import Container, Machine
from trainspec.container.store import Store
from trainspec.packing.archive import write_archive
from trainspec.packing.source import Source
from trainspec.simulator.clock import ScaledClock
from trainspec.simulator.jobs import Account
from trainspec.simulator.outcomes import Outcome


class Containers:
    """Makes the containers of jobs, and ends those that still run.

    `folder` takes their trees, `python` runs their scripts; `inputs` are local files or folders by channel, `sources`
    the folders of code that replace archives in S3.
    """

    def __init__(self, folder: Path, python: str, inputs: Mapping[str, Path], sources: Iterable[Source]) -> None:
        self._archives = {source.uri: source for source in sources}
        self._machine = Machine(folder / "jobs", Store(folder / "s3"), python, inputs, self._archive)
        self._made: list[Container] = []
        self._is_over = False

    def __call__(self, request: Mapping[str, Any], region: str, arn: str) -> Container:
        """The container of a request. Raises OSError once all of them were ended."""
        if self._is_over:
            raise OSError("the run has ended")
        container = Container(request, self._machine, region, arn)
        self._made.append(container)
        return container

    def account(self, most_trials: int | None = None) -> Account:
        """An account whose jobs run here; of a tuning job no more than `most_trials` training jobs."""
        return Account(ScaledClock(), lambda _name, _request: Outcome(), executor=self, most_trials=most_trials)

    def end(self) -> None:
        """End at once whatever still runs; nothing starts any more."""
        self._is_over = True
        for container in self._made:
            container.kill()

    def _archive(self, uri: str, path: Path) -> bool:
        source = self._archives.get(uri)
        if source is None:
            return False
        with path.open("wb") as target:
            write_archive(source.listing, target)
        return True
