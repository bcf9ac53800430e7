"""The recorder: the simulator, which also answers the other calls of scripts, and records what they create."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from trainspec.recording.answers import ECR, Made, Parts, buckets, completed, query_answer
from trainspec.recording.objects import Objects
from trainspec.simulator import s3
from trainspec.simulator.access import refusal
from trainspec.simulator.clock import ScaledClock
from trainspec.simulator.endpoint import Delivery, Endpoint
from trainspec.simulator.errors import ApiError
from trainspec.simulator.faults import Faults
from trainspec.simulator.jobs import Account
from trainspec.simulator.journal import Journal
from trainspec.simulator.limits import Limits
from trainspec.simulator.operations import OPERATIONS
from trainspec.simulator.outcomes import Outcome, Plan
from trainspec.simulator.protocol import error_reply, json_reply, read_params, region_of
from trainspec.simulator.server import HOST, LARGEST_OBJECT, Handler, Server

_CHANGES = ("Create", "Delete", "Register", "Start", "Stop", "Update")
"""Prefixes of operations that change something."""


@dataclass(frozen=True, slots=True)
class Created:
    """A request that changed something, and when: `operation` follows `SageMaker.`, such as CreateTrainingJob."""

    operation: str
    region: str
    request: dict[str, Any]
    at: datetime


class Recorder(Server):
    """The server and what it has recorded."""

    def __init__(self, folder: Path) -> None:
        quick = Plan(Outcome(starting=0, downloading=0, training=0, uploading=0, stopping=0))
        account = Account(ScaledClock(1.0), quick, Limits(), None)
        self.store = Objects(folder)
        self.created: list[Created] = []
        self.made = Made()
        self.parts = Parts()
        super().__init__(0, Endpoint(account, Faults(), Journal()), self.store, handler=_Handler)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.server_address[1]}"

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve inside the context."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            self.server_close()
            thread.join()


class _Handler(Handler):
    """One connection to the recorder."""

    server: Recorder

    def _serve(self) -> None:
        """Serve one request: parts of large objects here, everything else as the simulator does."""
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        if "uploadId" not in query and "uploads" not in query:
            super().do_POST()
            return
        refused = refusal(self.headers, self.command, is_control=False)
        body = None if refused else self._read_body(LARGEST_OBJECT)
        if refused is not None:
            self.close_connection = True
            self._send(error_reply(refused))
        elif body is not None:
            self._send_object(self._part(query, s3.unchunked(self.headers, body)))

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_OPTIONS = _serve  # noqa: N815

    def _part(self, query: dict[str, list[str]], body: bytes) -> s3.ObjectReply:
        bucket, _, key = unquote(urlsplit(self.path).path).removeprefix("/").partition("/")
        if "uploads" in query:
            return self.server.parts.begin(bucket, key)
        upload = query["uploadId"][0]
        if self.command == "PUT":
            return self.server.parts.put(upload, query.get("partNumber", [""])[0], body)
        whole = self.server.parts.end(upload)
        if self.command == "DELETE":
            return s3.ObjectReply(204)
        if whole is None:
            return s3.ObjectReply(404, b"<Error><Code>NoSuchUpload</Code><Message>no such upload</Message></Error>")
        stored = s3.serve(self.server.store, "PUT", urlsplit(self.path).path, self.headers, whole)
        return completed(bucket, key) if stored.status == 200 else stored

    def _answer(self, body: bytes) -> Delivery:
        target = self.headers.get("X-Amz-Target", "")
        service, _, operation = target.partition(".")
        if self.command == "GET" and self.path.partition("?")[0] == "/":
            return Delivery(buckets(self.server.store.buckets()))
        if self.command != "POST" or self.path.partition("?")[0] != "/":
            return super()._answer(body)
        if not target and self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return Delivery(query_answer(body))
        region = region_of(self.headers.get("Authorization", ""))
        if service.startswith("AmazonEC2ContainerRegistry"):
            return Delivery(json_reply(ECR.get(operation, {})))
        if target and service != "SageMaker" and target not in OPERATIONS:
            why = f"`import --record` does not answer {target}: write its result into the script for the recording"
            return Delivery(error_reply(ApiError("UnknownOperationException", why, 404)))
        if target in OPERATIONS or service != "SageMaker":
            delivery = super()._answer(body)
            if delivery.reply is not None and delivery.reply.status == 200:
                self._keep(operation, region, body)
            return delivery
        return self._other(operation, region, body)

    def _other(self, operation: str, region: str, body: bytes) -> Delivery:
        try:
            answer = self.server.made.answer(operation, region, read_params(body))
        except ApiError as error:
            return Delivery(error_reply(error))
        if answer is None:
            return Delivery(error_reply(ApiError("ValidationException", "Not found: it was not created here.")))
        self._keep(operation, region, body)
        return Delivery(json_reply(answer))

    def _keep(self, operation: str, region: str, body: bytes) -> None:
        if operation.startswith(_CHANGES):
            self.server.created.append(Created(operation, region, read_params(body), datetime.now(timezone.utc)))
