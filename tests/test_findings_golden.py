"""The complete text of the findings in every code's bad example, character for character: tests/findings/<code>.txt.

`pytest --update-cases` rewrites them.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from trainspec.diagnostics import Diagnostic
from trainspec.diagnostics.formats import Report, render
from trainspec.pipeline import Options, analyse
from trainspec.reference.codes import Explained, all_codes
from trainspec.reference.fixable import spec_with
from trainspec.text.source import Source, decode

from helpers import Golden

GOLDEN = Path(__file__).parent / "findings"
CODES = [known for known in all_codes() if known.bad is not None]


def _shown(example: str) -> str:
    text = spec_with(example)
    source = decode(text.encode(), "example.yaml")
    findings: Sequence[Diagnostic] = (
        (source,) if isinstance(source, Diagnostic) else analyse(source, Options()).findings
    )
    lines = Source("example.yaml", text).lines()
    return "\n".join(render("text", Report(findings, lambda _: lines))) + "\n"


@pytest.mark.parametrize("known", CODES, ids=lambda known: known.code.id)
def test_text(known: Explained, golden: Golden) -> None:
    golden({GOLDEN / f"{known.code.id}.txt": _shown(known.bad or "")})


def test_no_text_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {known.code.id for known in CODES}


def test_there_are_many() -> None:
    assert len(CODES) >= 60
    first = [(GOLDEN / f"{known.code.id}.txt").read_text(encoding="utf-8").splitlines()[0] for known in CODES]
    twice = [line for line, count in Counter(first).items() if count > 1]
    assert twice == [], "each example begins with a finding of its own: these do not, see tests/findings/"
