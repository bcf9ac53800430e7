"""Requests inside something else: state machines, templates, events, search results, lists.

Every request found in the data is imported, with the nearest name around it. JSON strings are searched, too, in the
places where AWS and Terraform have them (a state machine's definition, a CloudTrail event).
https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from trainspec.importers.ack import renamed
from trainspec.importers.filled_in import without_filled_in
from trainspec.importers.machines import Machines, depends_on, steps_of
from trainspec.importers.model import Imported, ImportedJob, TaskIds, task_id_for
from trainspec.importers.request import (
    answered_by_sagemaker,
    known_members,
    name_of,
    taken,
    without_defaults,
    without_time,
)
from trainspec.importers.script import notes_on, remarks_on
from trainspec.request.api.model import TRAINING, TUNING
from trainspec.schema.bounded import depth
from trainspec.text.parse import MAX_DEPTH

_HOLD_JSON: Final = ("definition", "definitionstring", "cloudtrailevent", "fn::sub", "!sub")
_MARKS: Final = {
    TUNING: frozenset((
        "hyperparametertuningjobname", "hyperparametertuningjobconfig", "trainingjobdefinition",
        "trainingjobdefinitions",
    )),
    TRAINING: frozenset((
        "trainingjobname", "rolearn", "algorithmspecification", "outputdataconfig", "resourceconfig",
        "stoppingcondition",
    )),
}  # fmt: skip
"""Members of the requests, two of which identify one; the larger request, which contains the smaller, comes first."""
_STATES: Final = {f"sagemaker:{operation[:1].lower()}{operation[1:]}": operation for operation in _MARKS}
_NAMELESS: Final = (
    "Training", "TrainingJob", "HyperParameterTuningJob", "Parameters", "Arguments", "requestParameters", "detail",
    "values",
)  # fmt: skip
_DEEPEST_TEXT: Final = 3

Found: TypeAlias = tuple[str, Mapping[str, Any]]
"""The operation that a request is for, and the request."""


def import_wrapped(data: Any) -> Imported | None:
    """The jobs of all requests in `data`; None if there are none."""
    jobs: list[ImportedJob] = []
    notes: list[str] = []
    remarks: list[str] = []
    task_ids = TaskIds()
    machines = Machines()
    for name, (operation, found) in _requests(data, "", 0, machines):
        said: list[str] = []
        known = renamed(without_filled_in(found, said, machines.is_inside), (), said, operation)
        request = known_members(known, said, operation)
        called = name_of(request)
        if answered_by_sagemaker(found):
            request, said = without_defaults(request), []
            remarks.append(taken(called))
        said += notes_on(request)
        task_id = task_ids.free(task_id_for(name or without_time(called)))
        machines.add_job(task_id)
        jobs.append(ImportedJob(task_id, request))
        notes += [f"{task_id}: {note}" for note in said]
        remarks += [f"{task_id}: {remark}" for remark in remarks_on(request)]
    upstream = machines.upstream()
    waiting = tuple(replace(job, fields=depends_on(upstream.get(job.task_id, ()))) for job in jobs)
    notes += machines.notes()
    return Imported(waiting, notes=tuple(notes), remarks=tuple(remarks)) if jobs else None


def _requests(data: Any, name: str, texts: int, machines: Machines) -> Iterator[tuple[str, Found]]:
    """Each request in `data`, with the name nearest to it."""
    if isinstance(data, list):
        for each in data:
            yield from _requests(each, "", texts, machines)
    elif isinstance(data, Mapping):
        whole = _whole(data)
        if whole is not None:
            yield name, whole
            return
        for key, below in data.items():
            if isinstance(below, str) and key.lower() in _HOLD_JSON and texts < _DEEPEST_TEXT:
                yield from _requests(_json(below), "", texts + 1, machines)
            elif key == "States" and isinstance(below, Mapping):
                for state, inner in machines.states(below):
                    yield from _requests(inner, state, texts, machines)
            elif key == "Steps" and (steps := steps_of(data)) is not None:
                for step, inner in machines.states(steps, "step"):
                    yield from _requests(inner, step, texts, machines)
            elif isinstance(below, Mapping | list):
                yield from _requests(below, name if key in _NAMELESS else str(key), texts, machines)


def _whole(data: Mapping[str, Any]) -> Found | None:
    """The request that a map is, or that it says it contains."""
    state = str(data.get("Resource", ""))
    for mark, operation in _STATES.items():
        if mark in state:
            return _given(operation, data.get("Parameters", data.get("Arguments")))
    if data.get("eventName") in _MARKS:
        return _given(str(data["eventName"]), data.get("requestParameters"))
    keys = {str(key).lower().removesuffix(".$") for key in data}
    return next(((operation, data) for operation, marks in _MARKS.items() if len(keys & marks) > 1), None)


def _given(operation: str, request: Any) -> Found | None:
    return (operation, request) if isinstance(request, Mapping) else None


def _json(text: str) -> Any:
    """The data of a string that may be JSON; Terraform writes `${jsonencode({...})}` around some."""
    inner = text.strip().removeprefix("${jsonencode(").removesuffix(")}") if text.startswith("${jsonencode(") else text
    try:
        data = json.loads(inner)
    except (ValueError, RecursionError):
        return None
    return data if depth(data) <= MAX_DEPTH else None
