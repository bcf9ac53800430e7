"""The jobs that a program started, as specs: one for each training or tuning job, with its other tasks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, cast

from trainspec.importers.model import CannotImportError, ImportedJob, ImportedTask, TaskIds, task_id_for
from trainspec.importers.request import dotted_member, import_request, without_empty_ranges
from trainspec.recording.clock import clocks, day_in, without_clock
from trainspec.recording.names import KINDS, Named, name_of, names_of
from trainspec.recording.objects import Objects
from trainspec.recording.rewriting import OfJob, Rewriting
from trainspec.recording.server import Created
from trainspec.recording.sources import Recorded, take_source, uploads
from trainspec.schema.values import leaves
from trainspec.simulator.jobs import ACCOUNT_ID

if TYPE_CHECKING:
    from trainspec.language.data import JobData, TaskData

_OPERATORS: Final = "airflow.providers.amazon.aws.operators.sagemaker"


@dataclass(slots=True)
class _Group:
    """What becomes one spec: a job, and what was created before and after it."""

    job: Created
    stem: str
    before: list[Created] = field(default_factory=list)
    after: list[Created] = field(default_factory=list)


def specs_of(created: Sequence[Created], store: Objects, region: str | None) -> list[Recorded]:
    """The specs of what was created, in order. Raises CannotImportError if there was no training job.

    A spec contains its region unless that is `region`, the default that nobody has set.
    """
    groups: list[_Group] = []
    stems, before, lost = TaskIds(), list[Created](), list[str]()
    for each in created:
        kind = KINDS.get(each.operation)
        if kind is None:
            lost.append(f"{each.operation} is not carried over")
        elif kind.operator is None:
            stem = stems.free(task_id_for(without_clock(name_of(each), each.at)))
            groups.append(_Group(each, stem, before=before))
            before = []
        else:
            (groups[-1].after if groups else before).append(each)
    if not groups:
        raise CannotImportError("the command started no training job")
    names = names_of(created)
    files = {name_of(each): f"{group.stem}.yaml" for group in groups for each in _all(group)}
    specs = [_spec(group, names, files, store, region) for group in groups]
    first = specs[0]
    first.imported = replace(first.imported, notes=(*first.imported.notes, *dict.fromkeys(lost)))
    return specs


def _all(group: _Group) -> list[Created]:
    return [*group.before, group.job, *group.after]


def _spec(
    group: _Group, names: Mapping[str, Named], files: Mapping[str, str], store: Objects, region: str | None
) -> Recorded:
    own = {name_of(each) for each in _all(group)}
    rewriting = Rewriting(
        {name: named for name, named in names.items() if name in own},
        frozenset(name_of(each) for each in (*group.before, *group.after)),
        {name: files[name] for name in names if name not in own},
        frozenset(value for each in _all(group) for _, value in uploads(each.request, store)),
        group.job.at,
    )
    spec = _with_job(group, rewriting, store, region)
    for each in group.before:
        _put_task(spec, each, rewriting, store, _region(each, region, "region_name"), None)
    job = spec.imported.jobs[0]
    if group.before:
        depends_on = spec.imported.other_tasks[-1].task_id
        job = replace(job, fields={**job.fields, "depends_on": depends_on})
        spec.imported = replace(spec.imported, jobs=(job,))
    config = group.job.request.get("TrainingJobDefinition") or group.job.request
    output = str((config.get("OutputDataConfig") or {}).get("S3OutputPath", ""))
    of_job = OfJob(job.task_id, name_of(group.job), output)
    for each in group.after:
        _put_task(spec, each, rewriting, store, _region(each, region, "region_name"), of_job)
    return spec


def _with_job(group: _Group, rewriting: Rewriting, store: Objects, region: str | None) -> Recorded:
    """The spec with only its job."""
    created, name = group.job, name_of(group.job)
    imported = import_request(without_empty_ranges(created.request))
    request = dict(imported.jobs[0].request)
    fields: dict[str, Any] = _region(created, region, "region")
    spec = Recorded(group.stem, imported)
    notes = [*imported.notes, *take_source(spec, request, fields, store, created.at)]
    remarks = [*imported.remarks, *_on_name(created, rewriting)]
    made, found = rewriting.rewritten(request)
    if name in rewriting.names:
        fields["name"] = rewriting.names[name].template
    lost, known = _on_uploads(created, store, spec.uploaded.uri if spec.uploaded else None)
    notes += [*found, *_made_up(made, rewriting), *lost]
    remarks += known
    job = ImportedJob(task_id_for(without_clock(name, created.at)), made, cast("JobData", fields), made != request)
    spec.imported = replace(imported, jobs=(job,), notes=tuple(notes), remarks=tuple(remarks))
    return spec


def _region(created: Created, region: str | None, field: str) -> dict[str, Any]:
    """The field for the region of a request, unless that is the default."""
    return {field: created.region} if created.region != region else {}


def _put_task(
    spec: Recorded,
    created: Created,
    rewriting: Rewriting,
    store: Objects,
    more: Mapping[str, Any],
    job: OfJob | None,
) -> None:
    """Add a task with the arguments `more` after the others, and after the `job`, if that is given."""
    imported, kind = spec.imported, KINDS[created.operation]
    taken = TaskIds()
    for each in (imported.jobs[0].task_id, *(each.task_id for each in imported.other_tasks)):
        taken.free(each)
    name = task_id_for(without_clock(name_of(created) or str(kind.operator), created.at))
    name = taken.free(f"{name}-{kind.noun}" if taken.has(name) else name)
    request, found = rewriting.rewritten(created.request, job)
    fields: dict[str, Any] = {"operator": f"{_OPERATORS}.{kind.operator}", "arguments": {"config": request, **more}}
    of_job = imported.jobs[0].fields.get("depends_on")
    before = imported.other_tasks[-1].task_id if imported.other_tasks else None
    if job is not None:
        fields["depends_on"] = before if before not in (None, of_job) else job.task_id
    elif before is not None:
        fields["depends_on"] = before
    lost, known = _on_uploads(created, store, None)
    notes = [f"{name}: {each}" for each in (*found, *_made_up(request, rewriting), *lost)]
    remarks = [f"{name}: {each}" for each in (*_on_name(created, rewriting), *known)]
    spec.imported = replace(
        imported,
        other_tasks=(*imported.other_tasks, ImportedTask("tasks", name, cast("TaskData", fields))),
        notes=(*imported.notes, *notes),
        remarks=(*imported.remarks, *remarks),
    )


def _on_name(created: Created, rewriting: Rewriting) -> Iterator[str]:
    """What to know about the name: how it is written, and whether every run can use it."""
    name = name_of(created)
    is_endpoint = created.operation == "CreateEndpoint"
    if name in rewriting.names:
        yield rewriting.names[name].remark
        if is_endpoint:
            yield "every run creates an endpoint, which nothing deletes; with a fixed name, each run would update it"
    elif not is_endpoint and day_in(name, created.at) is None:
        why = f"no time is recognized in the name `{name}`, so every run would use the same name"
        yield f"{why}: add `{{{{ ts_nodash }}}}`"


def _on_uploads(created: Created, store: Objects, code: str | None) -> tuple[list[str], list[str]]:
    """Notes and remarks on what the command uploaded before; what is next to the `code` is noted elsewhere."""
    notes, remarks = [], []
    for where, value in uploads(created.request, store):
        uri = value.strip('"')
        if code is not None and uri.rpartition("/")[0] == code.rpartition("/")[0]:
            continue
        if ACCOUNT_ID in uri or any(clocks(uri, created.at)) or day_in(uri, created.at):
            notes.append(
                f"{where} is what the command uploaded, {uri}: upload it to your own bucket, and write its URI"
            )
        else:
            remarks.append(f"{where} is what the command uploaded, {uri}: the spec does not upload it")
    return notes, remarks


def _made_up(request: Mapping[str, Any], rewriting: Rewriting) -> Iterator[str]:
    """Members that contain the account that the recorder has instead of AWS's."""
    for path, value in leaves(dict(request)):
        if isinstance(value, str) and ACCOUNT_ID in value and value not in rewriting.kept:
            yield f"{dotted_member(path)} contains the recorder's account, {ACCOUNT_ID}: use your own in {value}"
