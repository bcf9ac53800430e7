"""Findings for a person at a terminal: the place, the source line with a marker under it, what to do."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from trainspec.diagnostics.model import Diagnostic, Severity, Span

Lines = Callable[[str], Sequence[str]]
"""Gives the lines of a file by the name that spans use; none where it cannot be read."""

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_WIDEST = 160


def show(findings: Iterable[Diagnostic], lines: Lines, *, colour: bool = False) -> Iterator[str]:
    """One block of lines for each finding, then their count."""
    counts = dict.fromkeys(Severity, 0)
    for found in findings:
        counts[found.severity] += 1
        yield "\n".join(_block(found, lines, colour)) + "\n"
    told = [f"{count} {severity.value}{'s' if count > 1 else ''}" for severity, count in counts.items() if count]
    if told:
        yield f"Found {', '.join(told)}."


def _block(found: Diagnostic, lines: Lines, colour: bool) -> Iterator[str]:
    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour else text

    hue = _COLOURS[found.severity]
    head = paint(f"{found.severity.value}[{found.code.id}]", f"1;{hue}")
    yield f"{head}: {_visible(found.message)}"
    yield from _excerpt(found.span, lines, lambda text: paint(text, hue))
    for label in found.labels:
        yield f"  {label.text}:"
        yield from _excerpt(label.span, lines, lambda text: paint(text, "34"))
    if found.member:
        yield f"  = request member: {_visible(found.member)}"
    if found.advice:
        yield f"  = {paint('help', '1')}: {_visible(found.advice)}"


def _excerpt(span: Span, lines: Lines, paint: Callable[[str], str]) -> Iterator[str]:
    yield f"  --> {_visible(span.path)}:{span.line}:{span.column}"
    text = dict(enumerate(lines(span.path), start=1)).get(span.line)
    if text is None:
        return
    number = str(span.line)
    shown = "".join(" " if each == "\t" or not each.isprintable() else each for each in text)
    end = span.end_column if span.end_line == span.line else len(text) + 1
    start, width = span.column - 1, max(1, end - span.column)
    cut = max(0, start - _WIDEST // 2) if len(shown) > _WIDEST else 0
    shown, start = shown[cut : cut + _WIDEST], start - cut
    marker = paint("^" + "~" * min(width - 1, max(0, len(shown) - start - 1)))
    gutter = " " * len(number)
    yield f" {gutter} |"
    yield f" {number} | {shown}"
    yield f" {gutter} | {' ' * start}{marker}"


def _visible(text: str) -> str:
    """`text` without characters that could move the cursor or hide in a terminal."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
