"""SageMaker unpacks data only while it streams them.

`compression` and `record_wrapper` of a channel work in the input mode `Pipe`. In the other modes the container gets the
objects as they are.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS558", "compression of a channel that is not streamed", Severity.NOTE)

BAD = """
inputs: {train: {s3: s3://my-bucket/train/, compression: Gzip}}
"""

GOOD = """
inputs: {train: {s3: s3://my-bucket/train/, compression: Gzip, input_mode: Pipe}}
"""

MEMBERS = {"CompressionType": "compression", "RecordWrapperType": "record_wrapper"}


def check_job(job: JobView) -> Iterator[Found]:
    """Find CompressionType and RecordWrapperType on channels in another input mode than Pipe."""
    for channel in job.places("InputDataConfig"):
        mode = job.member(*channel, "InputMode") or job.member("AlgorithmSpecification", "TrainingInputMode")
        for member, field in MEMBERS.items():
            said = job.text(*channel, member)
            if said not in (None, "None") and mode in ("File", "FastFile"):
                message = f"in the mode `{mode}` the container gets the objects as they are, whatever `{field}` says"
                advice = "let the container unpack them and remove the line, or write `input_mode: Pipe`"
                yield Found(job.origin(*channel, member), message, advice, on_key=True)
