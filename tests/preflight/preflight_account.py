"""The part of an AWS account that preflight calls, on 127.0.0.1: what is in it, and what the caller may not call.

With `behind`, moto has the account: its server gets every call that it knows, and only the rest is answered here.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import sleep
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

ACCOUNT = "123456789012"
_JSON = "application/x-amz-json-1.1"
OPERATIONS = {
    "GetRole": "iam:GetRole",
    "SimulatePrincipalPolicy": "iam:SimulatePrincipalPolicy",
    "DescribeImages": "ecr:DescribeImages",
    "HeadBucket": "s3:ListBucket",
    "ListObjects": "s3:ListBucket",
    "DescribeSubnets": "ec2:DescribeSubnets",
    "DescribeSecurityGroups": "ec2:DescribeSecurityGroups",
    "DescribeInstanceTypeOfferings": "ec2:DescribeInstanceTypeOfferings",
    "DescribeKey": "kms:DescribeKey",
    "ListServiceQuotas": "servicequotas:ListServiceQuotas",
}
"""What preflight calls, and the permission that each call needs."""
UNKNOWN_TO_MOTO = frozenset({"SimulatePrincipalPolicy", "ListServiceQuotas", "DescribeTrainingPlan"})


@dataclass
class State:
    """What is in the account. `denied` are operations that return AccessDenied, `refused` what its role may not do.

    With a space after an operation, only that page of it, or that instance type, is denied.

    `behind` is the address of moto's server, host and port.
    """

    caller: str = ACCOUNT
    roles: dict[str, str] = field(default_factory=lambda: {"R": "sagemaker.amazonaws.com"})
    refused: set[str] = field(default_factory=set)
    images: dict[str, set[str]] = field(default_factory=lambda: {"team/algo": {"1"}})
    buckets: dict[str, str] = field(default_factory=lambda: {"my-bucket": "us-east-1"})
    objects: set[str] = field(default_factory=lambda: {"my-bucket/train/a.csv"})
    subnets: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {"subnet-0a": ("vpc-1", "us-east-1a"), "subnet-0b": ("vpc-1", "us-east-1b")}
    )
    groups: dict[str, str] = field(default_factory=lambda: {"sg-0a": "vpc-1"})
    zones: dict[str, list[str]] = field(default_factory=lambda: {"m5.large": ["us-east-1a", "us-east-1c"]})
    keys: dict[str, str] = field(default_factory=lambda: {"k-out": "Enabled", "k-vol": "Enabled"})
    quotas: dict[str, float | str] = field(default_factory=lambda: {"ml.m5.large for training job usage": 4})
    plans: dict[str, str] = field(default_factory=lambda: {"plan": "Active"})
    denied: set[str] = field(default_factory=set)
    is_slow: set[str] = field(default_factory=set)
    behind_proxy: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    behind: tuple[str, int] | None = None


class ProxyError(Exception):
    """Not AWS responds, but something on the way to it."""


class BehindError(Exception):
    """Moto answers this."""


class RefusedError(Exception):
    """An error of AWS: its code and its status."""

    def __init__(self, code: str, status: int = 400, text: str = "no") -> None:
        super().__init__(code)
        self.code, self.status, self.text = code, status, text


def _json_services(state: State, operation: str, said: dict[str, Any]) -> dict[str, Any]:
    if operation == "DescribeImages":
        tags = state.images.get(said["repositoryName"])
        if tags is None:
            raise RefusedError("RepositoryNotFoundException")
        if said["imageIds"][0]["imageTag"] not in tags:
            raise RefusedError("ImageNotFoundException")
        return {"imageDetails": [{"imageTags": sorted(tags)}]}
    if operation == "DescribeKey":
        key = said["KeyId"].rpartition("/")[2]
        if key not in state.keys:
            raise RefusedError("NotFoundException")
        return {"KeyMetadata": {"KeyId": key, "KeyState": state.keys[key]}}
    if operation == "ListServiceQuotas":
        page = int(said.get("NextToken", 0))
        if f"{operation} page {page}" in state.denied:
            raise RefusedError("AccessDenied", 403)
        quotas = [{"QuotaName": name, "Value": value} for name, value in state.quotas.items()]
        more = {"NextToken": str(page + 1)} if page + 1 < len(quotas) else {}
        return {"Quotas": quotas[page : page + 1], **more}
    if operation == "DescribeTrainingPlan":
        name = said["TrainingPlanName"]
        if name not in state.plans:
            raise RefusedError("ResourceNotFound")
        return {"TrainingPlanName": name, "TrainingPlanArn": f"arn:{name}", "Status": state.plans[name]}
    raise AssertionError(operation)


def _items(rows: list[str]) -> str:
    return "".join(f"<item>{row}</item>" for row in rows)


def _listed(said: dict[str, list[str]], prefix: str) -> list[str]:
    return [values[0] for key, values in said.items() if key.startswith(prefix)]


def _query_services(state: State, operation: str, said: dict[str, list[str]]) -> str:
    if operation == "GetCallerIdentity":
        return f"<GetCallerIdentityResult><Account>{state.caller}</Account></GetCallerIdentityResult>"
    if operation == "GetRole":
        name = said["RoleName"][0]
        if name not in state.roles:
            raise RefusedError("NoSuchEntity", 404)
        principal = {"Service": state.roles[name]}
        trust = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
        document = escape(json.dumps(trust))
        role = f"<AssumeRolePolicyDocument>{document}</AssumeRolePolicyDocument>"
        return f"<GetRoleResult><Role>{role}</Role></GetRoleResult>"
    if operation == "SimulatePrincipalPolicy":
        resources = _listed(said, "ResourceArns.member.")
        rows = ""
        for action in _listed(said, "ActionNames.member."):
            decision = "implicitDeny" if action in state.refused else "allowed"
            for resource in resources:
                rows += (
                    f"<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName>"
                    f"<EvalDecision>{decision}</EvalDecision></member>"
                )
        results = f"<EvaluationResults>{rows}</EvaluationResults>"
        return f"<SimulatePrincipalPolicyResult>{results}</SimulatePrincipalPolicyResult>"
    if operation == "DescribeSubnets":
        wanted = [each for each in _listed(said, "Filter.1.Value.") if each in state.subnets]
        rows = _items(
            [
                f"<subnetId>{each}</subnetId><vpcId>{state.subnets[each][0]}</vpcId>"
                f"<availabilityZone>{state.subnets[each][1]}</availabilityZone>"
                for each in wanted
            ]
        )
        return f"<subnetSet>{rows}</subnetSet>"
    if operation == "DescribeSecurityGroups":
        wanted = [each for each in _listed(said, "Filter.1.Value.") if each in state.groups]
        rows = _items([f"<groupId>{each}</groupId><vpcId>{state.groups[each]}</vpcId>" for each in wanted])
        return f"<securityGroupInfo>{rows}</securityGroupInfo>"
    if operation == "DescribeInstanceTypeOfferings":
        kind = said["Filter.1.Value.1"][0]
        if f"{operation} {kind}" in state.denied:
            raise RefusedError("AccessDenied", 403)
        rows = _items([f"<location>{zone}</location>" for zone in state.zones.get(kind, [])])
        return f"<instanceTypeOfferingSet>{rows}</instanceTypeOfferingSet>"
    raise AssertionError(operation)


class _Handler(BaseHTTPRequestHandler):
    state: State
    lock: Lock
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing on stderr."""

    def _begun(self, operation: str) -> None:
        with self.lock:
            self.state.calls.append(operation)
        if operation in self.state.is_slow:
            sleep(8)
        if operation in self.state.denied:
            raise RefusedError("AccessDenied", 403)
        if operation in self.state.behind_proxy:
            raise ProxyError
        if self.state.behind and operation not in UNKNOWN_TO_MOTO:
            raise BehindError

    def _ask_moto(self, content: bytes = b"") -> None:
        """Pass the request on to moto's server, and return its response."""
        assert self.state.behind is not None
        moto = HTTPConnection(*self.state.behind, timeout=120)
        moto.request(self.command, self.path, content, dict(self.headers.items()))
        answer = moto.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        moto.close()

    def _answer(self, status: int, body: str = "", kind: str = "text/xml", **headers: str) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = sent.decode()
        target = self.headers.get("X-Amz-Target")
        if target:
            operation = target.rpartition(".")[2]
            try:
                self._begun(operation)
                self._answer(200, json.dumps(_json_services(self.state, operation, json.loads(content))), _JSON)
            except BehindError:
                self._ask_moto(sent)
            except RefusedError as error:
                self._answer(error.status, json.dumps({"__type": error.code, "message": error.text}), _JSON)
            return
        said = parse_qs(content)
        operation = said["Action"][0]
        try:
            self._begun(operation)
            body = _query_services(self.state, operation, said)
            self._answer(200, f"<{operation}Response>{body}</{operation}Response>")
        except BehindError:
            self._ask_moto(sent)
        except ProxyError:
            self._answer(200, "<!DOCTYPE html><p>Log in & go on", "text/html")
        except RefusedError as error:
            one = f"<Error><Code>{error.code}</Code><Message>{error.text}</Message></Error>"
            is_ec2 = operation.startswith("Describe")
            self._answer(
                error.status,
                f"<Response><Errors>{one}</Errors></Response>" if is_ec2 else f"<ErrorResponse>{one}</ErrorResponse>",
            )

    def do_HEAD(self) -> None:
        self._s3()

    def do_GET(self) -> None:
        self._s3()

    def _s3(self) -> None:
        url = urlsplit(self.path)
        bucket, _, key = unquote(url.path).lstrip("/").partition("/")
        query = parse_qs(url.query)
        operation = "HeadObject" if key else "ListObjects" if "list-type" in query else "HeadBucket"
        try:
            self._begun(operation)
            body, region = self._found(bucket, key, query)
            self._answer(200, body if operation == "ListObjects" else "", x_amz_bucket_region=region)
        except BehindError:
            self._ask_moto()
        except RefusedError as error:
            self._answer(error.status, f"<Error><Code>{error.code}</Code></Error>")

    def _found(self, bucket: str, key: str, query: dict[str, list[str]]) -> tuple[str, str]:
        if bucket not in self.state.buckets:
            raise RefusedError("NoSuchBucket", 404)
        if key and f"{bucket}/{key}" not in self.state.objects:
            raise RefusedError("NoSuchKey", 404)
        prefix = query.get("prefix", [""])[0]
        count = sum(each.startswith(f"{bucket}/{prefix}") for each in self.state.objects)
        return f"<ListBucketResult><KeyCount>{min(count, 1)}</KeyCount></ListBucketResult>", self.state.buckets[bucket]


@contextmanager
def serving(state: State) -> Iterator[str]:
    """The account's address, inside the context."""
    handler = type("Handler", (_Handler,), {"state": state, "lock": Lock()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)
