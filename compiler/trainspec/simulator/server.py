"""HTTP in and out: connections on 127.0.0.1, kept alive, never a traceback to the client or the terminal."""

import contextlib
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from trainspec.container.store import Store
from trainspec.simulator import s3
from trainspec.simulator.access import refusal
from trainspec.simulator.control import PREFIX, control
from trainspec.simulator.endpoint import Delivery, Endpoint
from trainspec.simulator.errors import ApiError
from trainspec.simulator.protocol import Reply, error_reply

HOST = "127.0.0.1"
LARGEST_BODY = 1024 * 1024
MOST_DRAINED = 64 * LARGEST_BODY
LARGEST_OBJECT = 512 * LARGEST_BODY

# SO_LINGER with a time of zero: close() sends RST.
_RESET = struct.pack("ii", 1, 0)


class Server(ThreadingHTTPServer):
    """A thread for each connection; closing the server closes the connections too."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self, port: int, endpoint: Endpoint, objects: Store | None = None, handler: "type[Handler] | None" = None
    ) -> None:
        self.endpoint = endpoint
        self.objects = objects
        self._open: set[socket.socket] = set()
        super().__init__((HOST, port), handler or Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection and serve it."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that went away is the usual case."""

    def server_close(self) -> None:
        """Close the port and end the connections that clients keep alive."""
        super().server_close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "trainspec-simulator"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = 300

    def do_POST(self) -> None:
        """Serve one request, whatever its method."""
        refused = refusal(self.headers, self.command, is_control=self.path.startswith(PREFIX))
        if refused is not None:
            self.close_connection = True
            self._send(error_reply(refused))
            self._drain()
            return
        objects = self.server.objects if self.path.partition("?")[0] != "/" else None
        is_object = objects is not None and not self.path.startswith(PREFIX)
        body = self._read_body(LARGEST_OBJECT if is_object else LARGEST_BODY)
        if body is None:
            return
        if objects is not None and is_object:
            self._send_object(s3.serve(objects, self.command, self.path, self.headers, body))
        else:
            self._deliver(self._answer(body))

    do_GET = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_OPTIONS = do_POST  # noqa: N815

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer HTTP that is not understood, in AWS's form, and close the connection."""
        self.close_connection = True
        self._send(error_reply(ApiError("BadRequest", message or explain or "Bad request", code)))
        self._drain()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return a Date header by the account's clock, which need not be the machine's."""
        return super().date_time_string(self.server.endpoint.account.clock.now() if timestamp is None else timestamp)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing; the journal has it all."""

    def _answer(self, body: bytes) -> Delivery:
        """Find the responder: the control interface, the API, or none."""
        endpoint = self.server.endpoint
        try:
            if self.path.startswith(PREFIX):
                return Delivery(control(endpoint, self.command, self.path, body))
            if self.path.partition("?")[0] != "/":
                return _refusal("UnknownOperationException", f"Nothing at {self.path}", 404)
            if self.command != "POST":
                return _refusal("MethodNotAllowed", f"{self.command} is not allowed here.", 405)
            return endpoint.handle(self.headers, body)
        except Exception as error:
            return _refusal("InternalFailure", f"The simulator failed: {type(error).__name__}: {error}", 500)

    def _read_body(self, most: int = LARGEST_BODY) -> bytes | None:
        """Read the body, or answer why not and return None."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            self.send_error(411, "A body needs a Content-Length.")
        elif not (length.isascii() and length.isdigit()):
            self.send_error(400, "Content-Length is not a number.")
        elif len(length) > 9 or int(length) > most:
            self.send_error(413, f"The body is larger than {most} bytes.")
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                return body
            self.close_connection = True
        return None

    def _drain(self) -> None:
        """Take in what the client is still sending: closing on unread bytes would reset the answer away."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1)
            drained = 0
            while drained < MOST_DRAINED and (piece := self.rfile.read1(LARGEST_BODY)):
                drained += len(piece)

    def _deliver(self, delivery: Delivery) -> None:
        if delivery.delay:
            time.sleep(delivery.delay)
        if delivery.reply is None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()
        else:
            self._send(delivery.reply, delivery.cut)

    def _send_object(self, reply: s3.ObjectReply) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        self.wfile.flush()

    def _send(self, reply: Reply, cut: int | None = None) -> None:
        if cut is not None:
            self.close_connection = True
        self.send_response(reply.status)
        self.send_header("x-amzn-RequestId", reply.request_id)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body[:cut])
        self.wfile.flush()


def _refusal(kind: str, message: str, status: int) -> Delivery:
    return Delivery(error_reply(ApiError(kind, message, status)))
