"""Writing imported specs, and saying what was lost and what lint says of them."""

import sys
from pathlib import Path

from trainspec.diagnostics import Severity
from trainspec.diagnostics.excerpt import visible
from trainspec.diagnostics.words import shorten
from trainspec.disk.writing import write_new
from trainspec.editing.format import formatted
from trainspec.importers.model import CannotImportError, Imported
from trainspec.importers.request import dotted_member
from trainspec.importers.write import spec_text
from trainspec.pipeline import Options, analyse
from trainspec.project.project import UsageError, root_around
from trainspec.request.check import printable
from trainspec.safety.masking import conceal_all, redacted, without
from trainspec.schema.values import leaves
from trainspec.templates import has_template
from trainspec.text.parse import parse
from trainspec.text.source import Source
from trainspec.text.tree import dotted
from trainspec.text.typing import to_data


def write_recorded(command: list[str], output: str | None, region: str | None) -> int:
    """Record a command, and write a spec for each training job that it created. Returns the exit code."""
    from trainspec.recording.command import recorded
    from trainspec.recording.specs import specs_of

    folder = Path(output) if output else Path()
    is_whole = True
    try:
        with recorded(command, region) as recording:
            if recording.code:
                is_whole = False
                print(f"trainspec: {visible(command[0])} ended with {recording.code}", file=sys.stderr)
            for each in specs_of(recording.created, recording.store, recording.region):
                each.unpack(folder)
                text = formatted(Source("imported.yaml", spec_text(each.imported))).text
                write_spec(folder / f"{each.stem}.yaml", text)
                checked = each.as_uploaded()
                is_whole = report(checked, spec_text(checked)) and is_whole
    except FileNotFoundError:
        raise UsageError(f"no such program: {command[0]}") from None
    except FileExistsError as error:
        raise UsageError(f"{error.filename} exists; remove it, or choose another folder with -o") from None
    except (CannotImportError, ValueError) as error:
        print(f"trainspec: {visible(conceal_all(str(error)))}", file=sys.stderr)
        return 1
    return 0 if is_whole else 1


def _secrets(source: Source) -> dict[str, str]:
    """Literal values in a spec that look like secrets, by their places."""
    node, _ = parse(source)
    data = to_data(node, {}) if node is not None else {}
    return {
        dotted(path): value
        for (path, value), (_, shown) in zip(leaves(data), leaves(redacted(data)), strict=True)
        if shown != value and "${" not in value and not has_template(value)
    }


def write_spec(path: Path, text: str) -> None:
    """Write a new file. Raises UsageError if that cannot be."""
    try:
        write_new(path, text, root_around(Path.cwd()))
    except FileExistsError:
        raise UsageError(f"{path} exists; remove it, or choose another file") from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    print(f"wrote {path}")


def refuse(source: str, why: CannotImportError) -> None:
    """Say why nothing of a source can be imported."""
    print(f"trainspec: {visible(conceal_all(shorten(f'{source}: {why}')))}", file=sys.stderr)


def report(imported: Imported, text: str) -> bool:
    """Say what was lost, and what lint says of the spec. Returns whether there was nothing to say."""
    is_whole = not imported.notes
    source = Source("imported.yaml", text)
    secrets = _secrets(source)
    values = frozenset(secrets.values())
    for note in imported.notes:
        print(f"trainspec: {visible(conceal_all(without(note, values)))}", file=sys.stderr)
    for remark in imported.remarks:
        print(f"trainspec: note: {visible(conceal_all(without(remark, values)))}", file=sys.stderr)
    for place in secrets:
        said = f"the value of `{place}` looks like a secret, and the spec shows it: use a secret store instead"
        print(f"trainspec: note: {visible(said)}", file=sys.stderr)
    analysis = analyse(source, Options())
    for job in imported.jobs:
        made = analysis.requests.get(job.task_id)
        kept = dict(leaves(printable(made.members))) if made else {}
        for path, value in leaves(dict(job.request)):
            if kept.get(path, ...) != value and not job.templated:
                is_whole = False
                lost = visible(f"{job.task_id}: {dotted_member(path)}")
                print(f"trainspec: {lost} could not be carried over", file=sys.stderr)
    for found in analysis.findings:
        if found.severity is Severity.ERROR:
            is_whole = False
            said = visible(f"{found.message}; {found.advice}" if found.advice else found.message)
            print(f"trainspec: line {found.span.line} of the spec: {said} [{found.code.id}]", file=sys.stderr)
    return is_whole
