"""What the base package brings onto a disk, with all that it needs."""

from pathlib import Path

from measure import Bench
from peers import packages, peer, trainspec
from table import Line

_NOT_INSTALLED = ("pip", "setuptools", "_virtualenv")


def base_package(bench: Bench) -> list[Line]:  # all rows are asked alike
    """The sizes of both environments' packages, without what Python makes of them."""
    ours, theirs = packages(trainspec()), packages(peer("check-jsonschema"))
    largest = sorted(((_size(each), each.name) for each in ours.iterdir() if each.is_dir()), reverse=True)[:6]
    note = ", ".join(f"{name} {size / 1e6:.1f}" for size, name in largest)
    ratio = _size(ours) / _size(theirs)
    return [
        Line(
            "install size",
            f"{_size(ours) / 1e6:.1f} MB",
            "check-jsonschema",
            f"{_size(theirs) / 1e6:.1f} MB",
            ratio,
            1.5,
            note,
        )
    ]


def _size(folder: Path) -> int:
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(_NOT_INSTALLED)
    )
