"""Details of a channel's data source that SageMaker rejects, or that make the container wait forever.

A manifest is a single object, not a prefix. FSx for Lustre is mounted at a path that begins with its mount name. For
the image algorithms, an augmented manifest must be wrapped as RecordIO.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.channels import channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS842", "an invalid detail of a channel's data source")
ONLY_WITH = ("ManifestFile", "AugmentedManifestFile", "FileSystemDataSource")

BAD = """
inputs: {train: {manifest: s3://my-bucket/manifests/}}
"""

GOOD = """
inputs: {train: {manifest: s3://my-bucket/manifests/train.manifest}}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at each channel's source."""
    for channel in channels(job):
        source = (*channel.place, "DataSource", "S3DataSource")
        uri = (channel.uri or "").rstrip()
        if channel.kind in ("ManifestFile", "AugmentedManifestFile") and uri.startswith("s3://"):
            _, slash, key = uri.removeprefix("s3://").partition("/")
            if not slash or not key or uri.endswith("/"):
                message = f"a manifest is a single object, but `{uri}` is a prefix"
                yield Found(
                    job.origin(*source, "S3Uri"), message, "write the object's URI, `s3://BUCKET/PATH/train.manifest`"
                )
        system = (*channel.place, "DataSource", "FileSystemDataSource")
        if job.text(*system, "FileSystemType") == "FSxLustre" and job.text(*system, "DirectoryPath") == "/":
            message = "the files of FSx for Lustre are below its mount name, not directly below `/`"
            yield Found(
                job.origin(*system, "DirectoryPath"),
                message,
                "write `/MOUNT_NAME/FOLDER`; a common mount name is `fsx`",
            )
        found = built_in(job) if channel.is_augmented else None
        wanted = found.algorithm.record_wrapper if found else None
        if found and wanted and job.member(*channel.place, "RecordWrapperType") in (None, "None"):
            message = (
                f"{found.name} reads an augmented manifest as {wanted}, but {channel.shown} is not wrapped as {wanted}"
            )
            yield Found(job.origin(*channel.place), message, f"add `record_wrapper: {wanted}`")
