"""S3 as far as source archives and models need it: objects put, read and listed, in path style.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

import hashlib
import uuid
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from trainspec.container.store import Store

XML: Final = "application/xml"
_MOST_KEYS: Final = 1000


@dataclass(frozen=True, slots=True)
class ObjectReply:
    """An answer of S3: its status, its body and its headers."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def serve(store: Store, method: str, target: str, headers: Message, body: bytes) -> ObjectReply:
    """Answer `method` on the path `target`."""
    parts = urlsplit(target)
    bucket, _, key = unquote(parts.path).removeprefix("/").partition("/")
    try:
        path = store.path(f"s3://{bucket}/{key}")
    except ValueError:
        return _error(400, "InvalidURI", "Couldn't parse the specified URI.")
    if not key:
        return _list(store, bucket, parse_qs(parts.query)) if method == "GET" else ObjectReply(200)
    if method == "PUT":
        if headers.get("If-None-Match") == "*" and path.is_file():
            return _error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
        store.write(f"s3://{bucket}/{key}", unchunked(headers, body))
        return ObjectReply(200, headers=_described(path))
    if not path.is_file():
        return _error(404, "NoSuchKey", "The specified key does not exist.")
    if method == "HEAD":
        return ObjectReply(200, headers={**_described(path), "Content-Length": str(path.stat().st_size)})
    if method == "GET":
        return ObjectReply(200, path.read_bytes(), _described(path))
    return _error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")


def _list(store: Store, bucket: str, query: dict[str, list[str]]) -> ObjectReply:
    prefix = query.get("prefix", [""])[0]
    is_quoted = query.get("encoding-type") == ["url"]
    written = quote if is_quoted else escape
    found = [each for each in store.objects(bucket) if each[0].startswith(prefix)][:_MOST_KEYS]
    contents = "".join(
        f"<Contents><Key>{written(key)}</Key><Size>{file.stat().st_size}</Size>"
        "<LastModified>2025-01-01T00:00:00.000Z</LastModified></Contents>"
        for key, file in found
    )
    coding = "<EncodingType>url</EncodingType>" if is_quoted else ""
    text = (
        f"<ListBucketResult><Name>{escape(bucket)}</Name><Prefix>{written(prefix)}</Prefix>"
        f"<KeyCount>{len(found)}</KeyCount><IsTruncated>false</IsTruncated>{coding}{contents}</ListBucketResult>"
    )
    return ObjectReply(200, text.encode(), {"Content-Type": XML})


def _described(path: Path) -> dict[str, str]:
    digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    return {"ETag": f'"{digest}"', "Last-Modified": "Wed, 01 Jan 2025 00:00:00 GMT"}


def unchunked(headers: Message, body: bytes) -> bytes:
    """The object in a body that is sent in signed chunks, as boto does where it adds a checksum behind it."""
    if "aws-chunked" not in headers.get("Content-Encoding", ""):
        return body
    pieces, start = [], 0
    while (end := body.find(b"\r\n", start)) >= 0:
        length = int(body[start:end].partition(b";")[0] or b"0", 16)
        if length == 0:
            break
        pieces.append(body[end + 2 : end + 2 + length])
        start = end + 2 + length + 2
    return b"".join(pieces)


def _error(status: int, code: str, message: str) -> ObjectReply:
    text = (
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message><RequestId>{uuid.uuid4()}</RequestId></Error>"
    )
    return ObjectReply(status, text.encode(), {"Content-Type": XML})
