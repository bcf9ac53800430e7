"""A built-in algorithm without a channel that it reads.

SageMaker starts the job all the same; the container then finds no data at its place, and fails after some minutes that
are paid for.

https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS553", "a built-in algorithm without a channel that it needs", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: null, training: s3://my-bucket/train/}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: s3://my-bucket/train/}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the channels of a built-in algorithm with those that it needs."""
    found = built_in(job)
    if found is None or "inputs" in job.spoilt:
        return
    name, algorithm = found
    channels = tuple(job.places("InputDataConfig"))
    names = [job.text(*channel, "ChannelName") for channel in channels]
    kinds = {job.text(*channel, "DataSource", "S3DataSource", "S3DataType") for channel in channels}
    types = [job.text(*channel, "ContentType") or "" for channel in channels]
    has_images = any(kind.startswith("application/x-image") for kind in types)
    needed = algorithm.channels
    if has_images and "AugmentedManifestFile" not in kinds:
        needed += algorithm.with_images
    missing = [each for each in needed if each not in names]
    if missing and None not in names:
        shown = " and ".join(f"`{each}`" for each in missing)
        message = f"{name} reads the channel{'s' if len(missing) > 1 else ''} {shown}, and the job has none"
        has = ", ".join(f"`{each}`" for each in sorted(map(str, names))) or "no channel"
        yield Found(("inputs",), message, f"add {shown} to `inputs` (there is {has})", on_key=True)
