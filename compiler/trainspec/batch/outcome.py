"""What a run must know about one analyzed file. It is small, because a run keeps it for every file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from trainspec.crossfile.facts import FileFacts
from trainspec.text.source import Source

if TYPE_CHECKING:
    from trainspec.packing.jobs import Watched


class Wanted(NamedTuple):
    """What to create from a spec without errors; and whether a file's texts are needed, to be changed."""

    dag_file: bool = False
    requests: bool = False
    texts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(FileFacts):
    """One file: its facts, and what was created from it.

    `output` is the DAG file without its header, `output_digest` the SHA-256 of that; one that is known from an earlier
    run comes without its text. `requests` are files of requests by name. `texts` holds the file's own text and those
    that it extends, by name. `watched` are the files and folders of its sources, None if they are not known.
    """

    output: str | None = None
    output_digest: str | None = None
    requests: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Source] = field(default_factory=dict)
    watched: "Watched | None" = None
