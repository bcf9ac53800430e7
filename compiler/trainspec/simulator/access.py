"""Who may call the simulator: programs on this machine, but no web page that a browser on it shows.

A page can point its own name at 127.0.0.1 and read the responses, so the Host header must be an address, or a
name that nobody else can own. A page can send a form anywhere, so nothing with an Origin is served, and what changes
the simulator must come as JSON, which no form can.

https://fetch.spec.whatwg.org/#origin-header
"""

import ipaddress
from email.message import Message

from trainspec.simulator.errors import ApiError

_NAMES = ("localhost", "host.docker.internal", "host.containers.internal")
_OWN = ("none", "same-origin", None)


def refusal(headers: Message, method: str, *, is_control: bool) -> ApiError | None:
    """Why a request is not served; None if it is."""
    if not _is_local(headers.get("Host", "")):
        return ApiError("AccessDenied", "The Host must be an IP address or localhost.", 403)
    if headers.get("Origin") is not None or headers.get("Sec-Fetch-Site") not in _OWN:
        return ApiError("AccessDenied", "The simulator does not serve web pages.", 403)
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if is_control and method == "POST" and kind != "application/json":
        return ApiError("BadRequest", "Send it with the header Content-Type: application/json.", 415)
    return None


def _is_local(host: str) -> bool:
    """Whether a Host header names an address, or this machine."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower().rstrip(".")
    if not name or name in _NAMES or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
