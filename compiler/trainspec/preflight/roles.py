"""Whether a job's role exists, trusts SageMaker, and may do what the job needs.

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
"""

from collections.abc import Iterator
from typing import Any

from trainspec.diagnostics import codes
from trainspec.iam import Statement, execution_policy
from trainspec.preflight.model import Checked, Found, not_checked
from trainspec.text.tree import Path

_ROLE: Path = ("RoleArn",)
_SERVICE = "sagemaker.amazonaws.com"
_NAMESPACE = {
    "ContextKeyName": "cloudwatch:namespace",
    "ContextKeyValues": ["/aws/sagemaker/TrainingJobs"],
    "ContextKeyType": "string",
}


def check_role(checked: Checked) -> Iterator[Found]:
    """The role itself."""
    arn = checked.job.view.text("RoleArn")
    if arn is None:
        return
    owner, name = (arn.split(":") + [""] * 6)[4], arn.rpartition("/")[2]
    if owner != checked.caller:
        message = (
            f"the role belongs to the account {owner}, but your credentials belong to the account {checked.caller}"
        )
        yield Found(codes.OTHER_ACCOUNT, _ROLE, message, "use credentials of that account, or a role in your account")
        return
    answer = checked.ask("iam", "get_role", RoleName=name)
    if answer.error in ("NoSuchEntity", "NoSuchEntityException"):
        yield Found(
            codes.NO_ROLE, _ROLE, f"there is no role `{name}` in the account {owner}", "create it, or correct its name"
        )
    elif answer.error:
        yield not_checked(_ROLE, "whether the role exists and trusts SageMaker", ("iam", "get_role"), answer)
    elif not _trusts(answer.data.get("Role", {}).get("AssumeRolePolicyDocument")):
        message = f"the role `{name}` does not trust {_SERVICE}, which therefore cannot assume it"
        advice = "`trainspec iam` prints the trust policy that the role needs"
        yield Found(codes.NO_TRUST, _ROLE, message, advice)
    else:
        yield from _may(checked, arn)


def _trusts(document: Any) -> bool:
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    for each in statements if isinstance(statements, list) else [statements]:
        principal = each.get("Principal")
        services = principal.get("Service", []) if isinstance(principal, dict) else [principal]
        actions = _list(each.get("Action"))
        allows = any(action in ("sts:AssumeRole", "sts:*", "*") for action in actions)
        if each.get("Effect") == "Allow" and allows and {_SERVICE, "*"} & {*map(str, _list(services))}:
            return True
    return False


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _may(checked: Checked, arn: str) -> Iterator[Found]:
    """What the role may not do of what `trainspec iam` says it needs: one call for each service."""
    by_service: dict[str, list[Statement]] = {}
    for each in execution_policy([checked.job]):
        is_by_alias = "ForAnyValue:StringEquals" in each.condition
        if each.resources and not is_by_alias:
            by_service.setdefault(each.actions[0].partition(":")[0], []).append(each)
    for service, statements in by_service.items():
        wanted = {(action, _one(resource)): (each.sid, resource) for each in statements for action in each.actions
                  for resource in each.resources}  # fmt: skip
        answer = checked.ask(
            "iam",
            "simulate_principal_policy",
            PolicySourceArn=arn,
            ActionNames=sorted({action for action, _ in wanted}),
            ResourceArns=sorted({resource for _, resource in wanted}),
            ContextEntries=[_NAMESPACE] if service == "cloudwatch" else [],
            MaxItems=1000,
        )
        if answer.error:
            what = "whether the role may do what the job needs"
            yield not_checked(_ROLE, what, ("iam", "simulate_principal_policy"), answer)
            return
        decisions = _decisions(answer.data)
        refused: dict[tuple[Path, str], list[str]] = {}
        for (action, resource), (_, written) in wanted.items():
            if decisions.get((action, resource), "allowed") != "allowed":
                refused.setdefault((_member(checked, written), written), []).append(action)
        for (member, resource), actions in refused.items():
            is_output = member[:1] == ("OutputDataConfig",) and "s3:PutObject" in actions
            code = codes.NOT_WRITABLE if is_output else codes.MAY_NOT
            message = f"the role may not {', '.join(sorted(actions))} on {resource}"
            yield Found(code, member, message, "`trainspec iam` prints the policy that the role needs")


def _one(resource: str) -> str:
    """An example of what a pattern of resources means; all of them (`*`) as itself."""
    return resource if resource == "*" else resource.replace("*", "trainspec-preflight")


def _decisions(data: Any) -> dict[tuple[str, str], str]:
    """What was decided, by action and resource."""
    found: dict[tuple[str, str], str] = {}
    for each in data.get("EvaluationResults", ()):
        action = each.get("EvalActionName", "")
        found[(action, each.get("EvalResourceName", "*"))] = each.get("EvalDecision", "")
        for one in each.get("ResourceSpecificResults", ()):
            found[(action, one.get("EvalResourceName", ""))] = one.get("EvalResourceDecision", "")
    return found


def _member(checked: Checked, resource: str) -> Path:
    """The member that a resource comes from; the role if there is none."""
    job = checked.job
    for leaf in job.view.leaves:
        if leaf.shape == "S3Uri" and resource in (job.objects(leaf.text), job.bucket(leaf.text)):
            return leaf.path
        if leaf.shape == "KmsKeyId" and leaf.text and resource.endswith(leaf.text.rpartition("/")[2]):
            return leaf.path
    image = job.view.member("AlgorithmSpecification", "TrainingImage")
    if image and resource == job.repository():
        return ("AlgorithmSpecification", "TrainingImage")
    return _ROLE
