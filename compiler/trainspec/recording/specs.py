"""What a program has asked SageMaker for, as specs: one for each training or tuning job, with the tasks around it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from trainspec.container.store import Store
from trainspec.importers.model import CannotImportError, Imported, ImportedJob, ImportedTask, TaskIds, task_id_for
from trainspec.importers.request import dotted_member, import_request
from trainspec.importers.script import job_fields
from trainspec.recording.answers import ACCOUNT
from trainspec.recording.server import Created
from trainspec.schema.values import leaves
from trainspec.templates import as_literal

_JOBS: Final = {"CreateTrainingJob": "TrainingJobName", "CreateHyperParameterTuningJob": "HyperParameterTuningJobName"}
_OPERATORS: Final = "airflow.providers.amazon.aws.operators.sagemaker"
_TASKS: Final = {
    "CreateProcessingJob": ("SageMakerProcessingOperator", "ProcessingJobName"),
    "CreateTransformJob": ("SageMakerTransformOperator", "TransformJobName"),
    "CreateModel": ("SageMakerModelOperator", "ModelName"),
    "CreateEndpointConfig": ("SageMakerEndpointConfigOperator", "EndpointConfigName"),
    "CreateEndpoint": ("SageMakerEndpointOperator", "EndpointName"),
}
_PROGRAM: Final = "sagemaker_program"
_DIRECTORY: Final = "sagemaker_submit_directory"
_NAME: Final = "sagemaker_job_name"
_CLOCK: Final = re.compile(r"-(\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-\d{3}|\d{6}-\d{4}|\d{14})$")
"""What the SDKs put behind a name of theirs."""


@dataclass(slots=True)
class Recorded:
    """A spec to be, the stem of its file, and archives that are unpacked beside it, by the folder's name."""

    stem: str
    imported: Imported
    sources: dict[str, Path] = field(default_factory=dict)
    uploaded: dict[str, str] = field(default_factory=dict)

    def as_uploaded(self) -> Imported:
        """The import with the archives as `source.dir`: what can be checked before a folder is packed."""
        (job,) = self.imported.jobs
        if not self.uploaded:
            return self.imported
        source = {key: value for key, value in job.fields["source"].items() if key != "upload"}
        source["dir"] = self.uploaded[source["dir"]]
        return replace(self.imported, jobs=(replace(job, fields={**job.fields, "source": source}),))


def specs_of(created: Sequence[Created], store: Store, region: str | None) -> list[Recorded]:
    """The specs of what was created, in order. Raises CannotImportError where there was no training job."""
    specs: list[Recorded] = []
    stems, before, notes = TaskIds(), list[Created](), list[str]()
    for each in created:
        if each.operation in _JOBS:
            specs.append(_spec(each, store, stems, region))
            for task in before:
                _put_task(specs[-1], task, is_first=True)
            before = []
        elif each.operation not in _TASKS:
            notes.append(f"{each.operation} is not carried over")
        elif specs:
            _put_task(specs[-1], each, is_first=False)
        else:
            before.append(each)
    if not specs:
        raise CannotImportError("the command made no training job")
    first = specs[0]
    first.imported = replace(first.imported, notes=(*first.imported.notes, *dict.fromkeys(notes)))
    return specs


def _spec(created: Created, store: Store, stems: TaskIds, region: str | None) -> Recorded:
    member = _JOBS[created.operation]
    name = str(created.request.get(member))
    base = _CLOCK.sub("", name)
    imported = import_request(created.request)
    request = dict(imported.jobs[0].request)
    fields: dict[str, Any] = {"region": region} if region else {}
    remarks = []
    if base != name:
        fields["name"] = request[member] = f"{base}-{{{{ ts_nodash }}}}"
        _rename(request, name, fields["name"])
        remarks.append(f"the name `{name}` ends with the time of the recording: written as `{fields['name']}`")
    spec = Recorded(stems.free(task_id_for(base)), imported)
    notes = [*imported.notes, *_made_up(request), *_source(spec, request, fields, store, name)]
    job = ImportedJob(task_id_for(base), request, fields)
    spec.imported = replace(imported, jobs=(job,), notes=tuple(notes), remarks=tuple(remarks))
    return spec


def _rename(request: dict[str, Any], name: str, new: str) -> None:
    """Let the hyperparameter that holds the job's name hold the new one."""
    values = request.get("HyperParameters")
    if isinstance(values, Mapping) and _NAME in values:
        request["HyperParameters"] = {**values, _NAME: values[_NAME].replace(name, new)}


def _made_up(request: Mapping[str, Any]) -> Iterator[str]:
    """What holds the account that the recorder has in AWS's place."""
    for path, value in leaves(dict(request)):
        if isinstance(value, str) and ACCOUNT in value:
            yield f"{dotted_member(path)} holds the recorder's account, {ACCOUNT}: write your own, {value}"


def _source(spec: Recorded, request: dict[str, Any], fields: dict[str, Any], store: Store, name: str) -> Iterator[str]:
    """Point `source.dir` at a folder beside the spec, where the archive was uploaded."""
    read = job_fields(request, as_literal)
    source = read.get("source") or _plain_source(request)
    uri = source.get("dir") if isinstance(source, Mapping) else None
    if not isinstance(source, Mapping) or not isinstance(uri, str) or not uri.startswith("s3://"):
        yield from _code_channel(spec, request, store)
        return
    archive = store.path(uri)
    if not archive.is_file():
        yield f"{uri} was not uploaded: `source.dir` is still that archive"
        return
    folder = f"{spec.stem}-source"
    spec.sources[folder], spec.uploaded[folder] = archive, uri
    upload = f"{uri.rpartition('/')[0]}/".replace(f"/{name}/", f"/{spec.stem}/")
    fields["source"] = {**source, "dir": folder, "upload": upload}
    if "source" not in read:
        own = {key: value for key, value in request["HyperParameters"].items() if key not in (_PROGRAM, _DIRECTORY)}
        request["HyperParameters"] = own
        if not own:
            del request["HyperParameters"]


def _code_channel(spec: Recorded, request: Mapping[str, Any], store: Store) -> Iterator[str]:
    """The folder that version 3 of the SDK uploads as a channel: it is kept beside the spec, too."""
    for channel in request.get("InputDataConfig") or ():
        uri = ((channel.get("DataSource") or {}).get("S3DataSource") or {}).get("S3Uri")
        if channel.get("ChannelName") == "code" and isinstance(uri, str) and (folder := store.path(uri)).is_dir():
            spec.sources[f"{spec.stem}-source"] = folder
            yield f"the code of the channel `code` is in {spec.stem}-source; the channel still names {uri}"


def _plain_source(request: Mapping[str, Any]) -> dict[str, str] | None:
    """The script of a request that says no more of it than where it is."""
    values = request.get("HyperParameters") or {}
    if _PROGRAM not in values or _DIRECTORY not in values:
        return None
    return {"entry": values[_PROGRAM].strip('"'), "dir": values[_DIRECTORY].strip('"')}


def _put_task(spec: Recorded, created: Created, *, is_first: bool) -> None:
    """Add a task before or after the job."""
    operator, member = _TASKS[created.operation]
    imported = spec.imported
    (job,) = imported.jobs
    base = task_id_for(_CLOCK.sub("", str(created.request.get(member, operator))))
    ids = TaskIds()
    for each in (job.task_id, *(each.task_id for each in imported.around)):
        ids.free(each)
    name = ids.free(base)
    fields: dict[str, Any] = {"operator": f"{_OPERATORS}.{operator}", "arguments": {"config": created.request}}
    before = imported.around[-1].task_id if imported.around else None
    notes = [
        f"{name}: {dotted_member(path)} names the job of the recording, {job_name}: write its name in a run"
        for path, value in leaves(dict(created.request))
        if isinstance(value, str) and (job_name := str(job.request.get("TrainingJobName"))) in value
    ]
    if is_first:
        fields |= {"depends_on": before} if before else {}
        job = replace(job, fields={**job.fields, "depends_on": name})
    else:
        after = before if before is not None and job.fields.get("depends_on") != before else job.task_id
        fields["depends_on"] = after
    around = (*imported.around, ImportedTask("tasks", name, fields))
    notes += [f"{name}: {each}" for each in _made_up(created.request)]
    spec.imported = replace(imported, jobs=(job,), around=around, notes=(*imported.notes, *notes))
