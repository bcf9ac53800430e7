"""A path below /opt/ml/input/data for which the job has no channel.

In the container, each channel's data is in /opt/ml/input/data/NAME. Folders with other names do not exist, so the job
fails with `No such file or directory`.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity, did_you_mean
from trainspec.rules.support.channels import channel_names
from trainspec.rules.support.members import places
from trainspec.rules.support.view import LONGEST, Found, JobView

CODE = Code("TS832", "the path of a channel that the job does not have", Severity.WARNING)

BAD = """
entrypoint: [python, /opt/ml/input/data/training/train.py]
"""

GOOD = """
entrypoint: [python, /opt/ml/input/data/train/train.py]
"""

_START = "/opt/ml/input/data/"
_FOLDER = rf"{_START}([A-Za-z0-9._-]+)(?=[/\s\"':,]|$)"
_PROGRAM = "AlgorithmSpecification.ContainerEntrypoint.*"
"""A container whose program is below such a path cannot start; what else names one may never read it."""
_WHERE = (
    _PROGRAM,
    "AlgorithmSpecification.ContainerArguments.*",
    "HyperParameters.*",
    "Environment.*",
)


def check_job(job: JobView) -> Iterator[Found]:
    """Find such paths in the command, the hyperparameters and the environment."""
    names = channel_names(job)
    if names is None or job.is_serverless:
        return
    for pattern in _WHERE:
        for place, value in places(job, pattern):
            is_read = isinstance(value, str) and _START in value and len(value) <= LONGEST
            for name in re.findall(_FOLDER, value) if is_read else ():
                if name not in names and re.sub(r"_[0-9]+$", "", name) not in names:
                    has = (
                        f"its channels are {', '.join(f'`{each}`' for each in names)}"
                        if names
                        else "it has no channels"
                    )
                    message = (
                        f"`/opt/ml/input/data/{name}` is the path of a channel `{name}`, which the job does not have"
                    )
                    near = did_you_mean(name, names)
                    advice = f"{near} {has}" if near else f"add the channel to `inputs`; {has}"
                    yield Found(job.origin(*place), message, advice, fails_with="" if pattern == _PROGRAM else None)
