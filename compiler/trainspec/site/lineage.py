"""What joins the DAGs of a project: who writes the data that others read, who starts or awaits whom."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from trainspec.graph import Dag
from trainspec.graph.project import shared_data

Makers: TypeAlias = Mapping[str, Sequence[tuple[str, str, str]]]
"""Who writes to a place in S3: DAG, job and page, by the place."""


def known_place(place: str) -> str:
    """What is known of a place in S3 before the task runs."""
    return place.partition("{{")[0].rstrip("/")


def makers_of(dags: Sequence[Dag], files: Mapping[str, str]) -> Makers:
    """Who writes to each place in S3 that is known before any task runs."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for dag in dags:
        for job, request in dag.requests.items():
            place = known_place(str((request.get("OutputDataConfig") or {}).get("S3OutputPath") or ""))
            if place.count("/") > 2:
                found.setdefault(place, []).append((dag.id, job, files[dag.id]))
    return found


def between(dags: Sequence[Dag]) -> dict[tuple[str, str], str]:
    """What joins one DAG to another, by both ids."""
    known = {dag.id for dag in dags}
    found: dict[tuple[str, str], str] = {}
    awaited: dict[str, list[str]] = {}
    for dag in dags:
        for asset in dag.awaited_assets():
            awaited.setdefault(asset, []).append(dag.id)
    for writer, place, reader in shared_data(dags):
        found.setdefault((writer, reader), place)
    for dag in dags:
        for asset in dag.makes():
            found |= {(dag.id, other): asset for other in awaited.get(asset, ()) if other != dag.id}
        found |= {(dag.id, other): "starts it" for other in dag.starts() if other in known}
        found |= {(other, dag.id): "is awaited" for other in dag.awaits() if other in known}
    return found


def neighbours(
    dag_id: str, joined: Mapping[tuple[str, str], str], files: Mapping[str, str]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The DAGs that one needs, and those that it feeds, each with its page."""
    up = [(tail, files[tail]) for tail, head in joined if head == dag_id and tail in files]
    down = [(head, files[head]) for tail, head in joined if tail == dag_id and head in files]
    return sorted(set(up)), sorted(set(down))
