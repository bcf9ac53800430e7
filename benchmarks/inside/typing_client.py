"""Type into specs/long.yaml over the protocol, and print the seconds until the findings of each keystroke are there."""

import asyncio
import sys
import time
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient


async def main(root: Path, keystrokes: int) -> None:
    """The folder of the project, and how many keystrokes count; some before them warm the server."""
    client, news, version = LanguageClient("benchmark", "1"), asyncio.Event(), 1
    reported = {"version": 0}

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
    def published(params: types.PublishDiagnosticsParams) -> None:
        reported["version"] = params.version or 0
        news.set()

    async def findings() -> None:
        while reported["version"] < version:
            news.clear()
            await asyncio.wait_for(news.wait(), 60)

    await client.start_io(sys.executable, "-m", "trainspec", "lsp", cwd=str(root))
    await client.initialize_async(types.InitializeParams(types.ClientCapabilities(), root_uri=root.as_uri()))
    client.initialized(types.InitializedParams())
    path = root / "specs/long.yaml"
    text = path.read_text()
    document = types.TextDocumentItem(path.as_uri(), "yaml", version, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(document))
    await findings()
    lines = text.splitlines()
    line = next(number for number in range(len(lines) // 2, len(lines)) if "max_depth" in lines[number])
    at = types.Range(types.Position(line, len(lines[line])), types.Position(line, len(lines[line])))
    for stroke in range(keystrokes + 4):
        version += 1
        typed = types.TextDocumentContentChangePartial(at, str(stroke % 10))
        named = types.VersionedTextDocumentIdentifier(version=version, uri=path.as_uri())
        began = time.perf_counter()
        client.text_document_did_change(types.DidChangeTextDocumentParams(named, [typed]))
        await findings()
        if stroke >= 4:
            print(time.perf_counter() - began)
        await asyncio.sleep(0.05)  # nobody types without a pause
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()  # type: ignore[no-untyped-call]


asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
