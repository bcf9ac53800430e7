"""docs/guarantees.md is true: the tests that it names exist, and its table is what was recorded."""

import ast
import re
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PAGE = (REPOSITORY / "docs" / "guarantees.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/\S+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "function"), NAMED)
def test_a_named_test_exists(file: str, function: str) -> None:
    tree = ast.parse((REPOSITORY / file).read_text())
    assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_tests_are_named() -> None:
    assert len(NAMED) > 10


@pytest.mark.parametrize("kind", ["training", "tuning"])
def test_the_table_is_what_was_recorded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(REPOSITORY / "tests" / "airflow" / "faults"), *sys.path])
    from record import page_with, records

    assert records(kind)
    assert page_with(records(kind), PAGE, kind) == PAGE
