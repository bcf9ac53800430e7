"""A small client of the Language Server Protocol, and the yaml-language-server for it to talk to."""

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

from helpers import ROOT

VERSION = "1.25.0"
CACHE = ROOT / ".cache" / f"yaml-language-server-{VERSION}"
SECONDS = 30.0


def installed() -> list[str]:
    """The server's command, installed if necessary. It needs Node.js; empty if that is missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    program = CACHE / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    if node is None or (npm is None and not program.exists()):
        return []
    if not program.exists():
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(CACHE)]
        subprocess.run([*command, f"yaml-language-server@{VERSION}"], check=True, timeout=300, capture_output=True)
    return [node, str(program), "--stdio"]


class LanguageServer:
    """A running server with the repository as its workspace, and the settings that `trainspec init` writes."""

    def __init__(self, command: list[str], settings: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
        )
        self._settings = settings
        self._answers: dict[int, queue.Queue[Any]] = {}
        self._diagnostics: dict[str, queue.Queue[Any]] = {}
        self._last = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        capabilities = {
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
                "publishDiagnostics": {},
            },
            "workspace": {"configuration": True, "didChangeConfiguration": {}},
        }
        start = {"processId": os.getpid(), "rootUri": ROOT.as_uri(), "capabilities": capabilities}
        self.ask("initialize", start)
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": self._settings})

    def open(self, path: Path, text: str) -> list[dict[str, Any]]:
        """Open a document, which need not exist on disk, and wait for its diagnostics."""
        uri = path.as_uri()
        self._diagnostics[uri] = queue.Queue()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        found: list[dict[str, Any]] = self._diagnostics[uri].get(timeout=SECONDS)
        return found

    def at(self, method: str, path: Path, line: int, character: int) -> Any:
        """The server's response for a place."""
        position = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": path.as_uri()}, "position": position})

    def ask(self, method: str, params: Any) -> Any:
        """Send a request, and wait for its response."""
        self._last += 1
        number = self._last
        answer = self._answers[number] = queue.Queue()
        self._send({"id": number, "method": method, "params": params})
        return answer.get(timeout=SECONDS)

    def stop(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait()
        self._reader.join(5)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self._process.stdin.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while True:
            length = 0
            while (header := stream.readline()) not in (b"\r\n", b""):
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
            if not header:
                return
            self._take(json.loads(stream.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        method, number = message.get("method"), message.get("id")
        if method == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]].put(message["params"]["diagnostics"])
        elif method == "workspace/configuration":
            wanted = [item.get("section", "") for item in message["params"]["items"]]
            self._send({"id": number, "result": [self._settings.get(section) for section in wanted]})
        elif method is not None and number is not None:
            self._send({"id": number, "result": None})
        elif number in self._answers:
            self._answers[number].put(message.get("result"))
