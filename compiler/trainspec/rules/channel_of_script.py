"""A channel that contains the program but is streamed or sharded.

The program must be a complete file on every instance, so the channel needs the input mode `File` and the distribution
`FullyReplicated`.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.channels import S3, channels
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS833", "a channel with the program that is streamed or sharded", Severity.WARNING)
ONLY_WITH = ("ContainerEntrypoint", "sagemaker_submit_directory")

BAD = """
entrypoint: [/opt/ml/input/data/code/train.sh]
inputs: {train: s3://my-bucket/train/, code: {s3: s3://my-bucket/code/, input_mode: Pipe}}
"""

GOOD = """
entrypoint: [/opt/ml/input/data/code/train.sh]
inputs: {train: s3://my-bucket/train/, code: {s3: s3://my-bucket/code/, input_mode: File}}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find the channels that the command and the script's location name."""
    said = [
        value
        for pattern in ("AlgorithmSpecification.ContainerEntrypoint.*", "HyperParameters.sagemaker_submit_directory")
        for _place, value in places(job, pattern)
        if isinstance(value, str)
    ]
    named = {name for value in said for name in re.findall(r"/opt/ml/input/data/([A-Za-z0-9_-]+)/", value)}
    for channel in channels(job) if named else ():
        if channel.name in named and channel.mode == "Pipe":
            own = (*channel.place, "InputMode")
            at = job.origin(*own) if job.member(*own) else job.origin(*channel.place)
            message = f"{channel.shown} contains the program, but in `Pipe` mode it has no files"
            yield Found(at, message, "write `input_mode: File`", fails_with="")
        if channel.name in named and channel.distribution == "ShardedByS3Key":
            message = f"{channel.shown} contains the program, but each instance gets only a part of it"
            at = job.origin(*channel.place, *S3, "S3DataDistributionType")
            yield Found(at, message, "write `distribution: FullyReplicated`")
