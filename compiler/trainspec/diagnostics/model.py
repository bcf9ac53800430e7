"""Findings as plain data: what a stage reports about a place in a file."""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class Severity(str, Enum):
    """How much a finding weighs: an error stops the compiler, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Span(NamedTuple):
    """A stretch of a file. Lines and columns count characters from 1; the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def contains(self, other: "Span") -> bool:
        """Whether `other` is inside this span of the same file."""
        starts = (self.line, self.column) <= (other.line, other.column)
        ends = (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        return self.path == other.path and starts and ends


class Label(NamedTuple):
    """A second place that a finding points at, and why."""

    span: Span
    text: str


class Edit(NamedTuple):
    """Replace the content of `span` in a file with `text`.

    That is YAML as written in the file, unless `value` is set: then the scalar at `span` has the value `value`, and
    its new value is `text`, without quotes if it `is_plain`. `trainspec.text.spelling` writes that as YAML.
    """

    span: Span
    text: str
    value: str | None = None
    is_plain: bool = False


class Fix(NamedTuple):
    """The one right answer to a finding: edits that belong together. They do not overlap.

    With `removes_comment` they take one away; others must not.
    """

    edits: tuple[Edit, ...]
    removes_comment: bool = False


class Code(NamedTuple):
    """A kind of finding: its stable code, its usual severity and what it is about in one line.

    `is_secret` is set if the value of the finding must not be shown, `is_locked` if an organization
    does not allow it to be silenced. `url` is its page, if that is not one of trainspec's own.
    """

    id: str
    summary: str
    severity: Severity = Severity.ERROR
    is_secret: bool = False
    is_locked: bool = False
    url: str | None = None


class Diagnostic(NamedTuple):
    """One finding.

    `field` is the dotted path in the spec, `member` the request member that it becomes, `advice` what to do about it;
    `secret` is a span of a file that must not be shown; `fix` is set if there is exactly one correct fix.
    """

    code: Code
    span: Span
    message: str
    advice: str | None = None
    field: str | None = None
    member: str | None = None
    labels: tuple[Label, ...] = ()
    secret: Span | None = None
    fix: Fix | None = None

    @property
    def severity(self) -> Severity:
        """The severity of the finding's code."""
        return self.code.severity

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Orders findings by place, then by code."""
        return (self.span.path, self.span.line, self.span.column, self.code.id, self.message)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any finding is one that stops the compiler."""
    return any(found.severity is Severity.ERROR for found in diagnostics)
