"""A channel with a content type that the built-in algorithm cannot read.

Each algorithm reads certain formats, and `content_type` says which of them the data has. If a channel has no
`content_type`, XGBoost assumes libsvm and most others assume RecordIO, even if the files are CSV.

https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import BuiltIn, built_in
from trainspec.rules.support.channels import ChannelView, channels
from trainspec.rules.support.view import Found, JobView

if TYPE_CHECKING:
    from trainspec.request.algorithms.model import Channel

CODE = Code("TS804", "a content type that the built-in algorithm cannot read", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: application/json}}
hyperparameters: {num_round: 100}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs: {train: {s3: s3://my-bucket/train/, content_type: text/csv}}
hyperparameters: {num_round: 100}
"""

_LABEL_SIZE = re.compile(r";\s*label_size\s*=\s*([^;\s]*)", re.IGNORECASE)


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the content type of each channel that the algorithm has."""
    found = built_in(job)
    for channel in channels(job) if found else ():
        known = found.algorithm.channels.get(channel.name or "") if found else None
        if found is None or known is None:
            continue
        if channel.content_type is not None:
            yield from _wrong(job, found, known, channel, channel.content_type)
        elif not channel.has_content_type:
            yield from _unsaid(job, found, channel)


def _wrong(job: JobView, found: BuiltIn, known: Channel, channel: ChannelView, said: str) -> Iterator[Found]:
    content, at = found.algorithm.content, job.origin(*channel.place, "ContentType")
    media = said.partition(";")[0].strip().lower()
    if known.is_model:
        if media != "application/x-sagemaker-model":
            message = f"{channel.shown} is for an earlier model, but its content type `{said}` is a data format"
            yield Found(at, message, "write `application/x-sagemaker-model`")
        return
    types = (content.augmented or content.types) if channel.is_augmented else known.types or content.types
    if known.types and channel.is_augmented:
        types += known.types
    if media not in types:
        shown = ", ".join(f"`{each}`" for each in types)
        says = found.algorithm.says["content"].format(value=said)
        message = f"{found.name} cannot read `{said}`"
        advice = f'{channel.shown} accepts {shown}; the container would fail with "{says}"'
        yield Found(at, message, advice, fails_with=says)
    size = _LABEL_SIZE.search(said)
    if size and not re.fullmatch("[0-9]{1,9}", size[1]):
        message = f"`label_size={size[1]}` of {channel.shown} is not a number of columns"
        yield Found(at, message, "write `label_size=0` for data without a label, or `label_size=1`")
    elif size and content.label_size and str(int(size[1])) not in content.label_size:
        declared = "no label" if int(size[1]) == 0 else f"{int(size[1])} columns of labels"
        message = f"{found.name} reads the label from the first column, but `{said}` declares {declared}"
        yield Found(at, message, "write `text/csv`: `label_size` must be 1")


def _unsaid(job: JobView, found: BuiltIn, channel: ChannelView) -> Iterator[Found]:
    default = found.algorithm.content.default
    if (
        default
        and channel.uri
        and re.search(r"\.csv(?:\.gz)?$", channel.uri)
        and "text/csv" in found.algorithm.content.types
    ):
        file = channel.uri.rpartition("/")[2]
        message = f"{found.name} reads a channel without `content_type` as {default}, but `{file}` is CSV"
        yield Found(job.origin(*channel.place), message, "add `content_type: text/csv`")
