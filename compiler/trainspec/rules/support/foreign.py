"""Values with an AWS account or region other than those that the settings give the environment."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trainspec.diagnostics import codes
from trainspec.options import Options
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted

if TYPE_CHECKING:
    from trainspec.language.data import SpecData

_ARN = re.compile(r"\barn:aws[a-z-]*:[a-z0-9-]*:(?P<region>[a-z0-9-]*):(?P<account>[0-9]{12})?:")
_REGISTRY = re.compile(
    r"\b(?P<account>[0-9]{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z]+(?:-[a-z]+)+-[0-9])\.amazonaws\.com"
)
_SECTIONS = ("dag", "sensors", "jobs", "tasks", "approvals", "triggers")


def check_foreign(data: "SpecData", options: Options) -> Iterator[Fault]:
    """The jobs' own accounts and regions, and the ARNs and registries of all values."""
    if options.account is None and options.region is None:
        return
    for name, job in (data.get("jobs") or {}).items():
        for key, given, wanted in (
            ("account", job.get("account"), options.account),
            ("region", job.get("region"), options.region),
        ):
            if wanted is not None and given not in (None, wanted, *options.allow_accounts):
                message = f"`{key}` is {given}, but the environment `{options.environment}` has {wanted}"
                yield Fault(codes.FOREIGN_PLACE, ("jobs", name, key), message, f"remove it, or write {wanted}")
    for section in _SECTIONS:
        yield from _values(data.get(section), (section,), options)


def _values(value: Any, path: Path, options: Options) -> Iterator[Fault]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _values(below, (*path, key), options)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _values(below, (*path, index), options)
    elif isinstance(value, str) and ("arn:aws" in value or ".dkr.ecr" in value):
        found = next(filter(None, (_fault(found, path, options) for found in _places(value))), None)
        if found is not None:
            yield found


def _places(value: str) -> Iterator[re.Match[str]]:
    from trainspec.request.images.registries import known_registry

    yield from _ARN.finditer(value)
    if known_registry(value) is None:  # AWS's own registries are in accounts of AWS
        yield from _REGISTRY.finditer(value)


def _fault(found: re.Match[str], path: Path, options: Options) -> Fault | None:
    account, region = found["account"], found["region"]
    there = f"but the environment `{options.environment}` is"
    if account in options.allow_accounts:
        return None
    if account and options.account not in (None, account):
        message = f"`{dotted(path)}` belongs to the account {account}, {there} {options.account}"
        advice = "if the other account is meant, add it to `allow-accounts` in the settings"
        return Fault(codes.FOREIGN_PLACE, path, message, advice)
    if region and options.region not in (None, region):
        message = f"`{dotted(path)}` is in {region}, {there} in {options.region}"
        return Fault(codes.FOREIGN_PLACE, path, message, f"use one in {options.region}")
    return None
