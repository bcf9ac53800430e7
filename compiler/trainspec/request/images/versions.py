"""Versions of images as numbers, and which are near to one that does not exist."""

import re
from collections.abc import Iterable
from itertools import zip_longest


def version_key(version: str) -> tuple[int, ...]:
    """The numbers of a version, which order it: (1, 4, 2) for `1.4-2`. Words, such as `latest`, have none."""
    return tuple(int(number) for number in re.findall(r"[0-9]+", version))


def nearest_versions(wanted: str | None, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """The versions of `known` that differ least from `wanted`, the newer one first of two; the newest without one."""
    newest = sorted(dict.fromkeys(known), key=version_key, reverse=True)
    numbers = version_key(wanted or "")
    if not numbers:
        return tuple(newest[:count])

    def distance(version: str) -> list[int]:
        return [abs(a - b) for a, b in zip_longest(numbers, version_key(version), fillvalue=0)]

    return tuple(sorted(newest, key=distance)[:count])
