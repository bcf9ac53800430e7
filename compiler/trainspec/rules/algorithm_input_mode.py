"""An input mode in which the built-in algorithm cannot read the data.

`Pipe` streams the data. DeepAR, IP Insights, Object2Vec and Seq2Seq read only files. BlazingText and semantic
segmentation stream only augmented manifests. LDA streams RecordIO but not CSV. XGBoost streams neither libsvm nor,
from 2.0, CSV.

https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.algorithms import BuiltIn, built_in
from trainspec.rules.support.channels import ChannelView, channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS809", "an input mode that the built-in algorithm does not support", Severity.WARNING)

BAD = """
image: 522234722520.dkr.ecr.us-east-1.amazonaws.com/forecasting-deepar:1
hyperparameters: {time_freq: H, context_length: 24, prediction_length: 24, epochs: 20}
input_mode: Pipe
"""

GOOD = """
image: 522234722520.dkr.ecr.us-east-1.amazonaws.com/forecasting-deepar:1
hyperparameters: {time_freq: H, context_length: 24, prediction_length: 24, epochs: 20}
input_mode: File
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Find piped channels that the algorithm reads from files."""
    found = built_in(job)
    for channel in channels(job) if found else ():
        why = _why_not(found, channel) if found and channel.mode == "Pipe" else None
        if found and why:
            own = (*channel.place, "InputMode")
            at = job.origin(*own) if job.member(*own) else job.origin("AlgorithmSpecification", "TrainingInputMode")
            yield Found(at or job.origin(*channel.place), f"{found.name} {why}", "write `input_mode: File`")
            return


def _why_not(found: BuiltIn, channel: ChannelView) -> str | None:
    """Why an algorithm cannot read a piped channel."""
    from trainspec.request.algorithms.model import is_in

    algorithm, content = found.algorithm, found.algorithm.content
    known = algorithm.channels.get(channel.name or "")
    if known is None:
        return None
    if "Pipe" not in algorithm.modes:
        return "reads files only, not `Pipe`"
    if channel.is_augmented:
        return None
    if algorithm.pipe_for_augmented_only:
        return f"streams only augmented manifests, but {channel.shown} is not one"
    media = (channel.content_type or "").partition(";")[0].strip().lower() or (
        content.default if not channel.has_content_type else None
    )
    if not media or not content.pipe or media not in (*content.types, content.default):
        return None
    if media not in content.pipe:
        return f"reads {media} only from files, not in `Pipe` mode"
    until = content.pipe_until.get(media)
    if until and found.version and not is_in(found.version, None, until):
        return f"reads {media} from files; it supported `Pipe` only until {until}"
    return None
