"""Which findings are reported, as the settings and the command line choose."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from trainspec.diagnostics import Code, Diagnostic, Severity
from trainspec.diagnostics.codes import can_be_ignored

if TYPE_CHECKING:
    from trainspec.policies import PolicySet  # which only projects with policies load

_NO_CODES: Mapping[str, Code] = {}


class Selection(NamedTuple):
    """Which findings are reported, and with which severity. Codes may be prefixes: `TS5` is every rule.

    An error that leaves a hole in what would be compiled is always reported, and always an error.
    `policies` are the rules of the project's organization, None if its settings name none.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = {}
    per_path: Mapping[str, tuple[str, ...]] = {}
    strict: bool = False
    policies: "PolicySet | None" = None

    @property
    def codes(self) -> Mapping[str, Code]:
        """The codes of the policies."""
        return _NO_CODES if self.policies is None else self.policies.codes

    def apply(self, findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The findings to report, each with the severity that the settings give it."""
        return tuple(self._weighed(found) for found in findings if self._is_selected(found))

    def fails(self, findings: Iterable[Diagnostic]) -> bool:
        """Whether any finding makes a check fail: an error or, with `strict`, a warning."""
        fatal = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        return any(found.severity in fatal for found in findings)

    def _is_selected(self, found: Diagnostic) -> bool:
        id_ = found.code.id
        if not can_be_ignored(found.code):
            return True
        if id_.startswith(self.ignore) or (self.select and not id_.startswith(self.select)):
            return False
        here = (codes for glob, codes in self.per_path.items() if _covers(glob, found.span.path))
        return not any(id_.startswith(codes) for codes in here)

    def _weighed(self, found: Diagnostic) -> Diagnostic:
        nearest = max((key for key in self.severity if found.code.id.startswith(key)), key=len, default=None)
        if nearest is None:
            return found
        severity = self.severity[nearest]
        if severity is found.severity or (severity is not Severity.ERROR and not can_be_ignored(found.code)):
            return found
        return found._replace(code=found.code._replace(severity=severity))


@lru_cache(maxsize=4096)
def _covers(pattern: str, path: str) -> bool:
    from trainspec.disk.globs import covers  # which only projects with such settings need

    return covers(pattern, path)
