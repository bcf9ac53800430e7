"""Analyzes one file for everything that a run needs. The compiler is imported and called here."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from trainspec.batch.outcome import Outcome, Wanted
from trainspec.crossfile.facts import facts_of
from trainspec.diagnostics import Diagnostic, has_errors
from trainspec.options import Options
from trainspec.output.header import digest_output
from trainspec.packing.jobs import Folders
from trainspec.pipeline import Analysis, Read, analyse, generate
from trainspec.project.files import Files
from trainspec.project.project import Project
from trainspec.request.check import printable
from trainspec.rules.secrets import form_of
from trainspec.text.source import Source

if TYPE_CHECKING:
    from trainspec.batch.contents import Contents
    from trainspec.packing.source import Remember


def analysis_of(path: Path, project: Project, chosen: Options) -> Analysis:
    """The file at `path`, analyzed, with the findings that the project selects."""
    files = Files(project)
    return _analysis(files.named(path), project, chosen, files.extended)


def look_at(source: Source | Diagnostic, project: Project, chosen: Options, wanted: Wanted, read: Read) -> Outcome:
    """What a run has to know of a file that was read; `read` gives those that it extends."""
    analysis = _analysis(source, project, chosen, read)
    is_sound = analysis.root is not None and not has_errors(analysis.findings)
    output = generate(analysis, chosen) if wanted.dag_file and is_sound else None
    return Outcome(
        **facts_of(analysis),
        output=output,
        output_digest=digest_output(output) if output is not None else None,
        requests=_request_files(analysis) if wanted.requests and is_sound else {},
        texts={**analysis.files, analysis.name: analysis.source} if wanted.texts else {},
        watched=analysis.watched,
    )


class _OfTheRun:
    """The folders of the run's project: what one spec has read, the others need not read again."""

    project: Project | None = None
    folders: Folders

    def of(self, project: Project) -> Folders | None:
        """The folders of `project`, read again for each run, which has its own project."""
        if not project.packs:
            return None
        if self.project is not project:
            self.project, self.folders = project, Folders(project.root, form_of, _remembering(project.root))
        return self.folders


_OF_THE_RUN = _OfTheRun()


def _remembering(root: Path) -> "Remember":
    @cache
    def contents() -> "Contents":
        from trainspec.batch.contents import Contents

        return Contents(root)

    return lambda listing, work_out: contents()(listing, work_out)


def _analysis(source: Source | Diagnostic, project: Project, chosen: Options, read: Read) -> Analysis:
    if isinstance(source, Diagnostic):
        name = source.span.path
        return Analysis(name=name, findings=(source,), is_spec=True, source=Source(name, ""))
    return analyse(source, chosen, read, project.selection, _OF_THE_RUN.of(project))


def _request_files(analysis: Analysis) -> dict[str, str]:
    return {
        f"{analysis.dag_id}.{task}.json": json.dumps(printable(request.members), indent=2, ensure_ascii=False) + "\n"
        for task, request in analysis.requests.items()
    }
