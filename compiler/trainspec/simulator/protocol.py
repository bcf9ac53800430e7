"""AWS's protocols as values: the meaning of an HTTP request, and the bytes of a response. No sockets here.

SageMaker and CloudWatch Logs speak AWS JSON 1.1 (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html), STS
the query protocol.
"""

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from trainspec.simulator.errors import ApiError
from trainspec.simulator.jobs import ACCOUNT_ID

JSON_TYPE = "application/x-amz-json-1.1"
DEFAULT_REGION = "us-east-1"

_CREDENTIAL = re.compile(r"Credential=[^/\s,]+/\d{8}/([a-z]{2}(?:-[a-z]+)+-\d)/[a-z0-9-]+/aws4_request")

_IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::{account}:user/simulator</Arn>
    <UserId>AIDASIMULATOR</UserId>
    <Account>{account}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>
"""
_QUERY_ERROR = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>{type}</Code><Message>{message}</Message></Error>
  <RequestId>{request_id}</RequestId>
</ErrorResponse>
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, its body and that body's type."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))


def json_reply(answer: Any, status: int = 200, content_type: str = JSON_TYPE) -> Reply:
    """Encode `answer`; times in it are epoch seconds already."""
    return Reply(status, json.dumps(answer).encode(), content_type)


def error_reply(error: ApiError) -> Reply:
    """Encode `error` as AWS JSON does."""
    return json_reply({"__type": error.type, "message": error.message}, error.status)


def region_of(authorization: str) -> str:
    """Return the region in the scope of a request's signature, which is not verified, or the default region."""
    match = _CREDENTIAL.search(authorization)
    return match.group(1) if match else DEFAULT_REGION


def read_params(body: bytes) -> dict[str, Any]:
    """Decode a JSON body. Raises ApiError (SerializationException) for anything but an object."""
    try:
        params = json.loads(body or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ApiError("SerializationException", "The body is not valid JSON.") from None
    if not isinstance(params, dict):
        raise ApiError("SerializationException", "Start of structure or map expected.")
    return params


def query_reply(body: bytes) -> Reply:
    """Answer a call in the query protocol: STS's GetCallerIdentity, with which tools test a connection."""
    fields = parse_qs(body.decode("latin-1"), max_num_fields=1000)
    action = fields.get("Action", [""])[0]
    request_id = str(uuid.uuid4())
    if action == "GetCallerIdentity":
        text, status = _IDENTITY.format(account=ACCOUNT_ID, request_id=request_id), 200
    else:
        message = escape(f"Could not find operation {action} for version {fields.get('Version', [''])[0]}")
        text, status = _QUERY_ERROR.format(type="InvalidAction", message=message, request_id=request_id), 400
    return Reply(status, text.encode(), "text/xml", request_id)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
