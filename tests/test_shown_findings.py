"""The messages of findings in the documentation still exist in the code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from helpers import ROOT

PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
_FINDING = re.compile(r"^(?:error|warning|note)\[(TS[0-9]{3})\](?: \[\*\])?: (.+)$", re.MULTILINE)
_FEWEST_LETTERS = 6
SHOWN = [
    pytest.param(message, id=f"{path.relative_to(ROOT).as_posix()}-{code}")
    for path in PAGES
    for code, message in _FINDING.findall(path.read_text(encoding="utf-8"))
]


def _pattern(node: ast.expr) -> str | None:
    """A string literal as a regular expression that accepts anything for the inserted values of an f-string."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [str(part.value) if isinstance(part, ast.Constant) else None for part in parts]
    letters = sum(each.isalpha() for text in texts for each in text or "")
    return "".join(".+" if text is None else re.escape(text) for text in texts) if letters >= _FEWEST_LETTERS else None


def _literals(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr | ast.Constant) and (pattern := _pattern(node)):
            yield pattern


@cache
def _messages() -> tuple[re.Pattern[str], ...]:
    files = (ROOT / "compiler/trainspec").rglob("*.py")
    return tuple(re.compile(pattern) for pattern in {each for path in files for each in _literals(path)})


@pytest.mark.parametrize("message", SHOWN)
def test_the_message_exists(message: str) -> None:
    assert any(pattern.fullmatch(message) for pattern in _messages())


def test_findings_are_shown() -> None:
    assert len(SHOWN) >= 15
