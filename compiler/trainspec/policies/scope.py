"""Scopes of policies that no spec is in: a misspelled one would silently let everything pass."""

from collections.abc import Collection, Iterable, Iterator

from trainspec.diagnostics import Diagnostic, codes, did_you_mean
from trainspec.diagnostics.words import shorten
from trainspec.disk.globs import MAGIC, covers
from trainspec.policies.document import BASE
from trainspec.policies.model import Policy


def empty_scopes(
    policies: Iterable[Policy], environments: Collection[str], specs: Collection[str]
) -> Iterator[Diagnostic]:
    """The environments and paths of policies that the project does not have. `specs` are the names of all its specs."""
    known = {BASE, *environments}
    for policy in policies:
        for each in policy.environments:
            if each not in known:
                message = f"{policy.id} applies to the environment `{shorten(each)}`, which the project does not have"
                near = did_you_mean(each, known) or f"available environments: {', '.join(sorted(known))}"
                yield Diagnostic(codes.EMPTY_SCOPE, policy.scope_spans["environment"], message, near)
        for each in policy.paths:
            if not any(covers(each, name) for name in specs):
                message = f"{policy.id} applies to `{shorten(each)}`, which no spec of the project matches"
                near = _like(each, specs) or "paths are relative to the root of the project: `specs/team/**`"
                yield Diagnostic(codes.EMPTY_SCOPE, policy.scope_spans["path"], message, near)


def _like(pattern: str, specs: Collection[str]) -> str | None:
    """The file or folder that the parts of a glob before its first wildcard name."""
    parts = pattern.split("/")
    plain = next((at for at, part in enumerate(parts) if not MAGIC.isdisjoint(part)), len(parts))
    word, rest = "/".join(parts[:plain]), parts[plain:]
    known = {"/".join(name.split("/")[:plain]) for name in specs}
    if not word or word in known:
        return None
    return did_you_mean("/".join((word, *rest)), sorted("/".join((each, *rest)) for each in known))
