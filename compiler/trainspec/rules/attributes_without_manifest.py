"""`attributes` selects the attributes to read from each line of an augmented manifest.

A channel of any other type has no such lines.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.channels import S3, channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS557", "attributes on a channel that is not an augmented manifest", Severity.WARNING)
ONLY_WITH = ("AttributeNames",)

BAD = """
inputs: {train: {s3: s3://my-bucket/train/, attributes: [source-ref, label]}}
"""

GOOD = """
input_mode: Pipe
inputs: {train: {augmented_manifest: s3://my-bucket/train.manifest, attributes: [source-ref, label]}}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find AttributeNames on channels of another S3DataType."""
    for channel in channels(job):
        source = (*channel.place, *S3)
        if channel.kind is not None and not channel.is_augmented and job.member(*source, "AttributeNames"):
            message = "`attributes` applies only to an augmented manifest, which this channel is not"
            advice = "write `augmented_manifest:` instead of `s3:`, or remove `attributes`"
            yield Found(job.origin(*source, "AttributeNames"), message, advice, on_key=True)
