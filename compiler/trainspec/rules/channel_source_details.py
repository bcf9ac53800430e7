"""Details of a channel's source that SageMaker refuses, or that the container waits for in vain.

A manifest is one object, and no prefix; FSx for Lustre is mounted at a path that begins with the name of its mount;
what an image algorithm reads from an augmented manifest has to be wrapped as RecordIO.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.channels import channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS842", "a channel's source with a detail that cannot be")

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
                message = f"a manifest is one object, and `{uri}` is a prefix"
                yield Found(job.origin(*source, "S3Uri"), message, "name the object, `s3://BUCKET/PATH/train.manifest`")
        system = (*channel.place, "DataSource", "FileSystemDataSource")
        if job.text(*system, "FileSystemType") == "FSxLustre" and job.text(*system, "DirectoryPath") == "/":
            message = "FSx for Lustre has its files below the name of its mount, and not at `/`"
            yield Found(job.origin(*system, "DirectoryPath"), message, "write `/MOUNT/FOLDER`; `fsx` is a common mount")
        found = built_in(job) if channel.is_augmented else None
        wanted = found.algorithm.record_wrapper if found else None
        if found and wanted and job.member(*channel.place, "RecordWrapperType") in (None, "None"):
            message = f"{found.name} reads an augmented manifest as {wanted}, and {channel.shown} is not wrapped so"
            yield Found(job.origin(*channel.place), message, f"add `record_wrapper: {wanted}`")
