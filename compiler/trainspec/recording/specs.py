"""The jobs that a program started, as specs: one for each training or tuning job, with its other tasks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from trainspec.importers.model import CannotImportError, ImportedJob, ImportedTask, TaskIds, task_id_for
from trainspec.importers.request import dotted_member, import_request
from trainspec.recording.names import free_base, holds_name, renamed, templated, without_clock
from trainspec.recording.objects import Objects
from trainspec.recording.server import Created
from trainspec.recording.sources import Recorded, take_source, uploads
from trainspec.schema.values import leaves
from trainspec.simulator.jobs import ACCOUNT_ID

if TYPE_CHECKING:
    from trainspec.language.data import JobData, TaskData

_JOBS: Final = {"CreateTrainingJob": "TrainingJobName", "CreateHyperParameterTuningJob": "HyperParameterTuningJobName"}
_MAX_NAME: Final = {"CreateTrainingJob": 63, "CreateHyperParameterTuningJob": 32}
_ARCHIVE: Final = "HyperParameters.sagemaker_submit_directory "
"""What a note on the archive of a job's code begins with; `source.dir` takes its place."""
_OPERATORS: Final = "airflow.providers.amazon.aws.operators.sagemaker"
_TASKS: Final = {
    "CreateProcessingJob": ("SageMakerProcessingOperator", "ProcessingJobName"),
    "CreateTransformJob": ("SageMakerTransformOperator", "TransformJobName"),
    "CreateModel": ("SageMakerModelOperator", "ModelName"),
    "CreateEndpointConfig": ("SageMakerEndpointConfigOperator", "EndpointConfigName"),
    "CreateEndpoint": ("SageMakerEndpointOperator", "EndpointName"),
}


def specs_of(created: Sequence[Created], store: Objects, region: str | None) -> list[Recorded]:
    """The specs of what was created, in order. Raises CannotImportError where there was no training job."""
    specs: list[Recorded] = []
    stems, before, notes, job_name = TaskIds(), list[Created](), list[str](), ""
    bases: dict[str, set[str]] = {operation: set() for operation in _JOBS}
    for each in created:
        if each.operation in _JOBS:
            specs.append(_spec(each, store, stems, bases[each.operation], region))
            job_name = str(each.request.get(_JOBS[each.operation]))
            for task in before:
                _put_task(specs[-1], task, job_name, is_first=True)
            before = []
        elif each.operation not in _TASKS:
            notes.append(f"{each.operation} is not carried over")
        elif specs:
            _put_task(specs[-1], each, job_name, is_first=False)
        else:
            before.append(each)
    if not specs:
        raise CannotImportError("the command started no training job")
    first = specs[0]
    first.imported = replace(first.imported, notes=(*first.imported.notes, *dict.fromkeys(notes)))
    return specs


def _spec(created: Created, store: Objects, stems: TaskIds, bases: set[str], region: str | None) -> Recorded:
    member = _JOBS[created.operation]
    name = str(created.request.get(member))
    base = without_clock(name, created.at)
    imported = import_request(created.request)
    request = dict(imported.jobs[0].request)
    fields: dict[str, Any] = {"region": region} if region else {}
    spec = Recorded(stems.free(task_id_for(base)), imported)
    notes = [*imported.notes, *take_source(spec, request, fields, store, name)]
    fixed = f"the name `{name}` does not contain the time of the recording, so every run would use the same name"
    remarks = [f"{fixed}: add `{{{{ ts_nodash }}}}`"]
    if base != name:
        room = _MAX_NAME[created.operation]
        own = free_base(base, room, bases)
        bases.add(own)
        new = fields["name"] = templated(own, room)
        remarks = [f"the name `{name}` ends with the time of the recording: written as `{new}`"]
        if own != base:
            why = "another job has that name" if base in bases else f"a name has at most {room} characters"
            remarks.append(f"the name has `{own}` instead of `{base}`, because {why}")
        request, found = renamed(request, name, new, frozenset(uploads(request, store)))
        notes += [each for each in found if "source" not in fields or not each.startswith(_ARCHIVE)]
    notes += _made_up(request)
    job = ImportedJob(task_id_for(base), request, cast("JobData", fields), templated=base != name)
    spec.imported = replace(imported, jobs=(job,), notes=tuple(notes), remarks=(*imported.remarks, *remarks))
    return spec


def _made_up(request: Mapping[str, Any]) -> Iterator[str]:
    """What holds the account that the recorder has in AWS's place."""
    for path, value in leaves(dict(request)):
        if isinstance(value, str) and ACCOUNT_ID in value:
            yield f"{dotted_member(path)} contains the recorder's account, {ACCOUNT_ID}: use your own in {value}"


def _put_task(spec: Recorded, created: Created, job_name: str, *, is_first: bool) -> None:
    """Add a task before or after the job."""
    operator, member = _TASKS[created.operation]
    imported = spec.imported
    (job,) = imported.jobs
    base = task_id_for(without_clock(str(created.request.get(member, operator)), created.at))
    ids = TaskIds()
    for each in (job.task_id, *(each.task_id for each in imported.other_tasks)):
        ids.free(each)
    name = ids.free(base)
    fields: dict[str, Any] = {"operator": f"{_OPERATORS}.{operator}", "arguments": {"config": created.request}}
    before = imported.other_tasks[-1].task_id if imported.other_tasks else None
    notes = [
        f"{name}: {dotted_member(path)} names the job of the recording, {job_name}: write its name in a run"
        for path, value in leaves(dict(created.request))
        if isinstance(value, str) and holds_name(value, job_name)
    ]
    if is_first:
        fields |= {"depends_on": before} if before else {}
        job = replace(job, fields={**job.fields, "depends_on": name})
    else:
        after = before if before is not None and job.fields.get("depends_on") != before else job.task_id
        fields["depends_on"] = after
    other_tasks = (*imported.other_tasks, ImportedTask("tasks", name, cast("TaskData", fields)))
    notes += [f"{name}: {each}" for each in _made_up(created.request)]
    spec.imported = replace(imported, jobs=(job,), other_tasks=other_tasks, notes=(*imported.notes, *notes))
