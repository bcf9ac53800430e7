"""The list of frameworks and algorithms, for `trainspec explain framework`."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from trainspec.request.images.table import Image, load_table
from trainspec.request.images.versions import version_key


class VersionInfo(NamedTuple):
    """One version: what there is to choose from, and where. `built_on` has bases such as `pytorch 2.1.0`."""

    version: str
    aliases: tuple[str, ...]
    python: tuple[str, ...]
    processors: tuple[str, ...]
    built_on: tuple[str, ...]
    regions: tuple[str, ...]


class ImageInfo(NamedTuple):
    """A framework or algorithm with its versions, the newest first."""

    name: str
    versions: tuple[VersionInfo, ...]


@cache
def frameworks() -> Mapping[str, ImageInfo]:
    """What `framework: {name: …}` knows, by name."""
    return _catalogue(lambda image: image.is_framework)


@cache
def algorithms() -> Mapping[str, ImageInfo]:
    """What `algorithm: name@version` knows, by name."""
    return _catalogue(lambda image: image.is_algorithm)


def _catalogue(wanted: Callable[[Image], bool]) -> dict[str, ImageInfo]:
    images = load_table().images
    return {name: ImageInfo(name, _versions(images[name])) for name in sorted(images) if wanted(images[name])}


def _versions(image: Image) -> tuple[VersionInfo, ...]:
    versions = sorted({build.version for build in image.builds}, key=version_key, reverse=True)
    return tuple(_version(image, version) for version in versions)


def _version(image: Image, version: str) -> VersionInfo:
    builds = [build for build in image.builds if build.version == version]

    def union(*groups: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({each for group in groups for each in group}, key=lambda each: (version_key(each), each)))

    return VersionInfo(
        version,
        union(*(build.aliases for build in builds)),
        union(*(build.python for build in builds)),
        tuple(sorted({processor for build in builds for processor in build.tags})),
        tuple(f"{build.base} {build.bases[0]}" for build in builds if build.base),
        tuple(sorted({region for build in builds for region in build.accounts})),
    )
