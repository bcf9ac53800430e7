"""Approvals that Airflow would reject, or whose settings would have no effect."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trainspec.airflow_api.table import is_older
from trainspec.dag.airflow import Airflow
from trainspec.dag.called import each_of
from trainspec.dag.times import check_duration
from trainspec.diagnostics import codes
from trainspec.templates import has_template
from trainspec.text.fault import Fault
from trainspec.text.tree import Path, dotted
from trainspec.units import seconds

if TYPE_CHECKING:
    from trainspec.language.data import ApprovalData, SpecData

SINCE = "3.1"
_OF_THE_ANSWER = "_options"
"""What Airflow's form itself calls the answer."""


def check_approvals(data: "SpecData", airflow: Airflow) -> Iterator[Fault]:
    """What is wrong with the approvals of the validated `data` of a spec."""
    approvals = data.get("approvals") or {}
    if approvals and is_older(airflow.minor, SINCE):
        message = f"{airflow.name} has no `approvals`: they are new in Airflow {SINCE}"
        yield Fault(codes.NOT_IN_AIRFLOW, ("approvals",), message, on_key=True)
        return
    for name, approval in approvals.items():
        yield from _one(approval, ("approvals", name))


def _one(approval: "ApprovalData", path: Path) -> Iterator[Fault]:
    timeout = approval.get("timeout")
    if timeout is None and "default" in approval:
        message = "`default` is the answer if nobody answers in time, but there is no `timeout`"
        yield Fault(codes.CONFLICT, (*path, "default"), message, "add a `timeout`, such as `timeout: 2d`", on_key=True)
    elif timeout is not None and (why := check_duration(timeout)):
        yield Fault(codes.OUT_OF_RANGE, (*path, "timeout"), f"`{dotted((*path, 'timeout'))}`: {why}")
    elif timeout is not None and seconds(timeout) == 0:
        message = f"`{dotted((*path, 'timeout'))}` must be more than 0 seconds"
        yield Fault(codes.OUT_OF_RANGE, (*path, "timeout"), message, "remove it to wait without a limit")
    if "execution_timeout" in approval:
        message = "`execution_timeout` does not apply to an approval: its task does not run while it waits"
        yield Fault(codes.CONFLICT, (*path, "execution_timeout"), message, "write `timeout`", on_key=True)
    if _OF_THE_ANSWER in (approval.get("params") or {}):
        at = (*path, "params", _OF_THE_ANSWER)
        message = f"`{dotted(at)}`: Airflow's own form already has a field `{_OF_THE_ANSWER}`"
        yield Fault(codes.CONFLICT, at, message, "rename the parameter", on_key=True)
    for at, user in each_of(approval.get("assigned"), (*path, "assigned")):
        for field in ("id", "name"):
            if has_template(user.get(field, "")):
                message = f"`{dotted((*at, field))}`: Airflow does not render templates there"
                yield Fault(codes.NOT_RENDERED, (*at, field), message, "write the value itself")
