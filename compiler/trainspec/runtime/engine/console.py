"""Addresses of a job and its log streams in the AWS console."""

from collections.abc import Callable
from typing import Final

from trainspec.runtime.engine.kinds import TRAINING, JobKind
from trainspec.runtime.engine.logs import LOG_GROUP

# https://docs.aws.amazon.com/general/latest/gr/rande.html; other partitions have no public console.
_CONSOLES: Final = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def job_url(arn: str, name: str, kind: JobKind = TRAINING) -> str | None:
    """Return the page of the job `name` in the SageMaker console; None in a partition without one.

    The `arn` gives partition and region; its name is in lower case, which finds neither the job nor its log streams.
    """
    page = kind.page.format(name=name)
    return _url(arn, lambda region: f"sagemaker/home?region={region}#/{page}")


def logs_url(arn: str, name: str, kind: JobKind = TRAINING) -> str | None:
    """Return the page of a job's log streams in CloudWatch; None in a partition without a console."""
    group = LOG_GROUP.replace("/", "$252F")  # the console's own escape: percent-encoded twice, "$" for "%"
    streams = kind.log_prefix.format(name=name).replace("/", "$252F")
    return _url(
        arn,
        lambda region: (
            f"cloudwatch/home?region={region}#logsV2:log-groups/log-group/{group}$3FlogStreamNameFilter$3D{streams}"
        ),
    )


def _url(arn: str, page: Callable[[str], str]) -> str | None:
    _, partition, _, region, _ = arn.split(":", 4)
    host = _CONSOLES.get(partition)
    return f"https://{region}.{host}/{page(region)}" if host else None
