"""A run in several environments: which there are, the specs in each, and one list of findings of all of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import NamedTuple

from trainspec.batch.combinations import outcomes_of_all
from trainspec.batch.outcome import Outcome
from trainspec.batch.pool import Look
from trainspec.diagnostics import Diagnostic, codes
from trainspec.options import Options
from trainspec.project.project import Project

BASE = "the base"


class InEnvironment(NamedTuple):
    """The files of a run in one environment; in the base if its name is None."""

    look: Look
    files: Sequence[Outcome]

    @property
    def name(self) -> str | None:
        """The environment's name."""
        return self.look.chosen.environment


def chosen_for(chosen: Options, project: Project, environment: str | None, airflow: str | None) -> Options:
    """`chosen` with what the settings say of an environment. `airflow` is that of the command line, if it has one."""
    of_environment = project.environments.get(environment or "")
    known = tuple(project.environments)
    if of_environment is None:
        return chosen._replace(environment=environment, environments=known)
    return chosen._replace(
        environment=environment,
        airflow=airflow or of_environment.airflow or chosen.airflow,
        account=of_environment.account,
        region=of_environment.region,
        allow_accounts=(*project.allow_accounts, *of_environment.allow_accounts),
        environments=known,
    )


def checked(project: Project) -> tuple[str | None, ...]:
    """What is checked in any case: all environments of the settings, and the base unless it is never written."""
    base = (None,) if None in project.written else ()
    return (*base, *project.environments)


def in_each(
    names: Iterable[str | None], look_for: Callable[[str | None], Look], files: Callable[[Look], list[Outcome]]
) -> list[InEnvironment]:
    """The `files` of a run in the environments `names`, and in those that only its specs have.

    In the latter, specs that do not patch themselves are what they are without it.
    """
    found = [InEnvironment(look, files(look)) for look in map(look_for, names)]
    known = {each.name for each in found}
    first = found[0].files if found else ()
    others = dict.fromkeys(name for each in first for name in each.environments if name not in known)
    for name in others:
        look = look_for(name)
        root = look.project.root
        patched_files = dict.fromkeys(each.name for each in first if name in each.environments)
        patched = outcomes_of_all([root / file for file in patched_files], look)
        by_name: dict[str, list[Outcome]] = {}
        for each in patched:
            by_name.setdefault(each.name, []).append(each)
        kept = [each for each in first if not each.environments]
        kept += [each for patch in by_name.values() for each in patch]
        found.append(InEnvironment(look, kept))
    return found


def joined(found: Sequence[tuple[InEnvironment, Sequence[Diagnostic]]]) -> list[Diagnostic]:
    """The findings in all environments, each once; one that not all of them have names those that have it."""
    if len(found) == 1:
        return list(found[0][1])
    seen_in = _seen_in(each for each, _ in found)
    merged: dict[object, tuple[Diagnostic, list[str | None]]] = {}
    for each, findings in found:
        for finding in findings:
            says_where = finding.code.id == codes.FOREIGN_PLACE.id
            what = finding.message if says_where else _in_the_spec(finding.field) or finding.message
            key = (finding.code.id, finding.span, what, finding.member)
            merged.setdefault(key, (finding, []))[1].append(each.name)
    kept = (
        (finding, where)
        for finding, where in merged.values()
        if finding.code.id not in _IDLE or set(where) >= seen_in.get(finding.span.path, set())
    )
    named = (_named(finding, where, seen_in.get(finding.span.path, set())) for finding, where in kept)
    return sorted(named, key=Diagnostic.sort_key)


def _in_the_spec(field: str | None) -> str | None:
    """A field that an environment's patch sets, named as in the patched spec: both analyses find the same there."""
    return field.split(".", 2)[-1] if field and field.startswith("environments.") else field


_IDLE = (codes.UNUSED_IGNORE.id, codes.UNUSED_VARIABLE.id)
"""Codes for something unused: they count if it is unused in every environment."""


def _seen_in(found: Iterable[InEnvironment]) -> Mapping[str, set[str | None]]:
    seen: dict[str, set[str | None]] = {}
    for each in found:
        for file in each.files:
            for name in (file.name, *file.made_of):
                seen.setdefault(name, set()).add(each.name)
    return seen


def _named(found: Diagnostic, where: Sequence[str | None], seen_in: Set[str | None]) -> Diagnostic:
    if set(where) >= seen_in:
        return found
    listed = ", ".join(f"`{name}`" if name else BASE for name in dict.fromkeys(where))
    return found._replace(message=f"{found.message} (in {listed})")


def all_files(found: Sequence[InEnvironment]) -> list[Outcome]:
    """The files of a run, once each, with the secrets that they have in any environment."""
    files: dict[str, Outcome] = {}
    for file in (file for each in found for file in each.files):
        known = files.get(file.name)
        files[file.name] = replace(known, secrets=known.secrets | file.secrets) if known else file
    return list(files.values())
