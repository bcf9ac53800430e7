"""Positions: what an editor counts, and what trainspec counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, PositionEncodingKind
from trainspec.diagnostics import Span
from trainspec.lsp.positions import Places
from trainspec.text.source import Source

TEXT = "a: é\nb: 😀x\r\nc: 1\rd"


@pytest.mark.parametrize(
    ("encoding", "character"),
    [(PositionEncodingKind.Utf16, 5), (PositionEncodingKind.Utf8, 7), (PositionEncodingKind.Utf32, 4)],
)
def test_units_are_the_clients(encoding: PositionEncodingKind, character: int) -> None:
    places = Places(Source("x", TEXT), encoding)
    assert places.position(TEXT.index("x")) == Position(1, character)
    assert places.offset(Position(1, character)) == TEXT.index("x")


@given(st.text("ab😀é\n\r\u2028\x85 ", max_size=40), st.sampled_from(list(PositionEncodingKind)))
def test_there_and_back(text: str, encoding: PositionEncodingKind) -> None:
    places = Places(Source("x", text), encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n" and (
            offset == 0 or offset == len(text) or text[offset] != "\n" or text[offset - 1] != "\r"
        ):
            assert places.offset(places.position(offset)) == offset


def test_lines_that_only_yaml_breaks_are_one_line_of_the_editor() -> None:
    text = "a: 'x\u2028y'\nb: 1\n"
    places = Places(Source("x", text))
    assert places.of(Span("x", 3, 1, 3, 2)).start == Position(1, 0)  # YAML's third line is the editor's second


def test_a_place_that_is_gone_is_the_beginning() -> None:
    assert Places(Source("x", "a")).of(Span("x", 9, 1, 9, 2)).start == Position(0, 0)
    assert Places(Source("x", "abc")).offset(Position(7, 3)) == 3
    assert Places(Source("x", "abc\nd")).offset(Position(0, 99)) == 3
