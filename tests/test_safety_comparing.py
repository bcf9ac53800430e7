"""Differences between texts: as difflib finds them, and limited if it would take forever."""

import difflib

from hypothesis import given
from hypothesis import strategies as st
from trainspec.safety.comparing import changes, unified

from cpu_time import cpu_seconds

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "# same\n", "\n"]), max_size=30)


@given(LINES, LINES)
def test_as_difflib(old: list[str], new: list[str]) -> None:
    plain = difflib.SequenceMatcher(None, old, new, autojunk=False)
    assert changes(old, new) == plain.get_opcodes()
    assert list(unified(old, new, "x", "y")) == list(difflib.unified_diff(old, new, "x", "y"))


@given(LINES, LINES)
def test_beyond_the_steps_nothing_is_lost(old: list[str], new: list[str]) -> None:
    made: list[str] = []
    for kind, first, last, start, stop in changes(old, new, steps=0):
        assert (kind == "equal") == (old[first:last] == new[start:stop])
        made += new[start:stop]
    assert made == new


def test_lines_that_occur_often() -> None:
    comments = [f"# {number % 150}\n" for number in range(54_000)]
    old, new = list(comments), list(comments)
    for number in range(900):
        old[number * 60], new[number * 60] = f"a{number}:  1\n", f"a{number}: 1\n"
    with cpu_seconds(at_most=5):
        shown = list(unified(old, new, "x", "y"))
    assert [line[1:] for line in shown if line.startswith("+a")] == new[:54_000:60]
