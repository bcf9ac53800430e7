"""The protocol: passes what a client sends to the functions of this package, and pushes findings to it.

All work is done by one thread, in the order in which it comes, so that the compiler's caches have one user. A document
that changes while it is waiting to be checked is checked once, as it is then.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from trainspec.lsp.actions import FIX_ALL, actions
from trainspec.lsp.checking import Checker
from trainspec.lsp.completion import complete
from trainspec.lsp.documents import Document, Documents
from trainspec.lsp.formatting import edits
from trainspec.lsp.hover import hover
from trainspec.lsp.lens import SHOW_REQUEST, lenses, request_of
from trainspec.lsp.navigation import RenameError, definition, prepare_rename, references, rename
from trainspec.lsp.show import shown
from trainspec.lsp.symbols import symbols

T = TypeVar("T")

_PAUSE = 0.005
"""Seconds without a keystroke before the text is analysed: a paste or a held key causes many changes."""


class Server(LanguageServer):
    """A language server with the documents that are open in it."""

    def __init__(self, version: str) -> None:
        super().__init__("trainspec", version)
        self.documents = Documents()
        self.checker = Checker(self.documents)
        self._worker = ThreadPoolExecutor(1, "trainspec")
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._reported: set[str] = set()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def work(self, function: Callable[[], T]) -> T:
        """The result of a function, called by the one thread that works."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, function)

    def take(self, uri: str) -> None:
        """Read a document as the client has it now, and have it checked, with the open ones that extend it."""
        held = self.workspace.get_text_document(uri)
        self.documents.encoding = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        self.documents.folders = self._folders_of_the_editor()
        document = self.documents.put(uri, held.version or 0, held.source)
        if document is None:
            return
        self._say_wrong_settings(document)
        self.schedule(uri)
        for other in self.checker.depends_on(document):
            self.schedule(other.uri)

    def _folders_of_the_editor(self) -> frozenset[Path]:
        opened = [each.uri for each in self.workspace.folders.values()] or [self.workspace.root_uri or ""]
        paths = (to_fs_path(uri) for uri in opened if uri.startswith("file:"))
        return frozenset(Path(os.path.abspath(path)) for path in paths if path)  # noqa: PTH100  # without following links

    def schedule(self, uri: str) -> None:
        """Have a document checked once the typing rests; a check of it that still waits is dropped."""
        if (waiting := self._waiting.pop(uri, None)) is not None:
            waiting.cancel()
        self._waiting[uri] = asyncio.create_task(self._check(uri))

    def schedule_all(self) -> None:
        """Have all open documents checked."""
        for uri in list(self.documents.open):
            self.take(uri)

    async def _check(self, uri: str) -> None:
        await asyncio.sleep(_PAUSE)
        found = await self.work(lambda: self._shown(uri))
        document = self.documents.open.get(uri)
        if found is not None and document is not None and document.version == found[0].version:
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri, found[1], version=document.version)
            )

    def _shown(self, uri: str) -> tuple[Document, list[types.Diagnostic]] | None:
        """The findings of a document as it is when its turn comes."""
        document = self.documents.open.get(uri)
        if document is None:
            return None
        findings = self.checker.check(document)
        return document, [shown(document, each, self.documents) for each in findings]

    async def forget(self, uri: str) -> None:
        """A document is closed: its file counts again, and nothing is said of it any more."""
        document = self.documents.open.get(uri)
        others = self.checker.depends_on(document) if document is not None else []
        if (waiting := self._waiting.pop(uri, None)) is not None:
            waiting.cancel()
        self.documents.close(uri)
        await self.work(lambda: self.checker.forget(uri))
        for other in others:
            self.schedule(other.uri)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def configure(self, settings: Any) -> None:
        """Apply the user's settings: `environment`, the selected one."""
        given = settings.get("trainspec", settings) if isinstance(settings, dict) else {}
        environment = given.get("environment") if isinstance(given, dict) else None
        self.documents.environment = environment if isinstance(environment, str) and environment else None

    def document(self, uri: str) -> Document:
        """The open document of an address. Raises JsonRpcInvalidParams if it is not open, or no file."""
        document = self.documents.open.get(uri)
        if document is None:
            raise JsonRpcInvalidParams(f"{uri} is not open here, or is not a file")
        return document

    def show_file(self, name: str, text: str) -> None:
        """Show a text in the editor, in a file that only this user can read and that the server removes at its end."""
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="trainspec-")
        safe = "".join(each if each.isalnum() or each in "-_." else "_" for each in name)[:100].lstrip(".")
        path = Path(self._folder.name) / f"{safe or 'request'}.json"
        path.write_text(text, encoding="utf-8")
        self.window_show_document(types.ShowDocumentParams(path.as_uri(), take_focus=True))

    def _say_wrong_settings(self, document: Document) -> None:
        wrong = self.documents.wrong_settings.get(document.path.parent)
        if wrong is not None and wrong not in self._reported:
            self._reported.add(wrong)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"trainspec: {wrong}"))


def make_server(version: str) -> Server:
    """A server with everything that it can do."""
    server = Server(version)
    _documents(server)
    _questions(server)
    _changes(server)
    return server


def _documents(server: Server) -> None:
    """Keeps the server's texts equal to those of the editor."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.configure(params.initialization_options)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.take(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.take(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: types.DidSaveTextDocumentParams) -> None:
        await server.work(server.checker.look_again)
        server.schedule_all()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        await server.forget(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configured(params: types.DidChangeConfigurationParams) -> None:
        server.configure(params.settings)
        await server.work(server.checker.look_again)
        server.schedule_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        await server.work(server.checker.look_again)
        server.schedule_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        await server.work(server.checker.look_again)
        server.schedule_all()


def _questions(server: Server) -> None:
    """Requests about a place, which change nothing."""
    checker = server.checker

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hovered(params: types.HoverParams) -> types.Hover | None:
        document = server.document(params.text_document.uri)
        return await server.work(lambda: hover(checker, document, params.position))

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["{", ".", ":", " ", "-", "[", "/"])
    )
    async def completed(params: types.CompletionParams) -> types.CompletionList:
        document = server.document(params.text_document.uri)
        return await server.work(lambda: complete(checker, document, params.position))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def defined(params: types.DefinitionParams) -> list[types.Location]:
        document = server.document(params.text_document.uri)
        return await server.work(lambda: definition(checker, document, params.position))

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def referred(params: types.ReferenceParams) -> list[types.Location]:
        document, is_whole = server.document(params.text_document.uri), params.context.include_declaration
        return await server.work(lambda: references(checker, document, params.position, include_declaration=is_whole))

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def outlined(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        document = server.document(params.text_document.uri)
        return await server.work(lambda: symbols(document))

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def lensed(params: types.CodeLensParams) -> list[types.CodeLens]:
        document = server.document(params.text_document.uri)
        return await server.work(lambda: lenses(document))

    @server.command(SHOW_REQUEST)
    async def show_request(uri: str, job: str) -> str | None:
        document = server.document(uri)
        text = await server.work(lambda: request_of(checker, document, job))
        if text is None:
            message = f"{job} has no request until the errors of the spec are fixed"
            server.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))
        elif _shows_documents(server):
            server.show_file(job, text)
        return text


def _changes(server: Server) -> None:
    """What answers with edits."""
    checker = server.checker

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL]),
    )
    async def acted(params: types.CodeActionParams) -> list[types.CodeAction]:
        document = server.document(params.text_document.uri)
        return await server.work(lambda: actions(checker, document, params.range, params.context.only))

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    async def formatted(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        document = server.document(params.text_document.uri)
        return await server.work(lambda: edits(document))

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepared(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        document = server.document(params.text_document.uri)
        return await server.work(lambda: prepare_rename(document, params.position))

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def renamed(params: types.RenameParams) -> types.WorkspaceEdit | None:
        document = server.document(params.text_document.uri)
        try:
            return await server.work(lambda: rename(checker, document, params.position, params.new_name))
        except RenameError as error:
            raise JsonRpcInvalidParams(str(error)) from None


def _shows_documents(server: Server) -> bool:
    window = server.client_capabilities.window
    return bool(window and window.show_document and window.show_document.support)
