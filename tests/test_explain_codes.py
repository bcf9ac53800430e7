"""Every code is explained; the stages' bad examples yield their code. (Rules: test_rules.py.)"""

import pytest
from trainspec.diagnostics import Diagnostic
from trainspec.diagnostics.codes import CODES
from trainspec.pipeline import Options, analyse
from trainspec.reference.codes import Explained, all_codes
from trainspec.reference.fixable import spec_with
from trainspec.text.source import decode

STAGES = [each for each in all_codes() if each.code.id in CODES]
OF_A_FOLDER = {f"TS75{digit}" for digit in range(9)}
OF_SEVERAL_FILES = {
    "TS011",
    "TS012",
    "TS108",
    "TS205",
    "TS605",
    "TS606",
    "TS610",
    "TS620",
    "TS701",
    "TS702",
    "TS703",
    "TS705",
    *(f"TS{number}" for number in (*range(706, 713), 715, *range(900, 922))),
}


def _findings(fields: str) -> tuple[Diagnostic, ...]:
    source = decode(spec_with(fields).encode(), "example.yaml")
    return (source,) if isinstance(source, Diagnostic) else analyse(source, Options()).findings


@pytest.mark.parametrize("known", STAGES, ids=lambda known: known.code.id)
def test_examples(known: Explained) -> None:
    if known.code.id in OF_SEVERAL_FILES | OF_A_FOLDER:
        assert known.bad is None
        return
    assert known.bad
    assert known.good
    assert known.code.id in {found.code.id for found in _findings(known.bad)}
    assert not any(found.severity == "error" or found.code.id == known.code.id for found in _findings(known.good))


@pytest.mark.parametrize("known", all_codes(), ids=lambda known: known.code.id)
def test_text(known: Explained) -> None:
    assert known.text.strip()
    assert known.text[0].isupper() or known.text.startswith("`")
