"""What `compile` writes in one environment: its files by name, and how the folder differs from them."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from trainspec.batch.combinations import chosen_again
from trainspec.batch.environments import InEnvironment
from trainspec.batch.outcome import Outcome
from trainspec.batch.pool import Look
from trainspec.diagnostics import Diagnostic
from trainspec.disk.writing import place
from trainspec.output.changes import Change, Generated, compare, compare_requests
from trainspec.output.findings import diagnose
from trainspec.output.header import header, rebuild_command
from trainspec.output.owner import Owner
from trainspec.output.write import real_folder
from trainspec.project.project import Project, UsageError


def output_folder(project: Project, environment: str | None) -> Path:
    """The folder that the settings name. Raises UsageError for one outside of the project: the command line may."""
    name = project.output_of(environment)
    folder = project.root / name
    if not real_folder(folder).is_relative_to(real_folder(project.root)):
        raise UsageError(f"the output folder `{name}` leaves the project; pass it with --output to allow this")
    return folder


def named_folder(given: str, project: Project) -> Path:
    """A folder of the command line. Raises UsageError for one in the project that leads out of it by a link."""
    try:
        place(Path(given), project.root)
    except OSError as error:
        raise UsageError(f"cannot write {given}: {error.strerror}") from None
    return Path(given)


def owner_of(project: Project) -> Owner:
    """The project as the owner of the files that it writes."""
    return Owner(project.root, project.title, project.paths)


@dataclass(frozen=True)
class Target:
    """The specs of a run in one environment, and where their files go.

    `output` is the folder of the DAG files, `beside` that of the requests, if they are written, too; `options` are
    those of the command that reproduces the same files.
    """

    there: InEnvironment
    output: Path
    beside: Path | None
    options: Sequence[str]

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that it writes to."""
        return (self.output,) if self.beside is None else (self.output, self.beside)

    @property
    def specs(self) -> list[Outcome]:
        """The files that become something."""
        return [each for each in self.there.files if each.is_spec]

    @cached_property
    def dags(self) -> Mapping[str, Generated]:
        """The DAG files by name."""
        title = self.there.look.project.title
        return {
            _dag_name(each): Generated(
                self._header(each.name, title), each.output_digest or "", partial(self._body, each)
            )
            for each in self.specs
        }

    @cached_property
    def requests(self) -> Mapping[str, str]:
        """The requests by the names of their files."""
        return {name: text for each in self.specs for name, text in each.requests.items()}

    def changes(self, targets: Sequence["Target"]) -> list[Change]:
        """How the files in its folders change; files that the other `targets` write there are left alone."""
        names = [each.name for each in self.there.files]
        owner, folder = owner_of(self.there.look.project), real_folder(self.output)
        others = [each for each in targets if each is not self and real_folder(each.output) == folder]
        here = {name for each in others for name in each.dags}
        compared = compare(self.output, self.dags, names, owner, self.there.name)
        compared = [change for change in compared if change.path.name not in here or change.path.name in self.dags]
        if self.beside is None:
            return compared
        ours = {change.path.stem for change in compared}
        kept = {path.stem for path in self.output.glob("*.py")} - ours
        return compared + compare_requests(self.beside, self.requests, ours, kept)

    def finding_of(self, change: Change) -> Diagnostic:
        """The finding about a file that is not as it should be."""
        name, shown = change.path.name, self.there.look.project.name(change.path)
        specs = (each for each in self.specs if name == _dag_name(each) or name in each.requests)
        beside = ("--requests", str(self.beside)) if self.beside else ()
        command = shlex.join(("trainspec", "compile", *self.options, *beside))
        names = [each.name for each in self.there.files]
        return diagnose(change, shown, next((each.id_span for each in specs), None), names, command)

    def _header(self, spec: str, title: str | None) -> str:
        target = f"Airflow {self.there.look.chosen.airflow}"
        return header(spec, title, target, rebuild_command(spec, self.options))

    def _body(self, outcome: Outcome) -> str:
        look = self.there.look
        again = Look(look.project, chosen_again(look.chosen, outcome), look.wanted, use_cache=False)
        text = outcome.output or again.at(look.project.root / outcome.name).output
        if text is None:
            raise UsageError(f"{outcome.name} changed while it was being compiled; compile it again")
        return text


def _dag_name(outcome: Outcome) -> str:
    return f"{outcome.dag_id}.py"
