"""A real client of the language server: pygls's own, connected to `trainspec lsp` in a separate process."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient

T = TypeVar("T")
PATIENCE = 60


class Editor:
    """An editor with an open folder: it opens texts, types in them, and sends requests."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client = client
        self.root = root
        self.reported: dict[str, list[types.Diagnostic]] = {}
        self.versions: dict[str, int] = {}
        self.shown: list[str] = []
        self.messages: list[str] = []
        self._news = asyncio.Event()

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.reported[params.uri] = list(params.diagnostics)
            self.versions[params.uri] = params.version or 0
            self._news.set()

        @client.feature(types.WINDOW_SHOW_DOCUMENT)  # type: ignore[untyped-decorator]
        def show(params: types.ShowDocumentParams) -> types.ShowDocumentResult:
            self.shown.append(params.uri)
            return types.ShowDocumentResult(success=True)

        @client.feature(types.WINDOW_SHOW_MESSAGE)  # type: ignore[untyped-decorator]
        def message(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def open(self, name: str, text: str | None = None) -> str:
        """Open a file, or a text that is not on disk yet; returns its address."""
        text = (self.root / name).read_text(encoding="utf-8") if text is None else text
        document = types.TextDocumentItem(self.uri(name), "yaml", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        return document.uri

    def type(self, name: str, version: int, text: str, at: types.Range | None = None) -> None:
        """Replace a range, or all, of an open text."""
        change: Any = (
            types.TextDocumentContentChangePartial(at, text)
            if at
            else types.TextDocumentContentChangeWholeDocument(text)
        )
        document = types.VersionedTextDocumentIdentifier(version=version, uri=self.uri(name))
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def findings(self, name: str, version: int = 1) -> list[types.Diagnostic]:
        """The server's findings for a version of a text, once it has analysed it."""
        uri = self.uri(name)
        while self.versions.get(uri, 0) < version:
            await self.news()
        return self.reported[uri]

    async def news(self) -> None:
        """Wait until the server reports something about any text."""
        self._news.clear()
        await asyncio.wait_for(self._news.wait(), PATIENCE)

    def place(self, name: str, line: int, character: int) -> dict[str, Any]:
        return {
            "text_document": types.TextDocumentIdentifier(self.uri(name)),
            "position": types.Position(line, character),
        }


def edit(root: Path, session: Callable[[Editor], Awaitable[T]], options: Any = None) -> T:
    """The result of a session with a server that is started for it, and ends with it."""

    async def all_of_it() -> T:
        client = LanguageClient("test", "1")
        await client.start_io(sys.executable, "-m", "trainspec", "lsp", cwd=str(root))
        editor = Editor(client, root)
        window = types.WindowClientCapabilities(show_document=types.ShowDocumentClientCapabilities(support=True))
        capabilities = types.ClientCapabilities(window=window)
        started = types.InitializeParams(capabilities, root_uri=root.as_uri(), initialization_options=options)
        await client.initialize_async(started)
        client.initialized(types.InitializedParams())
        try:
            return await session(editor)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()  # type: ignore[no-untyped-call]

    return asyncio.run(all_of_it())
