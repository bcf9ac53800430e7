"""The code that a recorded program has uploaded: its place in a job's request, and its folder."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from trainspec.importers.model import Imported
from trainspec.importers.request import dotted_member
from trainspec.importers.script import job_fields
from trainspec.recording.clock import around_clock
from trainspec.recording.objects import Objects
from trainspec.recording.unpack import unpacked
from trainspec.schema.values import leaves
from trainspec.templates import as_literal

if TYPE_CHECKING:
    from trainspec.language.data import SourceData

_PROGRAM: Final = "sagemaker_program"
_DIRECTORY: Final = "sagemaker_submit_directory"
_INPUTS: Final = frozenset(("InputDataConfig", "ProcessingInputs", "TransformInput"))


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An archive, or the objects of a folder, and its URI. `is_channel`: an input of the job, not its `source`."""

    uri: str
    files: Path | Mapping[str, Path]
    is_channel: bool = False


@dataclass(slots=True)
class Recorded:
    """A spec that will be written, the stem of its file, and what is unpacked to the folder `STEM-source`."""

    stem: str
    imported: Imported
    uploaded: Uploaded | None = None

    @property
    def folder(self) -> str:
        """The folder's name."""
        return f"{self.stem}-source"

    def as_uploaded(self) -> Imported:
        """The import with the archive as `source.dir`: this can be checked before a folder is packed."""
        (job,) = self.imported.jobs
        if self.uploaded is None or self.uploaded.is_channel:
            return self.imported
        given = {key: value for key, value in job.fields["source"].items() if key != "upload"}
        source = cast("SourceData", {**given, "dir": self.uploaded.uri})
        return replace(self.imported, jobs=(replace(job, fields={**job.fields, "source": source}),))

    def unpack(self, below: Path) -> None:
        """Unpack the code below a folder; what cannot be unpacked is noted. Raises FileExistsError."""
        if self.uploaded is None:
            return
        (job,), uri = self.imported.jobs, self.uploaded.uri
        try:
            notes = [
                f"{each}: it is not in {self.folder}" for each in unpacked(self.uploaded.files, below / self.folder)
            ]
            if self.uploaded.is_channel:
                notes.append(
                    f"the code of the channel `code` is in {self.folder}; the channel still names {uri}, and there is "
                    "no `source.dir`"
                )
        except ValueError as error:
            notes = [f"job `{job.task_id}`: {uri} is not a tar archive that can be read: {error}"]
            self.imported = self.as_uploaded()
            self.uploaded = None
        self.imported = replace(self.imported, notes=(*self.imported.notes, *notes))


def take_source(
    spec: Recorded, request: dict[str, Any], fields: dict[str, Any], store: Objects, at: datetime
) -> list[str]:
    """Point `source.dir` at a folder next to the spec, where the archive was uploaded. Returns notes."""
    read = job_fields(request, lambda text: as_literal(text).replace("$${", "${"))  # `${` is left to the spec's writer
    source = read.get("source") or _plain_source(request)
    uri = source.get("dir") if isinstance(source, Mapping) else None
    if not isinstance(source, Mapping) or not isinstance(uri, str) or not uri.startswith("s3://"):
        spec.uploaded = _code_channel(request, store)
        return []
    archive = _file(store, uri)
    if archive is None:
        return [f"{uri} was not uploaded: `source.dir` is still that archive"]
    spec.uploaded = Uploaded(uri, archive)
    folders = (spec.stem if around_clock(each, at) else each for each in uri.split("/")[:-1])
    fields["source"] = {**source, "dir": spec.folder, "upload": f"{'/'.join(folders)}/"}
    if "source" not in read:
        own = {key: value for key, value in request["HyperParameters"].items() if key not in (_PROGRAM, _DIRECTORY)}
        request["HyperParameters"] = own
        if not own:
            del request["HyperParameters"]
    return []


def uploads(request: Mapping[str, Any], store: Objects) -> Iterator[tuple[str, str]]:
    """What a request reads that was uploaded before, by its member: objects, and inputs below a prefix."""
    for path, value in leaves(dict(request)):
        uri = value.strip('"') if isinstance(value, str) else ""
        if not uri.startswith("s3://") or "/" not in uri.removeprefix("s3://").strip("/"):
            continue
        if _file(store, uri) or (not _INPUTS.isdisjoint(path) and any(store.below(uri))):
            yield dotted_member(path), value


def _file(store: Objects, uri: str) -> Path | None:
    try:
        file = store.path(uri)
    except ValueError:
        return None
    return file if file.is_file() else None


def _uri(channel: Any) -> str | None:
    """The URI of a channel."""
    uri = ((channel.get("DataSource") or {}).get("S3DataSource") or {}).get("S3Uri")
    return uri if isinstance(uri, str) else None


def _code_channel(request: Mapping[str, Any], store: Objects) -> Uploaded | None:
    """The folder that version 3 of the SDK uploads as a channel: it is also kept next to the spec."""
    for channel in request.get("InputDataConfig") or ():
        uri = _uri(channel)
        if channel.get("ChannelName") != "code" or uri is None or not uri.removeprefix("s3://").strip("/"):
            continue
        if uri.startswith("s3://") and (files := dict(store.below(uri))):
            return Uploaded(uri, files, is_channel=True)
    return None


def _plain_source(request: Mapping[str, Any]) -> dict[str, str] | None:
    """The script of a request that only says where it is."""
    values = request.get("HyperParameters") or {}
    if _PROGRAM not in values or _DIRECTORY not in values:
        return None
    return {"entry": values[_PROGRAM].strip('"'), "dir": values[_DIRECTORY].strip('"')}
