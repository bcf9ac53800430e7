"""The endpoint without its sockets: a request's headers and body in, a reply and what happens to it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from trainspec.simulator.errors import ApiError
from trainspec.simulator.faults import CUT_ANSWER, LOST_ANSWER, REFUSALS, RESET, SLOW, Fault, Faults
from trainspec.simulator.jobs import Account
from trainspec.simulator.journal import Journal
from trainspec.simulator.operations import OPERATIONS, answer
from trainspec.simulator.protocol import Reply, error_reply, json_reply, query_reply, read_params, region_of


@dataclass(frozen=True, slots=True)
class Delivery:
    """A reply, and how it gets to the client.

    It comes after `delay` seconds, or never (`reply` None resets the connection), or as its first `cut` bytes only.
    """

    reply: Reply | None
    delay: float = 0
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What all connections share."""

    account: Account
    faults: Faults
    journal: Journal

    def handle(self, headers: Message, body: bytes) -> Delivery:
        """Serve one POST to `/`."""
        target = headers.get("X-Amz-Target")
        if target is None:
            if headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
                return Delivery(query_reply(body))
            return Delivery(error_reply(ApiError("MissingAction", "The header X-Amz-Target is missing.")))
        if target not in OPERATIONS:
            return Delivery(error_reply(ApiError("UnknownOperationException", f"Unknown operation {target}", 404)))
        try:
            params = read_params(body)
        except ApiError as error:
            return Delivery(error_reply(error))
        return self._serve(target, region_of(headers.get("Authorization", "")), params)

    def _serve(self, target: str, region: str, params: dict[str, Any]) -> Delivery:
        """Do what is requested, unless a fault comes first; then apply faults to the response."""
        operation, name = target.rpartition(".")[2], _name(params)
        fault = self.faults.take(operation, name)
        if fault is None and not self.account.limits.allows(operation, self.account.clock.now()):
            fault = Fault("throttle")
        reply, error = self._before(fault), None
        if reply is None and not (fault and fault.kind == RESET):
            try:
                reply = json_reply(answer(OPERATIONS[target], self.account, region, params))
            except ApiError as refusal:
                reply, error = error_reply(refusal), refusal.type
        elif fault:
            error = REFUSALS[fault.kind].type if fault.kind in REFUSALS else "ConnectionReset"
        shown = fault.kind if fault else None
        self.journal.record(self.account.clock.now(), operation, name, region, params, error, shown)
        return _after(fault, reply)

    def _before(self, fault: Fault | None) -> Reply | None:
        return error_reply(REFUSALS[fault.kind]) if fault and fault.kind in REFUSALS else None


def _after(fault: Fault | None, reply: Reply | None) -> Delivery:
    if fault is None or reply is None:
        return Delivery(reply)
    return {
        LOST_ANSWER: Delivery(None),
        CUT_ANSWER: Delivery(reply, cut=len(reply.body) // 2),
        SLOW: Delivery(reply, fault.seconds),
    }.get(fault.kind, Delivery(reply))


def _name(params: Mapping[str, Any]) -> str:
    """Return the job that a call is about, as far as it says; for the journal and the faults."""
    for member in (
        "TrainingJobName",
        "HyperParameterTuningJobName",
        "ResourceArn",
        "logStreamName",
        "logStreamNamePrefix",
    ):
        if isinstance(params.get(member), str):
            name: str = params[member]
            return name.rpartition("/")[2] if member == "ResourceArn" else name.partition("/")[0]
    return ""
