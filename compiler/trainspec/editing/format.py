"""`trainspec fmt`: a spec in its canonical form. What it says, and every comment in it, stays."""

import re
from collections import Counter
from dataclasses import dataclass

from trainspec.diagnostics import Diagnostic
from trainspec.editing.equivalence import is_same
from trainspec.editing.layout import UnusualLayoutError, laid_out
from trainspec.editing.ordering import in_order
from trainspec.editing.shape import shape_of
from trainspec.language.order import document
from trainspec.text.parse import parse
from trainspec.text.source import Source

_BREAK = re.compile(r"\r\n|\n")
_OTHER_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Formatted:
    """The text in its canonical form; or, if it stays unchanged, what is wrong with it or why."""

    text: str
    findings: tuple[Diagnostic, ...] = ()
    refusal: str | None = None


def formatted(source: Source) -> Formatted:
    """The text of `source` in canonical form, with the keys in the language's order and all comments kept.

    The indentation is two spaces, and there is at most one blank line in a row.

    What is between brackets, in quotes or in a block scalar is not changed, except for the order of the keys.
    """
    tree, findings = parse(source)
    if findings or tree is None:
        return Formatted(source.text, tuple(findings))
    if _OTHER_BREAKS.search(source.text):
        return Formatted(source.text, refusal="it contains line endings that are neither LF nor CRLF")
    text = _formatted(source.text)
    after, wrong = parse(Source(source.name, text))
    if wrong or not is_same(tree, after) or _signs(text) != _signs(source.text):
        return Formatted(source.text, refusal="its canonical form would have another meaning")
    return Formatted(text)


def _formatted(text: str) -> str:
    root = shape_of(text)
    if root is None:
        return text
    text = in_order(text, root, document())
    first = _BREAK.search(text)
    end = first.group() if first else "\n"
    lines = _BREAK.split(text)
    if not lines[-1]:
        lines.pop()
    root = shape_of(text)
    if root is not None and root.is_block:
        try:
            lines = laid_out(lines, root, document())
        except UnusualLayoutError:
            return text
    return "".join(line + end for line in lines)


def _signs(text: str) -> Counter[str]:
    """All that is written, without spaces."""
    return Counter(_BLANKS.sub("", text))
