"""Whatever is typed, and wherever the cursor is: every request has a response, and nothing is raised."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, Range
from room import BASE, SPEC, Room
from trainspec.lsp.actions import actions
from trainspec.lsp.completion import complete
from trainspec.lsp.formatting import edits
from trainspec.lsp.hover import hover
from trainspec.lsp.lens import lenses, request_of
from trainspec.lsp.navigation import RenameError, definition, prepare_rename, references, rename
from trainspec.lsp.symbols import symbols

PIECES = (
    "${", "}", "{", "[", "]", ": ", "- ", "\n", "  ", "'", '"', "&a ", "*a", "|", "#", "é😀", "\u2028", "\r", "\t",
    "<<: ", "!!x ", "?", "{{", "}}", "vars.", "jobs.", "null", "trainspec: 1\n", "${vars.data}", "environments:\n",
)  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Room:
    room = Room(Path(tmp_path_factory.mktemp("hostile")))
    room.write("base.yaml", BASE)
    return room


@pytest.mark.slow
@given(st.data())
def test_every_question_has_an_answer(shared: Room, data: st.DataObject) -> None:
    text = SPEC
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.sampled_from((0, 0, 1, 5, 40, 300))))
        text = text[:start] + "".join(data.draw(st.lists(st.sampled_from(PIECES), max_size=3))) + text[end:]
    document = shared.open("churn.yaml", text)
    shared.checker.check(document)
    lines = text.count("\n") + 2
    position = Position(data.draw(st.integers(0, lines)), data.draw(st.integers(0, 90)))
    complete(shared.checker, document, position)
    hover(shared.checker, document, position)
    definition(shared.checker, document, position)
    references(shared.checker, document, position, include_declaration=True)
    prepare_rename(document, position)
    with contextlib.suppress(RenameError):
        rename(shared.checker, document, position, data.draw(st.sampled_from(("x", "", "a b", "${y}"))))
    actions(shared.checker, document, Range(Position(0, 0), position), None)
    symbols(document)
    edits(document)
    for lens in lenses(document):
        assert lens.command is not None
        assert lens.command.arguments is not None
        request_of(shared.checker, document, str(lens.command.arguments[1]))
