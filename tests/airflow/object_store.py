"""The part of S3 that a sensor calls: whether an object exists, and which ones are below a prefix."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

_LISTING = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Name>{bucket}</Name><IsTruncated>false</IsTruncated><KeyCount>{count}</KeyCount>{contents}
</ListBucketResult>"""


@contextmanager
def object_store(*paths: str) -> Iterator[str]:
    """Serve objects of one byte at `bucket/key` paths; yields the endpoint's URL.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html and .../API_ListObjectsV2.html
    """

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200 if urlsplit(self.path).path.strip("/") in paths else 404)
            self.send_header("Content-Length", "1")
            self.end_headers()

        def do_GET(self) -> None:
            bucket = urlsplit(self.path).path.strip("/")
            (prefix,) = parse_qs(urlsplit(self.path).query).get("prefix", [""])
            keys = [path.removeprefix(f"{bucket}/") for path in paths if path.startswith(f"{bucket}/{prefix}")]
            contents = "".join(f"<Contents><Key>{key}</Key><Size>1</Size></Contents>" for key in keys)
            body = _LISTING.format(bucket=bucket, count=len(keys), contents=contents).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
