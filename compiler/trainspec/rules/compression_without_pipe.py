"""SageMaker decompresses data only when it streams it.

A channel's `compression` and `record_wrapper` take effect only in the input mode `Pipe`. In the other modes the
container gets the objects unchanged.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.channels import channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS558", "compression on a channel that is not streamed", Severity.NOTE)

BAD = """
inputs: {train: {s3: s3://my-bucket/train/, compression: Gzip}}
"""

GOOD = """
inputs: {train: {s3: s3://my-bucket/train/, compression: Gzip, input_mode: Pipe}}
"""

MEMBERS = {"CompressionType": "compression", "RecordWrapperType": "record_wrapper"}
ONLY_WITH = tuple(MEMBERS)


def check_job(job: JobView) -> Iterator[Found]:
    """Find CompressionType and RecordWrapperType on channels in another input mode than Pipe."""
    for channel in channels(job):
        for member, field in MEMBERS.items() if channel.mode in ("File", "FastFile") else ():
            said = job.text(*channel.place, member)
            if said not in (None, "None"):
                message = (
                    f"in the input mode `{channel.mode}`, `{field}` has no effect: "
                    "the container gets the objects unchanged"
                )
                advice = "remove it and decompress the data in the container, or write `input_mode: Pipe`"
                yield Found(job.origin(*channel.place, member), message, advice, on_key=True)
