"""A proxy for the simulator: records callers, and answers STS's AssumeRole, which the simulator does not know."""

import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROLE_KEY = "ASIAROLEEXAMPLE00000"

_ASSUMED = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>{ROLE_KEY}</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Seen:
    """One request: the operation, the access key and region that signed it, the user agent, whether it used TLS."""

    operation: str
    key: str
    region: str
    agent: str
    tls: bool
    role: str = ""


@contextmanager
def front(behind: str, seen: list[Seen], certificate: Path | None = None, key: Path | None = None) -> Iterator[str]:
    """Serve on loopback, with TLS if there is a certificate; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signed = _CREDENTIAL.search(self.headers.get("Authorization", ""))
            access_key, region, _ = signed.groups() if signed else ("", "", "")
            form = parse_qs(body.decode()) if "X-Amz-Target" not in self.headers else {}
            operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2] or form.get("Action", [""])[0]
            role = form.get("RoleArn", [""])[0]
            agent = self.headers.get("User-Agent", "")
            seen.append(Seen(operation, access_key, region, agent, certificate is not None, role))
            if operation == "AssumeRole":
                self._send(200, "text/xml", _ASSUMED.encode())
                return
            connection = HTTPConnection(urlsplit(behind).netloc)
            connection.request("POST", "/", body, dict(self.headers))
            answer = connection.getresponse()
            self._send(answer.status, answer.headers["Content-Type"], answer.read())
            connection.close()

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http{'s' * (certificate is not None)}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
