"""Bounds on CPU time: more work exceeds them, a slower process does not."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from trainspec.importers.dag_file import import_dag_file

from cpu_time import cpu_seconds
from helpers import ROOT


def work() -> None:
    import_dag_file((ROOT / "tests/imports/dag_with_block.py").read_text())


@contextmanager
def slowed() -> Iterator[None]:
    """Whatever Python calls inside takes many times longer."""
    before = sys.getprofile()
    sys.setprofile(lambda *_: sum(range(30)))
    try:
        yield
    finally:
        sys.setprofile(before)


def seconds() -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def spin(duration: float) -> None:
    end = time.process_time() + duration
    while time.process_time() < end:
        pass


def test_a_slower_process_is_given_more() -> None:
    work()
    bound = min(seconds() for _ in range(5)) * 3
    with slowed():
        assert seconds() > bound
        with cpu_seconds(at_most=bound):
            work()


def test_more_work_is_too_much() -> None:
    with pytest.raises(AssertionError, match="CPU seconds, at most"), cpu_seconds(at_most=0.01):
        spin(0.5)
