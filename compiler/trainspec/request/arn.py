"""Amazon Resource Names, as far as a request needs them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""


def partition(region: str | None) -> str:
    """The AWS partition of a region: `aws`, `aws-cn` or `aws-us-gov`."""
    if region and region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region and region.startswith("us-gov-") else "aws"


def role_arn(role: str, account: str | None, region: str | None) -> str:
    """The ARN of a role given as an ARN (or a template), or by its bare name in `account`; else `role` as it is."""
    if account is None or role.startswith("arn:") or "{{" in role:
        return role
    return f"arn:{partition(region)}:iam::{account}:role/{role}"
