"""The language server at the limits of a file: every request about a place is answered soon."""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from families import FEATURES, family
from lsprotocol.types import Position, Range
from test_budget import HARDEST, MEGABYTES, SECONDS, SLACK, measured
from trainspec.lsp.actions import actions
from trainspec.lsp.checking import Checker
from trainspec.lsp.completion import complete
from trainspec.lsp.documents import Document, Documents
from trainspec.lsp.formatting import edits
from trainspec.lsp.hover import hover
from trainspec.lsp.lens import lenses, request_of
from trainspec.lsp.navigation import RenameError, definition, prepare_rename, references, rename
from trainspec.lsp.symbols import symbols

from cpu_time import is_within


def questions(checker: Checker, document: Document) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What an editor asks about a document, at its first job and in its middle."""
    text = document.source.text
    yield "check", partial(checker.check, document)
    for offset in (text.index("train:") + 2, len(text) // 2, text.index("image:") + 7):
        at = document.places.position(offset)
        yield "complete", partial(complete, checker, document, at)
        yield "hover", partial(hover, checker, document, at)
        yield "definition", partial(definition, checker, document, at)
        yield "references", partial(references, checker, document, at, include_declaration=True)
        yield "prepare_rename", partial(prepare_rename, document, at)
        yield "rename", partial(_rename, checker, document, at)
    yield "actions", partial(actions, checker, document, Range(Position(0, 0), at), None)
    yield "symbols", partial(symbols, document)
    yield "format", partial(edits, document)
    yield "lenses", partial(lenses, document)
    yield "request", partial(request_of, checker, document, "train")


def _rename(checker: Checker, document: Document, at: Position) -> None:
    with suppress(RenameError):
        rename(checker, document, at, "another")


def _asked() -> int:
    """Ask everything about the project's spec, and return 1 for a slow answer, 3 for an exception."""
    documents = Documents()
    path = Path.cwd() / "specs" / "x.yaml"
    document = documents.put(path.as_uri(), 1, path.read_text(encoding="utf-8"))
    assert document is not None
    for name, ask in questions(Checker(documents), document):
        before = process_time()
        try:
            ask()
        except Exception:
            traceback.print_exc()
            return 3
        if not is_within(SECONDS * SLACK, took := process_time() - before):
            print(f"{name}: {took:.1f} s", file=sys.stderr)  # noqa: T201
            return 1
    return 0


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*HARDEST, *FEATURES}))
def test_every_question_is_answered_soon(name: str) -> None:
    if name == "secrets":
        measured(family(name), _asked, is_forked=False)
    code, _, megabytes = measured(family(name), _asked)
    assert code == 0
    assert megabytes <= MEGABYTES
