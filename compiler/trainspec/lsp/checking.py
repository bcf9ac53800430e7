"""The findings of an open document, in each environment, together with those that concern the rest of its project."""

import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainspec.batch.analyse import analysis_of, look_at
from trainspec.batch.combinations import findings_of_all, of_all
from trainspec.batch.dag_ids import glances
from trainspec.batch.environments import InEnvironment, checked, joined
from trainspec.batch.outcome import Outcome, Wanted
from trainspec.batch.pool import Look
from trainspec.crossfile.checks import Across
from trainspec.crossfile.facts import DagAt, facts_of
from trainspec.diagnostics import Diagnostic
from trainspec.lsp.documents import Document, Documents
from trainspec.pipeline import Analysis, extended_files
from trainspec.project.files import Files
from trainspec.project.project import Project, UsageError, find_specs
from trainspec.rules.support.run import Memory, remembering
from trainspec.safety.budget import kept_budgets
from trainspec.text.source import Source

_IS_SPEC = re.compile(r"^[\"']?trainspec[\"']?[ \t]*:", re.MULTILINE)
_FRESH = 5.0
"""For how many seconds what the other files of a project say is believed without looking again."""


@dataclass
class Neighbours:
    """What is known of a project's other specs: their names, and the DAG of each that is not open."""

    names: Mapping[str, Path]
    opened: frozenset[str]
    dags: Sequence[DagAt]
    seen: float = field(default_factory=time.monotonic)


@dataclass
class Checker:
    """Looks at open documents. It remembers the neighbors of a project, and what was last found in each document."""

    documents: Documents
    found: dict[str, tuple[Document, tuple[Diagnostic, ...]]] = field(default_factory=dict)
    _memory: Memory = field(default_factory=dict)
    _made_of: dict[str, frozenset[str]] = field(default_factory=dict)
    _neighbours: dict[Path, Neighbours] = field(default_factory=dict)
    _analyses: dict[str, tuple[Document, str | None, Analysis]] = field(default_factory=dict)

    def check(self, document: Document) -> tuple[Diagnostic, ...]:
        """All findings of the document, by their places in it; none for a YAML file that is not a spec."""
        with remembering(self._memory), kept_budgets():
            findings = tuple(self._findings(document)) if self._is_ours(document) else ()
        self.found[document.uri] = (document, findings)
        return findings

    def analysis(self, document: Document) -> Analysis:
        """The document, analyzed in the environment that the user has selected."""
        environment = self.documents.environment
        known = self._analyses.get(document.uri)
        if known is not None and known[0] is document and known[1] == environment:
            return known[2]
        project = self.documents.with_open_texts(document.project)
        options = self.documents.options(project, environment)
        analysis = analysis_of(document.path, project, options)
        if environment and environment not in (*analysis.environments, *project.environments):
            analysis = analysis_of(document.path, project, self.documents.options(project, None))
        self._analyses[document.uri] = (document, environment, analysis)
        return analysis

    def depends_on(self, document: Document) -> list[Document]:
        """The other open documents whose findings may change with this one: those that extend it."""
        others = (each for each in self.documents.all() if each.uri != document.uri)
        return [each for each in others if document.name in self._made_of.get(each.uri, ())]

    def neighbours(self, project: Project) -> Neighbours:
        """What is known about the project's other specs, updated after some seconds."""
        known = self._neighbours.get(project.root)
        opened = frozenset(each.name for each in self.documents.all() if each.project.root == project.root)
        if known is not None and known.opened == opened and time.monotonic() - known.seen < _FRESH:
            return known
        try:
            names = {project.name(path): path for path in find_specs([], project)}
        except UsageError:
            names = {}  # the project has no folder of specs
        options = self.documents.options(project, None)
        dags = list(glances(names, opened, project, options, use_cache=not os.environ.get("TRAINSPEC_NO_CACHE")))
        self._neighbours[project.root] = Neighbours(names, opened, dags)
        return self._neighbours[project.root]

    def forget(self, uri: str) -> None:
        """What was known of a document that is closed."""
        self.found.pop(uri, None)
        self._made_of.pop(uri, None)
        self._analyses.pop(uri, None)
        self._neighbours.clear()

    def look_again(self) -> None:
        """Files have changed on disk: what is known about them is old."""
        self._neighbours.clear()
        self._analyses.clear()

    def _is_ours(self, document: Document) -> bool:
        """Whether an open YAML file is a spec or a part of one, and not another tool's."""
        if _IS_SPEC.search(document.source.text):
            return True
        return document.name in self.neighbours(document.project).names or bool(self._extending(document))

    def _findings(self, document: Document) -> Iterable[Diagnostic]:
        project = self.documents.with_open_texts(document.project)
        found: list[tuple[InEnvironment, list[Diagnostic]]] = []
        names: list[str | None] = list(checked(project))
        for environment in names:
            outcomes = self._outcomes(document, project, environment)
            outcome = outcomes[0]
            if environment == names[0]:
                names += [name for name in outcome.environments if name not in names]
                self._made_of[document.uri] = outcome.made_of
            look = Look(project, self.documents.options(project, environment), Wanted(), use_cache=False)
            findings = findings_of_all(outcomes)
            found.append((InEnvironment(look, outcomes), [*findings, *self._across(document, outcomes)]))
        return (each for each in joined(found) if each.span.path == document.name)

    def _outcomes(self, document: Document, project: Project, environment: str | None) -> list[Outcome]:
        """The document in an environment; with `for_each`, in each combination."""
        options = self.documents.options(project, environment)
        analysis = analysis_of(document.path, project, options)
        if environment == self.documents.environment:
            self._analyses[document.uri] = (document, environment, analysis)

        def combination(number: int) -> Analysis:
            return analysis_of(document.path, project, options._replace(combination=number))

        return [Outcome(**facts_of(each)) for each in of_all(analysis, combination)]

    def _across(self, document: Document, outcomes: Sequence[Outcome]) -> Iterable[Diagnostic]:
        """What only several files show, as far as the document has a part in it."""
        project = document.project
        neighbours = self.neighbours(project)
        others = [each for each in neighbours.dags if each.span.path != document.name]
        others += self._open_dags(document)
        run, outcome = list(outcomes), outcomes[0]
        if outcome.own_ignores or (outcome.jobs_span is not None and not outcome.is_spec):
            run += self._extending(document)
        found = Across(run, others, frozenset(neighbours.names), project.external_dags).findings()
        return (each for each in project.selection.apply(found) if each.span.path == document.name)

    def _open_dags(self, document: Document) -> list[DagAt]:
        """The DAGs of the other open documents."""
        others = (known for known, _, _ in self._analyses.values() if known.uri != document.uri)
        analyses = (self._analyses[each.uri][2] for each in others if each.project.root == document.project.root)
        return [each.dag for each in analyses if each.dag is not None]

    def _extending(self, document: Document) -> list[Outcome]:
        """The project's specs that consist of this document and others."""
        project = self.documents.with_open_texts(document.project)
        files, stem = Files(project), document.path.stem
        found = []
        for path in self.neighbours(document.project).names.values():
            source = files.named(path)
            if not isinstance(source, Source) or source.name == document.name or stem not in source.text:
                continue
            if document.name in extended_files(source, files.extended):
                options = self.documents.options(project, None)
                found.append(look_at(source, project, options, Wanted(), files.extended))
        return found
