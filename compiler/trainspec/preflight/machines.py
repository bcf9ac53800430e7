"""Whether a job's network and instances are available: subnets, security groups, zones, quotas."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from trainspec.diagnostics import codes
from trainspec.preflight.account import Answer
from trainspec.preflight.model import Checked, Found, not_checked, with_words
from trainspec.request.tuned import CONFIGS, DEFINITION, TUNED_RESOURCES
from trainspec.text.tree import Path

_SUBNETS: Path = ("VpcConfig", "Subnets")
_GROUPS: Path = ("VpcConfig", "SecurityGroupIds")
_PARALLEL: Path = ("HyperParameterTuningJobConfig", "ResourceLimits", "MaxParallelTrainingJobs")
_MOST_PAGES = 40
_CHOICES: Path = (DEFINITION, TUNED_RESOURCES, CONFIGS)
_OF_MACHINES = (codes.NO_ZONE, codes.QUOTA, codes.QUOTA_TOGETHER)


def check_network(checked: Checked) -> Iterator[Found]:
    """The VPC of the job: subnets and groups, of one VPC, with a zone that has the machine."""
    view = checked.job.view
    subnets = [each for each in view.member(*_SUBNETS) or () if isinstance(each, str) and "{{" not in each]
    groups = [each for each in view.member(*_GROUPS) or () if isinstance(each, str) and "{{" not in each]
    vpcs: set[str] = set()
    if subnets:
        answer = checked.ask("ec2", "describe_subnets", Filters=[{"Name": "subnet-id", "Values": subnets}])
        there = answer.data.get("Subnets", [])
        yield from _there(answer, _SUBNETS, "subnet", subnets, {each["SubnetId"] for each in there}, "describe_subnets")
        vpcs |= {each["VpcId"] for each in there}
        if there and not answer.error:
            yield from _zones(checked, {each["AvailabilityZone"] for each in there})
    if groups:
        answer = checked.ask("ec2", "describe_security_groups", Filters=[{"Name": "group-id", "Values": groups}])
        there = answer.data.get("SecurityGroups", [])
        known = {each["GroupId"] for each in there}
        yield from _there(answer, _GROUPS, "security group", groups, known, "describe_security_groups")
        vpcs |= {each["VpcId"] for each in there}
    if len(vpcs) > 1:
        message = f"the subnets and security groups belong to several VPCs: {with_words(sorted(vpcs))}"
        yield Found(codes.TWO_VPCS, ("VpcConfig",), message, "use subnets and security groups of a single VPC")


def _there(
    answer: Answer, member: Path, word: str, wanted: list[str], known: set[str], operation: str
) -> Iterator[Found]:
    """Those that are not there, each at its place."""
    if answer.error:
        yield not_checked(member, f"whether the {word}s exist", ("ec2", operation), answer)
        return
    for index, each in enumerate(wanted):
        if each not in known:
            code = codes.NO_SUBNET if member is _SUBNETS else codes.NO_GROUP
            message = f"there is no {word} `{each}` in this region"
            yield Found(code, (*member, index), message, "correct the id, or the region")


def _zones(checked: Checked, zones: set[str]) -> Iterator[Found]:
    """Whether one of the subnets' zones has the machines, as EC2 offers them."""
    for member, kind, _ in list(_machines(checked)):
        answer = checked.ask(
            "ec2",
            "describe_instance_type_offerings",
            LocationType="availability-zone",
            Filters=[{"Name": "instance-type", "Values": [kind.removeprefix("ml.")]}],
        )
        if answer.error:
            call = ("ec2", "describe_instance_type_offerings")
            yield not_checked(member, f"whether {kind} is in a zone of the subnets", call, answer)
            return
        offered = {each["Location"] for each in answer.data.get("InstanceTypeOfferings", ())}
        if offered and not offered & zones:
            message = f"no subnet is in a zone that has {kind}: it is in {with_words(sorted(offered))}"
            place = member if checked.choices else _SUBNETS
            yield Found(codes.NO_ZONE, place, message, "add a subnet of one of these zones")


def of_choices(checked: Checked, found: Sequence[Found]) -> list[Found]:
    """What all checks of a job have `found`; what a machine lacks is a warning while the job may take another one."""
    lacking = {each.member for each in found if each.code in (codes.NO_ZONE, codes.QUOTA)}
    if all((*_CHOICES, at, "InstanceType") in lacking for at in range(len(checked.choices))):
        return list(found)
    return [replace(each, code=codes.NOT_CHOSEN) if each.code in _OF_MACHINES else each for each in found]


def _machines(checked: Checked) -> Iterator[tuple[Path, str, int]]:
    """The machines of the job, all that it may choose from: the member, the type, how many."""
    resources: Any = checked.job.view.member("ResourceConfig") or {}
    groups = resources.get("InstanceGroups")
    places: list[tuple[Path, Any]] = [(("ResourceConfig",), resources)]
    if checked.choices:
        places = [((*_CHOICES, at), each) for at, each in enumerate(checked.choices)]
    elif groups:
        places = [(("ResourceConfig", "InstanceGroups", at), each) for at, each in enumerate(groups)]
    for place, each in places:
        kind, count = each.get("InstanceType"), each.get("InstanceCount", 1)
        if isinstance(kind, str) and "{{" not in kind and type(count) is int:
            yield (*place, "InstanceType"), kind, count


def check_quotas(checked: Checked) -> Iterator[Found]:
    """The account's quotas for the machines: those of training, spot and warm pools are counted apart."""
    view = checked.job.view
    if view.member("ResourceConfig", "TrainingPlanArn"):
        return
    use = "spot training job" if view.is_on("EnableManagedSpotTraining") else "training job"
    warm = view.number("ResourceConfig", "KeepAlivePeriodInSeconds")
    for member, kind, count in _machines(checked):
        for what in (use, *(["training warm pool"] if warm else [])):
            name = f"{kind} for {what} usage"
            quota, answer = _quota(checked, name)
            if answer is not None:
                call = ("service-quotas", "list_service_quotas")
                yield not_checked(member, f"the quota `{name}`", call, answer)
                return
            if quota is None:
                continue
            together = checked.together if what != "training warm pool" else 1
            if (lack := _lack(checked, member, name, quota, count, together)) is not None:
                yield lack


def _lack(checked: Checked, member: Path, name: str, quota: float, count: int, together: int) -> Found | None:
    """What a quota is too small for: the job's `count` machines, its training jobs at once, or the jobs `together`."""
    advice = f"request an increase in Service Quotas: SageMaker, `{name}`"
    needed = count * checked.parallel
    if quota < count:
        message = f"the account's quota `{name}` is {quota:g}, and the job needs {count}"
        return Found(codes.QUOTA, member, message, advice)
    if quota < needed:
        message = f"the account's quota `{name}` is {quota:g}; {checked.parallel} training jobs at once need {needed}"
        most = f"write `parallel: {int(quota // count)}` or less, or {advice}"
        return Found(codes.QUOTA, member if checked.choices else _PARALLEL, message, most)
    if quota < needed * together:
        message = f"the account's quota `{name}` is {quota:g}; {together} jobs at once need {needed * together}"
        return Found(codes.QUOTA_TOGETHER, member, message, f"set `max_parallel`, or {advice}")
    return None


def _quota(checked: Checked, name: str) -> tuple[float | None, Answer | None]:
    """A quota by its name, because there is no rule for the codes; None if there is no such quota."""
    token: str | None = None
    for _ in range(_MOST_PAGES):
        more = {"NextToken": token} if token else {}
        answer = checked.ask("service-quotas", "list_service_quotas", ServiceCode="sagemaker", MaxResults=100, **more)
        if answer.error:
            return None, answer
        for each in answer.data.get("Quotas", ()):
            if str(each.get("QuotaName", "")).lower() == name.lower():
                return float(each.get("Value", 0)), None
        token = answer.data.get("NextToken")
        if not token:
            return None, None
    return None, None
