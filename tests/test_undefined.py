"""Any value of a valid spec may name a variable that is not defined: that is a finding, and nothing else breaks."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from trainspec.options import Options
from trainspec.pipeline import analyse
from trainspec.text.source import Source

from helpers import ROOT

SPECS = [
    path
    for path in sorted([*(ROOT / "tests" / "cases").glob("good_*/spec.yaml"), *(ROOT / "specs").rglob("*.yaml")])
    if not {"base", "policies"} & {*path.parts}
]
STRICT = Options(operators=("only.mine.*",), callbacks=("only.mine.*",))
"""Settings that make checks read operators and callbacks, too."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each value below `value`."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, below in value.items():
            yield from places(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from places(below, (*path, index))


def damaged(data: Any, path: tuple[Any, ...]) -> Source:
    """The spec with an undefined variable instead of one value, as JSON."""
    changed = copy.deepcopy(data)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = "${vars.not_there}"
    return Source("specs/spec.yaml", json.dumps(changed, default=str))


@pytest.mark.slow
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.parent.name + "-" + path.stem)
def test_an_undefined_variable_is_a_finding_wherever_it_stands(path: Path) -> None:
    data = YAML(typ="safe").load(path.read_text())
    for at in places(data):
        is_reported = bool(analyse(damaged(data, at), STRICT).findings)
        assert is_reported or at[0] == "defaults", at  # a default that every job replaces is not read
