"""Findings about generated files: where a file differs, or which part of the spec a missing file belongs to."""

from collections.abc import Collection
from itertools import zip_longest

from trainspec.diagnostics import Diagnostic, Label, Span, codes
from trainspec.output.changes import Change, Kind
from trainspec.output.header import read_header

_SPEC_LINE = 2
"""The line of a header that names the spec."""

_CONFLICT = "\n<<<<<<< "
"""How the lines of a merge conflict in git begin."""


def diagnose(change: Change, name: str, spec: Span | None, specs_of_run: Collection[str], command: str) -> Diagnostic:
    """The finding about a file that is not as it should be.

    `name` is the file's, from the project's root; `spec` the place in the spec that requires it, None if
    none of the `specs_of_run` does. `command` writes what the run compared.
    """
    rebuild = f"run `{command}`"
    labels = (Label(spec, "generated from this spec"),) if spec else ()
    match change.kind:
        case Kind.MISSING if spec:
            return Diagnostic(codes.MISSING, spec, f"`{name}` is missing", rebuild)
        case Kind.STALE:
            message = f"`{name}` is stale: it differs from what its spec compiles to"
            if _CONFLICT in f"\n{change.old}":
                message = f"`{name}` contains a merge conflict"
            return Diagnostic(codes.STALE, _difference(change, name), message, rebuild, labels=labels)
        case Kind.ORPHAN:
            message = f"`{name}` is orphaned: {_why(change, specs_of_run)}"
            return Diagnostic(codes.ORPHAN, _line(change, name, _SPEC_LINE), message, f"{rebuild}: it removes the file")
        case Kind.FOREIGN:
            message = f"`{name}` was not written by trainspec, but is where this DAG's file belongs"
            advice = f"change the DAG's `id`, or move the file; `{command} --force` overwrites it"
            return Diagnostic(codes.FOREIGN, spec or _line(change, name, 1), message, advice)
        case Kind.CLAIMED:
            theirs = read_header(change.old or "")
            of_project = f" of the project `{theirs.projects[0]}`" if theirs and theirs.projects else ""
            made_from = f"`{theirs.spec}`{of_project}" if theirs else "another project"
            message = f"`{name}` is generated from {made_from}: two projects cannot write one file"
            advice = f"give one of the DAGs another `id`; `{command} --force` overwrites the file"
            return Diagnostic(codes.FOREIGN, spec or _line(change, name, 1), message, advice)
        case _:
            return Diagnostic(codes.MISSING, _line(change, name, 1), f"`{name}` is missing", rebuild)


def _why(change: Change, specs_of_run: Collection[str]) -> str:
    header = read_header(change.old or "")
    if header is None:
        return "no job produces it any more"
    spec = header.spec
    return f"`{spec}` now defines another DAG" if spec in specs_of_run else f"`{spec}` is gone"


def _difference(change: Change, name: str) -> Span:
    """The first line that differs."""
    lines = zip_longest((change.old or "").splitlines(), (change.new or "").splitlines())
    return _line(change, name, next((number for number, (old, new) in enumerate(lines, start=1) if old != new), 1))


def _line(change: Change, name: str, number: int) -> Span:
    lines = (change.old or "").splitlines() or [""]
    number = min(number, len(lines))
    text = lines[number - 1]
    return Span(name, number, len(text) - len(text.lstrip()) + 1, number, len(text) + 1)
