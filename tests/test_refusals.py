"""The mistakes of tests/refusals are found, and nothing is reported about the valid jobs next to them."""

import pytest

from helpers import ROOT
from refusals.count import Case, alarms, cases, is_found

CASES = list(cases())


def test_there_are_many() -> None:
    assert len(CASES) >= 250
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.slow
def test_most_are_found() -> None:
    missed = [case.name for case in CASES if not is_found(case)]
    assert len(missed) <= len(CASES) // 20, missed


GOOD = {case.name.partition(":")[0]: case for case in CASES}


@pytest.mark.parametrize("case", GOOD.values(), ids=GOOD)
def test_nothing_is_said_of_a_sound_job(case: Case) -> None:
    assert alarms(case) == []


def test_readme_states_the_figure() -> None:
    known = list(cases())
    assert f"{len(known)} of {len(known)} found," in (ROOT / "README.md").read_text(encoding="utf-8")
