"""Versions of images as numbers, and which are near to one that does not exist."""

import re
from collections.abc import Iterable


def version_key(version: str) -> tuple[int, ...]:
    """The numbers of a version, which order it: (1, 4, 2) for `1.4-2`. Words, such as `latest`, have none."""
    return tuple(int(number) for number in re.findall(r"[0-9]+", version))


def nearest_versions(wanted: str | None, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """The versions of `known` closest to `wanted`, the newer one first of two; the newest if it has no numbers.

    2.3.0, 2.4.0 and 2.2.0 are closest to 2.3.7; if 2.3 is wanted of 1.3 and 1.12, 1.12 is.
    """
    newest = sorted(dict.fromkeys(known), key=version_key, reverse=True)
    numbers = version_key(wanted or "")
    if not numbers:
        return tuple(newest[:count])

    def distance(version: str) -> tuple[int, int, bool, list[int]]:
        key = version_key(version)
        length = max(len(numbers), len(key))
        ours, theirs = (list(each) + [0] * (length - len(each)) for each in (numbers, key))
        shared = next((place for place in range(length) if ours[place] != theirs[place]), length)
        gap = theirs[shared] - ours[shared] if shared < length else 0
        # After the number that differs, the version closest to the wanted one is the highest below, the lowest above.
        rest = theirs[shared:] if gap > 0 else [-number for number in theirs[shared:]]
        return (-shared, abs(gap), gap < 0, rest)

    return tuple(sorted(newest, key=distance)[:count])
