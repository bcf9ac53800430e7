"""A channel that the built-in algorithm does not have.

XGBoost fails with `Extraneous channel found`. Other algorithms reject the channel, too, or never read the data that
was copied for it. If an algorithm has no `test` channel, put test data into `validation`. Only the image algorithms
can continue to train an earlier model (`model`).

https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html
"""

from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity, did_you_mean
from trainspec.rules.support.algorithms import built_in
from trainspec.rules.support.channels import channels
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS808", "a channel that the built-in algorithm does not have", Severity.WARNING)

BAD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs:
  train: {s3: s3://my-bucket/train/, content_type: text/csv}
  test: {s3: s3://my-bucket/test/, content_type: text/csv}
hyperparameters: {num_round: 100}
"""

GOOD = """
image: 683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1
inputs:
  train: {s3: s3://my-bucket/train/, content_type: text/csv}
  validation: {s3: s3://my-bucket/test/, content_type: text/csv}
hyperparameters: {num_round: 100}
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look up the name of each channel."""
    found = built_in(job)
    for channel in channels(job) if found else ():
        if found is None or channel.name is None or channel.name in found.algorithm.channels:
            continue
        known = [each.name for each in found.algorithm.channels.values() if not each.script_only]
        missing = [each for each in known if found.algorithm.channels[each].required]
        if channel.name in ("training", "data") and "train" in missing:
            near = "did you mean `train`?"
        else:
            near = did_you_mean(channel.name, known) or f"its channels are {', '.join(f'`{each}`' for each in known)}"
        says = found.algorithm.says["channel"].format(name=channel.name)
        message = f"{found.name} has no channel `{channel.name}`"
        advice = f'{near}; the container would fail with "{says}"'
        yield Found(job.origin(*channel.place), message, advice, on_key=True, fails_with=says)
