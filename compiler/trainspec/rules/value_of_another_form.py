"""A value is in a format that SageMaker rejects, although the API's model allows any string there.

Security groups and subnets are given by their IDs, a key by its ID, ARN or alias, a folder by its full path. The
API's documentation says this in prose only, and SageMaker rejects the request otherwise.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from trainspec.diagnostics import Code
from trainspec.rules.support.members import places
from trainspec.rules.support.view import Found, JobView
from trainspec.templates import has_template

CODE = Code("TS860", "a value in a format that SageMaker rejects")

BAD = """
vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [default]}
"""

GOOD = """
vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}
"""

_KEY_ID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|mrk-[0-9a-f]{32}"
_KMS = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:"


class Form(NamedTuple):
    """Members, the form that they must have, that form in words, and what to write."""

    members: str
    pattern: str
    wanted: str
    advice: str


FORMS = (
    Form(
        "VpcConfig.SecurityGroupIds.*",
        r"sg-[0-9A-Fa-f]+|.{1,3}|.*[^-0-9A-Za-z].*",
        "the id of a security group",
        "an id is `sg-` and 8 or 17 hexadecimal digits",
    ),
    Form(
        "VpcConfig.Subnets.*",
        r"subnet-[0-9A-Fa-f]+|.{1,3}|.*[^-0-9A-Za-z].*",
        "the id of a subnet",
        "an id is `subnet-` and 8 or 17 hexadecimal digits",
    ),
    Form(
        "OutputDataConfig.KmsKeyId",
        rf"{_KEY_ID}|alias/.+|{_KMS}(?:key|alias)/.+",
        "a KMS key",
        "write the key's id, its ARN, `alias/NAME` or the alias's ARN",
    ),
    Form(
        "ResourceConfig.VolumeKmsKeyId",
        rf"{_KEY_ID}|{_KMS}key/.+",
        "the id or the ARN of a KMS key",
        "use the key's id or its ARN; an alias is not allowed for a volume",
    ),
    Form(
        "InputDataConfig.*.DataSource.FileSystemDataSource.DirectoryPath",
        r"/.*",
        "the full path of a folder",
        "a full path begins with `/`",
    ),
    Form("CheckpointConfig.LocalPath", r"/.*", "the full path of a folder", "a full path begins with `/`"),
    Form("TensorBoardOutputConfig.LocalPath", r"/.*", "the full path of a folder", "a full path begins with `/`"),
    Form("DebugHookConfig.LocalPath", r"/.*", "the full path of a folder", "a full path begins with `/`"),
    Form(
        "InputDataConfig.*.DataSource.S3DataSource.HubAccessConfig.HubContentArn",
        r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:(?:[0-9]{12}|aws):hub-content/.+",
        "the ARN of a hub's content",
        "write `arn:aws:sagemaker:REGION:ACCOUNT:hub-content/HUB/ModelReference/NAME/VERSION`",
    ),
    Form(
        "ServerlessJobConfig.SequenceLength",
        r"(?:[1-9][0-9]{0,2}|10[01][0-9]|102[0-4])K",
        "a length from 1K to 1024K",
        "write, for example, `32K`",
    ),
    Form(
        "Tags.*.Key",
        r"(?!(?i:aws:)).*",
        "a key that users may set",
        "choose another key: those that begin with `aws:` are reserved for AWS",
    ),
    Form(
        "AlgorithmSpecification.AlgorithmName",
        r"(?!arn:).*|arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:algorithm/.+",
        "an algorithm",
        "write the ARN of an algorithm, `arn:aws:sagemaker:REGION:ACCOUNT:algorithm/NAME`",
    ),
)
"""Each row is a sentence of the API's reference, at the member that it names.

What the API's own pattern refuses passes here: it has been reported.
"""

_KINDS = {
    "sg-": "a security group",
    "subnet-": "a subnet",
    "vpc-": "a VPC",
    "alias/": "an alias",
    "eni-": "a network interface",
}
_INTERVALS = (100, 200, 500, 1000, 5000, 60000)


def check_job(job: JobView) -> Iterator[Found]:
    """Hold the members of the table against their forms."""
    for form in FORMS:
        for place, value in places(job, form.members):
            if not isinstance(value, str) or not value or has_template(value) or _is_open(value):
                continue
            if not re.fullmatch(form.pattern, value, re.DOTALL):
                kind = next((words for start, words in _KINDS.items() if value.startswith(start)), None)
                kind = None if kind and form.wanted.endswith(kind) else kind
                message = f"`{value}` is {f'{kind}, and ' if kind else ''}not {form.wanted}"
                yield Found(job.origin(*place), message, form.advice)
    place = ("ProfilerConfig", "ProfilingIntervalInMilliseconds")
    interval = job.number(*place)
    if interval is not None and interval not in _INTERVALS:
        shown = ", ".join(f"{each:,}" for each in _INTERVALS)
        message = f"the interval is {interval:,} ms, but SageMaker allows only {shown} ms"
        nearest = min(_INTERVALS, key=lambda each: abs(each - interval))
        yield Found(job.origin(*place), message, f"write {nearest}")


def _is_open(value: str) -> bool:
    """Whether a value is a placeholder or a number of an account that was left out: another rule is about those."""
    return re.search(r"[<>{}$]|XXXX|xxxx|\.\.\.|^(?:None|null|undefined)$", value) is not None
