"""An augmented manifest must be streamed.

SageMaker passes the lines of an augmented manifest to the container through a pipe, so the input mode of the channel,
or of the job, must be `Pipe`.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code
from trainspec.rules.support.channels import S3, channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS513", "an augmented manifest that is not streamed")
ONLY_WITH = ("AugmentedManifestFile",)

BAD = """
inputs:
  train: {augmented_manifest: s3://my-bucket/train.manifest, attributes: [source-ref, label]}
"""

GOOD = """
inputs:
  train:
    augmented_manifest: s3://my-bucket/train.manifest
    attributes: [source-ref, label]
    input_mode: Pipe
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find AugmentedManifestFile channels in another input mode than Pipe."""
    for channel in channels(job):
        if channel.is_augmented and channel.mode in ("File", "FastFile"):
            message = f"an augmented manifest needs the input mode `Pipe`, but this channel has `{channel.mode}`"
            yield Found(
                job.origin(*channel.place, *S3, "S3Uri"), message, "add `input_mode: Pipe` to the channel", on_key=True
            )
