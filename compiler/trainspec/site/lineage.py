"""What connects the DAGs of a project: which one writes data that others read, starts or waits for another."""

from collections.abc import Mapping, Sequence, Set
from typing import TypeAlias

from trainspec.graph import Dag
from trainspec.graph.project import SHORTEST, known_folder, shared_data
from trainspec.request.tuned import training_request

Makers: TypeAlias = Mapping[str, Sequence[tuple[str, str, str]]]
"""Who writes to a folder in S3: DAG, job and page, by the folder."""


def makers_of(dags: Sequence[Dag], files: Mapping[str, str]) -> Makers:
    """Who writes to each folder in S3 that is known before any task runs."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for dag in dags:
        for job, whole in dag.requests.items():
            request = training_request(whole)
            place = known_folder(str((request.get("OutputDataConfig") or {}).get("S3OutputPath") or ""))
            if len(place) > SHORTEST:
                found.setdefault(place, []).append((dag.id, job, files[dag.id]))
    return found


def between(dags: Sequence[Dag]) -> set[tuple[str, str]]:
    """The DAGs that pass something to another, each with that one: by data, by an asset, or by a run."""
    known = {dag.id for dag in dags}
    found = {(writer, reader) for writer, _, reader in shared_data(dags)}
    awaited: dict[str, list[str]] = {}
    for dag in dags:
        for asset in dag.awaited_assets():
            awaited.setdefault(asset, []).append(dag.id)
    for dag in dags:
        for asset in dag.makes():
            found |= {(dag.id, other) for other in awaited.get(asset, ()) if other != dag.id}
        found |= {(dag.id, other) for other in dag.starts() if other in known}
        found |= {(other, dag.id) for other in dag.awaits() if other in known}
    return found


def neighbours(
    dag_id: str, joined: Set[tuple[str, str]], files: Mapping[str, str]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The DAGs that one needs, and those that it feeds, each with its page."""
    up = [(tail, files[tail]) for tail, head in joined if head == dag_id and tail in files]
    down = [(head, files[head]) for tail, head in joined if tail == dag_id and head in files]
    return sorted(up), sorted(down)
