"""Quick fixes: what `lint --fix` would write, one finding at a time or all at once; and comments that silence one."""

from collections.abc import Iterator, Sequence

from lsprotocol.types import CodeAction, CodeActionKind, Range, TextEdit, WorkspaceEdit
from lsprotocol.types import Diagnostic as Shown
from trainspec.diagnostics import Diagnostic, Fix
from trainspec.diagnostics.codes import can_be_ignored
from trainspec.diagnostics.excerpt import visible
from trainspec.lsp.checking import Checker
from trainspec.lsp.documents import Document
from trainspec.lsp.show import shown
from trainspec.safety.masking import conceal_all

FIX_ALL = "source.fixAll.trainspec"
_LONGEST_TITLE = 80


def actions(checker: Checker, document: Document, wanted: Range, only: Sequence[str] | None) -> list[CodeAction]:
    """The actions for the findings within a range, and one that fixes all if there are several."""
    known, findings = checker.found.get(document.uri, (document, ()))
    if known is not document:
        return []
    found = list(_quick_fixes(checker, document, findings, wanted)) if _asks(only, CodeActionKind.QuickFix) else []
    if _asks(only, FIX_ALL):
        found += _fix_all(checker, document, findings)
    return found


def _asks(only: Sequence[str] | None, kind: str) -> bool:
    """Whether an editor requests actions of a kind: it names that kind, or one that contains it."""
    return not only or any(kind == each or kind.startswith(f"{each}.") for each in only)


def _quick_fixes(
    checker: Checker, document: Document, findings: Sequence[Diagnostic], wanted: Range
) -> Iterator[CodeAction]:
    for finding in findings:
        here = document.places.of(finding.span)
        if here.end.line < wanted.start.line or here.start.line > wanted.end.line:
            continue
        shown_as = [shown(document, finding, checker.documents)]
        if finding.fix is not None and (edit := _edit(checker, document, [finding.fix])) is not None:
            title = _title(document, finding)
            yield CodeAction(title, CodeActionKind.QuickFix, diagnostics=shown_as, is_preferred=True, edit=edit)
        if can_be_ignored(finding.code):
            yield _silence(document, finding, shown_as)


def _title(document: Document, finding: Diagnostic) -> str:
    """What a fix does, in a line: what it writes instead of what, or else the finding's advice."""
    edits = finding.fix.edits if finding.fix else ()
    if len(edits) == 1 and edits[0].span.path == document.name:
        old, new = document.source.at(edits[0].span), edits[0].text
        if old.isprintable() and new.isprintable() and new and len(old) + len(new) <= _LONGEST_TITLE:
            return conceal_all(f"Replace `{old}` with `{new}`")
    advice = visible(conceal_all(finding.advice or f"fix {finding.code.id}"))
    return advice[:1].upper() + advice[1:]


def _fix_all(checker: Checker, document: Document, findings: Sequence[Diagnostic]) -> Iterator[CodeAction]:
    from trainspec.editing.apply_fixes import at_once

    fixed = at_once(document.source, findings)
    if fixed is None:
        return
    text, count = fixed
    whole = document.places.range(0, len(document.source.text))
    edit = WorkspaceEdit(changes={document.uri: [TextEdit(whole, text)]})
    yield CodeAction(f"Fix {count} finding{'s' if count != 1 else ''} of trainspec", FIX_ALL, edit=edit)


def _edit(checker: Checker, document: Document, fixes: Sequence[Fix]) -> WorkspaceEdit | None:
    """The edits of fixes, in all their files; None if one of these cannot be read."""
    changes: dict[str, list[TextEdit]] = {}
    for each in (edit for fix in fixes for edit in fix.edits):
        if each.span.path == document.name:
            places = document.places
        else:
            source = checker.documents.source(document.project, each.span.path)
            if source is None:
                return None
            places = checker.documents.places(source)
        uri = checker.documents.uri_of(document.project, each.span.path)
        changes.setdefault(uri, []).append(TextEdit(places.of(each.span), each.text))
    return WorkspaceEdit(changes=dict(changes.items()))


def _silence(document: Document, finding: Diagnostic, shown_as: list[Shown]) -> CodeAction:
    """A comment at the end of the finding's line, or one more code in the comment that is there."""
    text = document.source.text
    start, _ = document.source.offsets(finding.span)
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    end -= text[:end].endswith("\r")
    begin = text.rfind("\n", 0, start) + 1
    there = text.find("trainspec: ignore[", begin, end)
    if there >= 0:
        at = there + len("trainspec: ignore[")
        edit = TextEdit(document.places.range(at, at), f"{finding.code.id}, ")
    else:
        edit = TextEdit(document.places.range(end, end), f"  # trainspec: ignore[{finding.code.id}]")
    return CodeAction(
        f"Silence {finding.code.id} on this line",
        CodeActionKind.QuickFix,
        diagnostics=shown_as,
        edit=WorkspaceEdit(changes={document.uri: [edit]}),
    )
