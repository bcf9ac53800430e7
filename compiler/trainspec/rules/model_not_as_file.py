"""The channel of an earlier model does not use the input mode File.

For incremental training, the channel of the earlier model has the content type `application/x-sagemaker-model`. Its
input mode must be File, whatever the mode of the other channels is: the algorithm unpacks one archive and cannot
stream it.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.channels import channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS828", "an earlier model that is streamed", Severity.WARNING)
ONLY_WITH = ("Pipe", "FastFile")

BAD = """
input_mode: Pipe
inputs:
  train: s3://my-bucket/train/
  model: {s3: s3://my-bucket/model.tar.gz, content_type: application/x-sagemaker-model}
"""

GOOD = """
input_mode: Pipe
inputs:
  train: s3://my-bucket/train/
  model: {s3: s3://my-bucket/model.tar.gz, content_type: application/x-sagemaker-model, input_mode: File}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the mode of each channel whose content type is that of a model."""
    for channel in channels(job):
        is_model = (channel.content_type or "").startswith("application/x-sagemaker-model")
        if is_model and channel.mode in ONLY_WITH:
            own = (*channel.place, "InputMode")
            at = own if job.member(*own) is not None else (*channel.place, "ContentType")
            message = f"{channel.shown} has an earlier model, which needs the input mode File, not {channel.mode}"
            yield Found(job.origin(*at), message, "write `input_mode: File` on this channel")
