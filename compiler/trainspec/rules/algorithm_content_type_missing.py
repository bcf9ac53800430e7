"""A built-in algorithm's channel that does not set its content type.

The container then reads the data in its default format: libsvm for XGBoost, RecordIO-protobuf for most others. For
CSV or images, set `content_type`.

https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.channels import channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS805", "a built-in algorithm's channel without a content type", Severity.NOTE)

BAD = """
image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1
hyperparameters: {k: 10, feature_dim: 784}
"""

GOOD = """
image: 382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1
inputs: {train: {s3: s3://my-bucket/train/, content_type: "text/csv;label_size=0"}}
hyperparameters: {k: 10, feature_dim: 784}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find channels of data without ContentType, where there is more than one thing that they may be."""
    found = built_in(job)
    content = found.algorithm.content if found else None
    for channel in channels(job) if content and (content.default or content.required) else ():
        known = found.algorithm.channels.get(channel.name or "") if found else None
        is_csv = (channel.uri or "").endswith((".csv", ".csv.gz"))
        if not found or not content or not known or channel.has_content_type or known.is_model or is_csv:
            continue
        if content.default:
            message = f"{found.name} reads a channel without `content_type` as {content.default}"
        else:
            message = f"{found.name} cannot detect the format of the data in {channel.shown}"
        shown = ", ".join(f"`{each}`" for each in known.types or content.types if "/" in each)
        yield Found(job.origin(*channel.place), message, f"set `content_type` to the format of the data: {shown}")
