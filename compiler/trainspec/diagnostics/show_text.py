"""Findings for a person at a terminal: the place, the source line with a marker under it, what to do."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from trainspec.diagnostics.excerpt import WIDEST, Lines, Mark, excerpt, visible
from trainspec.diagnostics.links import link
from trainspec.diagnostics.model import Code, Diagnostic, Severity
from trainspec.diagnostics.words import cut

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_LABEL_COLOUR = "34"
_MOST_CODES = 4
"""So many codes the last line names, to be explained."""


def show(
    findings: Sequence[Diagnostic],
    lines: Lines,
    counts: Mapping[Severity, int] | None = None,
    *,
    colour: bool = False,
) -> Iterator[str]:
    """One block of lines for each finding, then their count and what explains their codes.

    With `color`, the text is for a terminal: codes are links, too. `counts` are those of all findings where not all of
    them are shown.
    """
    for found in findings:
        yield "\n".join(_block(found, lines, colour)) + "\n"
    counts = counts or Counter(found.severity for found in findings)
    found_in_all = [
        f"{counts[each]:,} {each.value}{'s' if counts[each] > 1 else ''}" for each in Severity if counts.get(each)
    ]
    if found_in_all:
        ids = sorted({found.code.id for found in findings})
        yield f"Found {', '.join(found_in_all)}. `trainspec explain {' '.join(ids[:_MOST_CODES])}` says more."
        if fixable := sum(found.fix is not None for found in findings):
            yield f"[*] {fixable:,} fixable with `trainspec lint --fix`."


def _block(found: Diagnostic, lines: Lines, colour: bool) -> Iterator[str]:
    def paint(text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if colour else text

    hue = _COLOURS[found.severity]
    head = paint(f"{found.severity.value}[{_linked(found.code, colour)}]", f"1;{hue}")
    mark = paint(" [*]", "36") if found.fix else ""
    yield f"{head}{mark}: {visible(found.message)}"
    marks = [Mark(found.span, "^~", "", lambda text: paint(text, hue))]
    marks += [Mark(label.span, "-", label.text, lambda text: paint(text, _LABEL_COLOUR)) for label in found.labels]
    notes = []
    if found.field and not _is_named(found.field, found.message):
        notes.append(f"field: {visible(cut(found.field, WIDEST))}")
    if found.member and not (found.field or "").endswith(found.member) and found.member not in found.message:
        notes.append(f"request member: {visible(cut(found.member, WIDEST))}")
    if found.advice:
        notes.append(f"{paint('help', '1')}: {visible(found.advice)}")
    yield from excerpt(marks, lines, notes)


def _is_named(field: str, message: str) -> bool:
    """Whether the message names the field, or its last key and the map that it is in."""
    above, _, key = field.rpartition(".")
    return f"`{field}" in message or (f"`{above}`" in message and key in message)


def _linked(code: Code, is_terminal: bool) -> str:
    """The code, which a terminal that knows of links lets one click on."""
    return f"\x1b]8;;{link(code)}\x1b\\{code.id}\x1b]8;;\x1b\\" if is_terminal else code.id
