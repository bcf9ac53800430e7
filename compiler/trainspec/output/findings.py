"""What is wrong with generated files, as findings: where a file differs, or what of the spec it is missing for."""

from collections.abc import Collection
from itertools import zip_longest

from trainspec.diagnostics import Diagnostic, Label, Span, codes
from trainspec.output.changes import Change, Kind
from trainspec.output.header import read_header

_SPEC_LINE, _INPUTS_LINE, _BODY = 2, 4, 7
"""The lines of a header that name the spec and the digest of the inputs, and the first one behind it."""


def diagnose(change: Change, name: str, spec: Span | None, specs_of_run: Collection[str], command: str) -> Diagnostic:
    """The finding about a file that is not as it should be.

    `name` is the file's, from the project's root; `spec` the place in the spec that says it shall be there, None where
    none of the `specs_of_run` does. `command` writes what the run compared.
    """
    rebuild = f"run `{command}`"
    labels = (Label(spec, "made from this spec"),) if spec else ()
    match change.kind:
        case Kind.MISSING if spec:
            return Diagnostic(codes.MISSING, spec, f"`{name}` is missing", rebuild)
        case Kind.STALE:
            message = f"`{name}` is stale: it is not what its spec compiles to"
            return Diagnostic(codes.STALE, _difference(change, name), message, rebuild, labels=labels)
        case Kind.ORPHAN:
            message = f"`{name}` is orphaned: {_why(change, specs_of_run)}"
            return Diagnostic(codes.ORPHAN, _line(change, name, _SPEC_LINE), message, f"{rebuild}: it removes the file")
        case Kind.EDITED if change.new is None:
            message = f"`{name}` was edited by hand, and is orphaned: {_why(change, specs_of_run)}"
            advice = f"keep what you need of it, then run `{command} --force`: it removes the file"
            return Diagnostic(codes.EDITED, _line(change, name, _SPEC_LINE), message, advice)
        case Kind.EDITED:
            message = f"`{name}` was edited by hand"
            advice = f"move your changes into the spec, then run `{command} --force`"
            return Diagnostic(codes.EDITED, _difference(change, name), message, advice, labels=labels)
        case Kind.FOREIGN:
            message = f"`{name}` is not written by trainspec, and stands where this DAG's file belongs"
            advice = f"give the DAG another `id`, or move the file; `{command} --force` overwrites it"
            return Diagnostic(codes.FOREIGN, spec or _line(change, name, 1), message, advice)
        case _:
            return Diagnostic(codes.MISSING, _line(change, name, 1), f"`{name}` is missing", rebuild)


def _why(change: Change, specs_of_run: Collection[str]) -> str:
    header = read_header(change.old or "")
    if header is None:
        return "no job makes it any more"
    spec = header.spec
    return f"`{spec}` makes another DAG" if spec in specs_of_run else f"`{spec}` is gone"


def _difference(change: Change, name: str) -> Span:
    """The first line that differs; of the header, which always does, only if nothing else does."""
    lines = zip_longest((change.old or "").splitlines(), (change.new or "").splitlines())
    different = [number for number, (old, new) in enumerate(lines, start=1) if old != new]
    is_generated = read_header(change.old or "") is not None
    return _line(change, name, next((n for n in different if n >= _BODY or not is_generated), _INPUTS_LINE))


def _line(change: Change, name: str, number: int) -> Span:
    lines = (change.old or "").splitlines() or [""]
    number = min(number, len(lines))
    text = lines[number - 1]
    return Span(name, number, len(text) - len(text.lstrip()) + 1, number, len(text) + 1)
