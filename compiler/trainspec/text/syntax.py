"""libyaml's errors as findings: where they are, what is wrong in an author's words, and what to do about it."""

import re
from typing import Any

from trainspec.diagnostics import Diagnostic, Edit, Fix, Label, Span, codes
from trainspec.diagnostics.words import cut
from trainspec.text.complaints import begins, complaint
from trainspec.text.source import Source

_TEMPLATE = re.compile(r"""\{\{[^{}"\\\r\n]*\}\}(?=[ \t]*(?:[,}\]\r\n]|[ \t]#|\Z))""")
_NO_BREAK = re.compile(" *\xa0")
_KEY_AND_VALUE = re.compile(r"([A-Za-z_][\w.-]*) *[: =] *(\S.*)")


def syntax_finding(error: Any, source: Source) -> Diagnostic:
    """The finding for an error of libyaml."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    problem = getattr(error, "problem", None) or str(error)
    context = getattr(error, "context", None) or ""
    begin = getattr(error, "context_mark", None)
    lines = source.lines()
    span = Span(source.name, line, column, line, column + 1)
    labels: tuple[Label, ...] = ()
    if begin is not None and (begin.line, begin.column) != (line - 1, column - 1):
        start = Span(source.name, begin.line + 1, begin.column + 1, begin.line + 1, begin.column + 2)
        if "quoted scalar" in context and "end of stream" in problem:
            return Diagnostic(codes.SYNTAX, start, "the quote that opens here is never closed", "close it")
        labels = (Label(start, begins(context)),)
    spaces = next((at for at in range(max(0, line - 3), min(line, len(lines))) if _NO_BREAK.match(lines[at])), None)
    if spaces is not None:
        column = lines[spaces].index("\xa0") + 1
        span = Span(source.name, spaces + 1, column, spaces + 1, column + 1)
        message = "the indentation contains a no-break space, which YAML does not accept"
        return Diagnostic(codes.SYNTAX, span, message, "write ordinary spaces")
    if "could not find expected ':'" in problem and begin is not None and begin.line < len(lines):
        key = lines[begin.line].strip()
        span = Span(source.name, begin.line + 1, begin.column + 1, begin.line + 1, len(lines[begin.line].rstrip()) + 1)
        found = _KEY_AND_VALUE.match(key)
        written = f"{found[1]}: {cut(found[2], 80)}" if found else "KEY: VALUE"
        return Diagnostic(codes.SYNTAX, span, "there is no `: ` between a key and its value", f"write `{written}`")
    text = lines[line - 1] if line <= len(lines) else ""
    message, advice = complaint(context, problem, text, column)
    return Diagnostic(codes.SYNTAX, span, message, advice, labels=labels)


def quoted_template(source: Source, start: Any) -> Fix | None:
    """The fix that puts the template at the mark `start` in quotes, if it is the whole value."""
    template = _TEMPLATE.match(source.text, start.index)
    if template is None:
        return None
    line, column = start.line + 1, start.column + 1
    span = Span(source.name, line, column, line, column + len(template.group()))
    return Fix((Edit(span, f'"{template.group()}"'),))
