"""A role that SageMaker cannot assume, or an ARN without the role's path.

A service-linked role trusts only its own service. A job runs in the account of its role: `Cross-account pass role is
not allowed`. Roles created by the console (`AmazonSageMaker-ExecutionRole-…`) have the path `service-role/`.

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
"""

import re
from collections.abc import Iterator

from trainspec.diagnostics import Code, Severity
from trainspec.rules.support.view import Found, JobView

CODE = Code("TS866", "a role that SageMaker cannot assume", Severity.WARNING)

BAD = """
role: arn:aws:iam::123456789012:role/aws-service-role/sagemaker.amazonaws.com/AWSServiceRoleForAmazonSageMakerNotebooks
"""

GOOD = """
role: arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole-20200101T000000
"""


def check_job(job: JobView) -> Iterator[Found]:
    """Take RoleArn apart."""
    parts = (job.text("RoleArn") or "").split(":", 5)
    if len(parts) != 6:
        return
    at, account, path = job.origin("RoleArn"), parts[4], parts[5]
    if path.startswith("role/aws-service-role/"):
        message = f"a service-linked role trusts only {path.split('/')[2]}, so SageMaker cannot assume it for a job"
        yield Found(at, message, "use an execution role")
    own = job.fields.get("account")
    if isinstance(own, str) and own.isdigit() and account.isdigit() and own != account:
        message = (
            f"the job is in the account {own}, but its role is in {account}: a role cannot be passed across accounts"
        )
        yield Found(at, message, f"use a role in {own}")
    if re.fullmatch(r"role/AmazonSageMaker-ExecutionRole-[0-9]{8}T[0-9]{6}", path):
        message = "execution roles created by the console have the path `service-role/`, which is missing from this ARN"
        meant = f"{':'.join(parts[:5])}:role/service-role/{path.removeprefix('role/')}"
        yield Found(at, message, f"write `{meant}`", fix=meant)
