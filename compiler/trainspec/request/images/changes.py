"""What differs between two tables of images, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from trainspec.request.images.versions import version_key


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """List what table `new` has beyond `old`, lacks, or says differently; empty when nothing. `old` may be empty."""
    return [*_source(old, new), *_regions(old, new), *_images(old, new)]


def _source(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = old.get("source", {}).get("version"), new["source"]["version"]
    if before != after:
        yield f"{new['source']['package']}: {before or 'none'} → {after}"


def _regions(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = ({region for group in table.get("hosts", {}).values() for region in group} for table in (old, new))
    yield from (f"region {region} added" for region in sorted(after - before))
    yield from (f"region {region} removed" for region in sorted(before - after))


def _images(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*old.get("images", {}), *new["images"]}):
        before, after = _builds(old, name), _builds(new, name)
        for version in sorted({*before, *after}, key=lambda version: (version_key(version), version)):
            if version not in before:
                yield f"{name} {version} added"
            elif version not in after:
                yield f"{name} {version} removed"
            elif before[version] != after[version]:
                yield f"{name} {version} changed: {', '.join(_keys(before[version], after[version]))}"
        families = [table.get("images", {}).get(name, {}).get("families", {}) for table in (old, new)]
        if families[0] != families[1]:
            yield f"{name}: tags of instance families changed"


def _builds(table: Mapping[str, Any], name: str) -> dict[str, list[dict[str, Any]]]:
    """The builds of each version, with the accounts in the place of their index."""
    builds: dict[str, list[dict[str, Any]]] = {}
    for build in table.get("images", {}).get(name, {}).get("builds", ()):
        accounts = table["registries"][build["registry"]]
        builds.setdefault(build["version"], []).append({**build, "registry": accounts})
    return builds


def _keys(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """The members that differ between the builds of a version."""
    keys = sorted({key for build in (*before, *after) for key in build})
    return [key for key in keys if [build.get(key) for build in before] != [build.get(key) for build in after]]
