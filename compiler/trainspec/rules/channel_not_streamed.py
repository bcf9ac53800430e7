"""An input mode that the channel's data source does not support.

`FastFile` streams objects below an S3 prefix; it supports neither manifests nor file systems. A file system (EFS, FSx
for Lustre) is mounted, so its mode is `File`.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.channels import channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS841", "an input mode that the channel's data source does not support")
ONLY_WITH = ("FileSystemDataSource", "FastFile")

BAD = """
inputs: {train: {manifest: s3://my-bucket/train.manifest, input_mode: FastFile}}
"""

GOOD = """
inputs: {train: {manifest: s3://my-bucket/train.manifest, input_mode: File}}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare each channel's mode with its source."""
    for channel in channels(job):
        is_mounted = job.member(*channel.place, "DataSource", "FileSystemDataSource") is not None
        if is_mounted and channel.mode in ("Pipe", "FastFile"):
            message = f"{channel.shown} is a file system: it is mounted (`File`), not streamed (`{channel.mode}`)"
        elif channel.mode == "FastFile" and channel.kind == "ManifestFile":
            message = f"FastFile streams an S3 prefix, but {channel.shown} is a manifest"
        else:
            continue
        own = (*channel.place, "InputMode")
        at = job.origin(*own) if job.member(*own) else job.origin("AlgorithmSpecification", "TrainingInputMode")
        yield Found(at or job.origin(*channel.place), message, "write `input_mode: File`")
