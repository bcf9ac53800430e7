"""A built-in algorithm without a channel that it requires.

SageMaker accepts the job, but the container finds no data where it expects it, and fails after some minutes that you
pay for.

https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.channels import channel_names, channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS553", "a built-in algorithm without a channel that it requires", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: null, validation: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Compare the channels of a built-in algorithm with those that it needs."""
    found = built_in(job)
    names = channel_names(job) if found else None
    if found is None or names is None:
        return
    data = [channel for channel in channels(job) if channel.name in ("train", "validation")]
    is_augmented = any(channel.is_augmented for channel in data)
    media = [(channel.content_type or "").partition(";")[0].strip().lower() for channel in data]
    has_images = any(kind.startswith(("image/", "application/x-image")) for kind in media)
    missing = [
        each.name
        for each in found.algorithm.channels.values()
        if each.name not in names
        and (
            each.required
            or (each.needed_with == "images" and has_images and not is_augmented)
            or (each.needed_with == "files" and not is_augmented)
        )
    ]
    if missing:
        shown = " and ".join(f"`{each}`" for each in missing)
        message = f"{found.name} requires the channel{'s' if len(missing) > 1 else ''} {shown}, which the job lacks"
        has = ", ".join(f"`{each}`" for each in sorted(names)) or "none"
        yield Found(("inputs",), message, f"add {shown} to `inputs` (now: {has})", on_key=True)
