"""The table of images, read when it is first needed. `trainspec.request.images.derive` describes its content."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

TABLE = Path(__file__).with_name("images.json")


class Build(NamedTuple):
    """The images of one version of a framework or algorithm, one for each processor and Python version.

    `tags` maps processors to tags with `{version}`, `{base}` and `{python}` in them, `accounts` regions to the account
    that holds the repository there. `bases` are the ways to write the version of `base`, in full first.
    """

    version: str
    aliases: tuple[str, ...]
    repository: str
    accounts: Mapping[str, str]
    tags: Mapping[str, str]
    python: tuple[str, ...]
    base: str | None
    bases: tuple[str, ...]
    not_on: frozenset[str]

    @property
    def written(self) -> tuple[str, ...]:
        """All ways to write the version."""
        return (self.version, *self.aliases)


class Image(NamedTuple):
    """A framework or algorithm. `families` maps instance families to the tags that they replace."""

    name: str
    is_algorithm: bool
    builds: tuple[Build, ...]
    families: Mapping[str, Mapping[str, str]]

    @property
    def is_framework(self) -> bool:
        """Whether it runs a user's script: it has Python versions, or is not a built-in algorithm."""
        return not self.is_algorithm or any(build.python for build in self.builds)


class Table(NamedTuple):
    """All images, and the DNS suffix of each region that has ECR. `source` says what the table was derived from."""

    images: Mapping[str, Image]
    suffixes: Mapping[str, str]
    source: Mapping[str, str]


@cache
def load_table() -> Table:
    """The checked-in table. Shared between callers: not to be changed."""
    return read_table(json.loads(TABLE.read_text(encoding="utf-8")))


def read_table(data: Mapping[str, Any]) -> Table:
    """A table from its JSON."""
    registries = [_by_region(accounts) for accounts in data["registries"]]
    images = {
        name: Image(
            name,
            image.get("algorithm", False),
            tuple(_build(build, registries) for build in image["builds"]),
            image.get("families", {}),
        )
        for name, image in data["images"].items()
    }
    return Table(images, _by_region(data["hosts"]), data["source"])


def _build(data: Mapping[str, Any], registries: list[dict[str, str]]) -> Build:
    return Build(
        data["version"],
        tuple(data.get("aliases", ())),
        data["repository"],
        registries[data["registry"]],
        data["tags"],
        tuple(data.get("python", ())),
        data.get("base"),
        tuple(data.get("bases", ())),
        frozenset(data.get("not_on", ())),
    )


def _by_region(regions: Mapping[str, list[str]]) -> dict[str, str]:
    return {region: name for name, group in regions.items() for region in group}
