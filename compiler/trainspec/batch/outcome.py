"""What a run has to know of one file when it has been looked at. Small: a run holds that of every file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from trainspec.crossfile.facts import Ties
from trainspec.diagnostics import Diagnostic, Span
from trainspec.text.source import Source


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be made of a spec without errors; and whether a file's texts are wanted, to be changed."""

    dag_file: bool = False
    requests: bool = False
    texts: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file. A fragment, and what cannot be read, has no DAG.

    `id_span` is where the DAG's id is written. `output` is the DAG file without its header, `output_digest` the SHA-256
    of that; one that is known from an earlier run comes without its text. `requests` are files of requests by name.
    `variables` are the names that `--var` may give a value to. `secrets` and `ties` are those of the analysis. `texts`
    holds the file's own text and those that it extends, by name.
    """

    name: str
    findings: tuple[Diagnostic, ...] = ()
    is_spec: bool = False
    dag_id: str = ""
    id_span: Span | None = None
    environments: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()
    output: str | None = None
    output_digest: str | None = None
    requests: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[Span] = frozenset()
    ties: Ties = field(default_factory=Ties)
    texts: Mapping[str, Source] = field(default_factory=dict)


class LookedAt(Protocol):
    """What the commands ask of a file, be it an outcome or the whole analysis."""

    @property
    def name(self) -> str:
        """The file's name."""

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What was found in it."""

    @property
    def is_spec(self) -> bool:
        """Whether it is more than a fragment for others to extend."""

    @property
    def dag_id(self) -> str:
        """The id of the DAG that it makes."""

    @property
    def id_span(self) -> Span | None:
        """Where a spec's DAG has its id, None for what makes no DAG."""

    @property
    def secrets(self) -> frozenset[Span]:
        """The places of what must not be shown."""

    @property
    def ties(self) -> Ties:
        """What it has to do with the other files."""

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of its environments."""

    @property
    def variables(self) -> frozenset[str]:
        """The names that `--var` may give a value to."""
