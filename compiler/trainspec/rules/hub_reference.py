"""A channel's hub whose ARN is not that of a model reference.

`hub` gives a channel the files of a JumpStart model through a private hub. Its ARN must be that of a `ModelReference`
in the private hub, which points to a model in the public hub. The ARN of a model, in either hub, does not work.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HubAccessConfig.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS816", "a channel's hub that is not a model reference", Severity.NOTE)
ONLY_WITH = ("HubAccessConfig",)

BAD = """
inputs:
  train:
    s3: s3://my-bucket/train/
    hub: arn:aws:sagemaker:us-east-1:123456789012:hub-content/my-hub/Model/llama/1.0.0
"""

GOOD = """
inputs:
  train:
    s3: s3://my-bucket/train/
    hub: arn:aws:sagemaker:us-east-1:123456789012:hub-content/my-hub/ModelReference/llama/1.0.0
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Look at the kind of content in each HubContentArn."""
    for place, value in places(job, "InputDataConfig.*.DataSource.S3DataSource.HubAccessConfig.HubContentArn"):
        found = re.search(r":hub-content/[^/{}]+/([A-Za-z]+)/", value) if isinstance(value, str) else None
        if found and found[1] != "ModelReference":
            message = f"the ARN is that of a `{found[1]}`, but a channel's hub needs a `ModelReference`"
            yield Found(job.origin(*place), message, "create a model reference in your hub, and use its ARN")
