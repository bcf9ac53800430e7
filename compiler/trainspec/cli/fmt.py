"""`trainspec fmt`: specs in their canonical form."""

import argparse
import sys

from trainspec.cli.arguments import add_paths
from trainspec.cli.differences import difference
from trainspec.cli.reading import project_here, standard_input
from trainspec.cli.showing import show_on_stderr
from trainspec.diagnostics import Diagnostic
from trainspec.editing.files import put
from trainspec.editing.format import Formatted, formatted
from trainspec.project.files import Files
from trainspec.project.project import Project, UsageError, find_specs
from trainspec.text.source import Source, decode

STDIN = "-"


def configure(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_paths(parser)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file would change")
    parser.add_argument("--diff", action="store_true", help="show what would change, without writing")


def run(arguments: argparse.Namespace) -> int:
    """Format the files; 1 if one cannot be formatted or, with --check or --diff, would change."""
    project = project_here()
    if STDIN in arguments.paths:
        return _standard_input(arguments, project)
    is_dry = arguments.check or arguments.diff
    findings: list[Diagnostic] = []
    changed = refused = 0
    paths, files = find_specs(arguments.paths, project), Files(project)
    for path in paths:
        source = files.named(path)
        if isinstance(source, Diagnostic):
            findings.append(source)
            continue
        made = formatted(source)
        findings += made.findings
        refused += _tell(source, made)
        if made.text == source.text:
            continue
        changed += 1
        if arguments.diff:
            print("\n".join(difference(source, Source(source.name, made.text))))
        if is_dry:
            print(f"Would format {source.name}", file=sys.stderr)
        else:
            _write(source, made.text, project)
            print(f"Formatted {source.name}", file=sys.stderr)
    show_on_stderr(sorted(findings, key=Diagnostic.sort_key), project, ())
    left = len(paths) - changed
    done = f"{_count(changed)} {'would be ' if is_dry else ''}formatted" if changed else ""
    print(
        ", ".join(filter(None, (done, f"{_count(left)} left as {'they are' if left != 1 else 'it is'}"))) + ".",
        file=sys.stderr,
    )
    return 1 if findings or refused or (is_dry and changed) else 0


def _standard_input(arguments: argparse.Namespace, project: Project) -> int:
    """From standard input to standard output, for editors."""
    if len(arguments.paths) > 1:
        raise UsageError("`-` reads standard input and cannot be combined with other paths")
    content = standard_input()
    source = decode(content, "<stdin>")
    if isinstance(source, Diagnostic):
        show_on_stderr([source], project, ())
        return 1
    made = formatted(source)
    show_on_stderr(made.findings, project, ())
    refused = _tell(source, made)
    if arguments.diff:
        print("\n".join(difference(source, Source(source.name, made.text))))
    elif not arguments.check:
        sys.stdout.buffer.write(content[: len(content) - len(source.text.encode())] + made.text.encode())
        sys.stdout.buffer.flush()
    is_dry = arguments.check or arguments.diff
    return 1 if made.findings or refused or (is_dry and made.text != source.text) else 0


def _tell(source: Source, made: Formatted) -> bool:
    if made.refusal:
        print(f"{source.name} was left as it is: {made.refusal}", file=sys.stderr)
    return made.refusal is not None


def _write(source: Source, text: str, project: Project) -> None:
    try:
        why = put(project.root, source, text)
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or source.name}: {error.strerror}") from error
    if why:
        raise UsageError(f"{why}; it was left as it is")


def _count(number: int) -> str:
    return f"{number} file{'s' if number != 1 else ''}"
