"""What `lint --fix` and `lint --diff` do between finding and reporting."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from trainspec.batch.outcome import Outcome
from trainspec.cli.differences import difference
from trainspec.diagnostics import Diagnostic
from trainspec.editing.apply_fixes import Checked, FixedFiles, apply_fixes
from trainspec.editing.files import put
from trainspec.project.project import Project, UsageError
from trainspec.text.source import Source

Look = Callable[[Project], tuple[Sequence[Diagnostic], Sequence[Outcome]]]
"""Returns the findings in a project, and the files that were checked."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The remaining findings, the files of the run as they are then, and the names of those that were changed."""

    findings: Sequence[Diagnostic]
    looked_at: Sequence[Outcome]
    changed: Sequence[str]


def fix(project: Project, look: Look, *, is_written: bool) -> Fixed:
    """Fix what can be, in the files of the run and those that they extend; without `is_written`, show it as a diff.

    Raises UsageError if a file cannot be written.
    """
    looked_at: list[Outcome] = []

    def check(texts: Mapping[str, Source]) -> Checked:
        findings, looked_at[:] = look(replace(project, texts=texts))
        return Checked(findings, {name: source for each in looked_at for name, source in each.texts.items()})

    result = apply_fixes(check)
    for found in result.refused:
        place = f"{found.span.path}:{found.span.line}:{found.span.column}"
        print(
            f"{place}: {found.code.id} is not fixed: the fix would change the meaning of the rest of the file",
            file=sys.stderr,
        )
    if is_written:
        _write(result, project)
    else:
        for name in sorted(result.new):
            print("\n".join(difference(result.old[name], result.new[name])))
    if result.fixed:
        done = "Fixed" if is_written else "Would fix"
        print(f"{done} {_count(result.fixed, 'finding')} in {_count(len(result.new), 'file')}.", file=sys.stderr)
    return Fixed(result.left, looked_at, sorted(result.new))


def _write(result: FixedFiles, project: Project) -> None:
    for name in sorted(result.new):
        try:
            why = put(project.root, result.old[name], result.new[name].text)
        except OSError as error:
            raise UsageError(f"cannot write {error.filename or name}: {error.strerror}") from error
        if why:
            raise UsageError(f"{why}; it was left as it is")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"
