"""The names of AWS's regions, as far as the table of images knows them."""

from trainspec.diagnostics import did_you_mean
from trainspec.request.images.table import load_table


def not_a_region(name: str) -> str | None:
    """Why `name` is not a region, with the likely one; None if it may be: AWS opens new ones in the areas it has."""
    known = load_table().suffixes
    if name in known or _area(name) in {_area(each) for each in known}:
        return None
    near = did_you_mean(name, known)
    return f"there is no AWS region `{name}`{f': {near}' if near else ''}"


def _area(region: str) -> str:
    return region.rpartition("-")[0]
