"""What the recorder answers in addition to the simulator.

That is: SageMaker's other operations, IAM, STS, ECR, and parts of large objects.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Service.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
"""

import re
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from trainspec.simulator.jobs import ACCOUNT_ID, arn
from trainspec.simulator.protocol import Reply, query_reply
from trainspec.simulator.s3 import XML, ObjectReply

ROLE: Final = "SageMakerRole"
LARGEST_UPLOAD: Final = 1024**3
"""Limit on the bytes of all parts that are stored at the same time."""

_IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:sts::{ACCOUNT_ID}:assumed-role/{ROLE}/trainspec</Arn><UserId>AROARECORDER:trainspec</UserId>
<Account>{ACCOUNT_ID}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"""
_CREDENTIALS = """<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials>
<AccessKeyId>recorder</AccessKeyId><SecretAccessKey>recorder</SecretAccessKey><SessionToken>recorder</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROARECORDER:s</AssumedRoleId>
<Arn>{arn}</Arn></AssumedRoleUser></{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</{action}Response>"""
_ROLE = """<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>/</Path>
<Arn>arn:aws:iam::{account}:role/{name}</Arn><RoleName>{name}</RoleName><RoleId>AROARECORDER</RoleId>
<AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument><CreateDate>2025-01-01T00:00:00Z</CreateDate>
</Role></GetRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetRoleResponse>"""


def query_answer(body: bytes) -> Reply:
    """Answer STS and IAM: who calls, a role that is assumed, a role by its name."""
    fields = parse_qs(body.decode("latin-1"), max_num_fields=1000)
    action = fields.get("Action", [""])[0]
    if action == "GetCallerIdentity":
        text = _IDENTITY
    elif action in ("AssumeRole", "AssumeRoleWithWebIdentity", "GetSessionToken"):
        text = _CREDENTIALS.format(action=action, arn=escape(fields.get("RoleArn", [""])[0]))
    elif action == "GetRole":
        text = _ROLE.format(account=ACCOUNT_ID, name=escape(fields.get("RoleName", [ROLE])[0]))
    elif action == "SimulatePrincipalPolicy":
        text = _allowed([each for name, values in fields.items() if name.startswith("ActionNames.") for each in values])
    else:
        return query_reply(body)
    return Reply(200, text.encode(), "text/xml")


def _allowed(actions: list[str]) -> str:
    """The answer that a role is allowed everything: permissions are not what is recorded."""
    results = "".join(
        f"<member><EvalActionName>{escape(each)}</EvalActionName><EvalResourceName>*</EvalResourceName>"
        "<EvalDecision>allowed</EvalDecision></member>"
        for each in actions
    )
    return (
        '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        f"<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>{results}"
        "</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    )


def buckets(names: list[str]) -> Reply:
    """Answer S3's ListBuckets."""
    each = "".join(
        f"<Bucket><Name>{escape(name)}</Name><CreationDate>2025-01-01T00:00:00Z</CreationDate></Bucket>"
        for name in names
    )
    text = f"<ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets>{each}</Buckets></ListAllMyBucketsResult>"
    return Reply(200, text.encode(), XML)


class Made:
    """What SageMaker's other operations have created: a Describe returns what its Create was given, as completed."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._lock = threading.Lock()

    def answer(self, operation: str, region: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """The response of an operation; None for a Describe of something that was not created."""
        verb, kind = _split(operation)
        name = next((str(params[each]) for each in (f"{kind}Name", f"{kind}Arn") if each in params), kind)
        name = name.rpartition("/")[2]
        address = arn(region, f"{_folder(kind)}/{name.lower()}")
        with self._lock:
            if verb == "Create":
                self._made[kind, name] = params
                return {f"{kind}Arn": address}
            if verb == "Describe":
                given = self._made.get((kind, name))
                if given is None:
                    return None
                done = "InService" if kind in ("Endpoint", "Domain", "FeatureGroup") else "Completed"
                times = {"CreationTime": time.time(), "LastModifiedTime": time.time()}
                return {**given, f"{kind}Arn": address, f"{kind}Status": done, **times}
        return {f"{kind}Arn": address} if verb == "Update" else {}


def _split(operation: str) -> tuple[str, str]:
    found = re.match(r"(Create|Describe|Update|Delete|Stop|List)(\w*)", operation)
    return (found[1], found[2]) if found else ("", operation)


def _folder(kind: str) -> str:
    """`EndpointConfig` in the form that ARNs have: `endpoint-config`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind).lower()


ECR: Final[Mapping[str, Any]] = {
    "DescribeImages": {"imageDetails": []},
    "DescribeRepositories": {"repositories": []},
    "BatchGetImage": {"images": [], "failures": []},
    "GetAuthorizationToken": {"authorizationData": []},
}


class Parts:
    """Large objects that are uploaded in parts."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[int, bytes]] = {}
        self._lock = threading.Lock()

    def begin(self, bucket: str, key: str) -> ObjectReply:
        """CreateMultipartUpload."""
        upload = uuid.uuid4().hex
        with self._lock:
            self._parts[upload] = {}
        return _xml("InitiateMultipartUploadResult", Bucket=bucket, Key=key, UploadId=upload)

    def put(self, upload: str, number: str, body: bytes) -> ObjectReply:
        """UploadPart."""
        with self._lock:
            held = sum(len(each) for parts in self._parts.values() for each in parts.values())
            if upload not in self._parts or not number.isdigit() or held + len(body) > LARGEST_UPLOAD:
                return ObjectReply(400, b"<Error><Code>InvalidPart</Code><Message>refused</Message></Error>")
            self._parts[upload][int(number)] = body
        return ObjectReply(200, headers={"ETag": f'"{number}"'})

    def end(self, upload: str) -> bytes | None:
        """The whole object of CompleteMultipartUpload; None if there is no such upload."""
        with self._lock:
            parts = self._parts.pop(upload, None)
        return None if parts is None else b"".join(parts[number] for number in sorted(parts))


def completed(bucket: str, key: str) -> ObjectReply:
    """The response to CompleteMultipartUpload."""
    return _xml("CompleteMultipartUploadResult", Bucket=bucket, Key=key, ETag='"whole"')


def _xml(name: str, **members: str) -> ObjectReply:
    inner = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in members.items())
    return ObjectReply(200, f"<{name}>{inner}</{name}>".encode(), {"Content-Type": XML})
