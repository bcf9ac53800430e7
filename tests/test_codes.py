"""A code keeps its meaning: `codes.txt` lists each code with its only meaning, even after the code is removed."""

from collections import Counter
from pathlib import Path

from trainspec.diagnostics import Code, codes
from trainspec.rules.support import registry

LIST = Path(__file__).parent / "codes.txt"
RETIRED = "retired"


def _defined() -> list[tuple[str, str]]:
    """The id of each code with its constant of `diagnostics/codes.py`, or its module of `rules/`."""
    stages = [(value.id, name) for name, value in vars(codes).items() if isinstance(value, Code)]
    modules = ((name, registry._rule(name)) for name in registry._modules())
    return stages + [(rule.code.id, name) for name, rule in modules if rule]


def _listed() -> list[tuple[str, str]]:
    rows = (line.partition("#")[0].split() for line in LIST.read_text(encoding="utf-8").splitlines())
    return [(row[0], row[1]) for row in rows if row]


def test_every_code_is_defined_once() -> None:
    assert [code for code, times in Counter(code for code, _ in _defined()).items() if times > 1] == []


def test_every_code_is_listed_once_and_in_order() -> None:
    listed = [code for code, _ in _listed()]
    assert listed == sorted(set(listed))


def test_every_code_stands_for_what_is_listed() -> None:
    """Add a new code to the list; for a removed one, write `retired`; after a rename, change the name."""
    assert sorted(_defined()) == [each for each in _listed() if each[1] != RETIRED]
