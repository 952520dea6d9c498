"""The server below the features: texts as the protocol says, places in the units of the client, one worker for slow work.

kb keeps the texts itself because that of pygls splits lines at characters where the protocol does not, and moves places
at the ends of lines.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcServerNotInitialized
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter, lsp_method
from pygls.uris import to_fs_path

from kb.api.shapes import SCHEMA_VERSION
from kb.editors.document import Document, Encoding, Place, Span, column_of, open_document, units_of
from kb.errors import KbError

if TYPE_CHECKING:  # the features import what reads notes: an editor is answered before that
    from kb.base import KnowledgeBase
    from kb.editors.desk import Desk, Target
    from kb.editors.diagnose import Edit, Finding

T = TypeVar("T")
Handler = Callable[["Server", Any], Any]
Features = dict[str, tuple[Handler, Any]]
"""What answers each method, and the options it is registered with."""
Commands = dict[str, tuple[Handler, str]]
"""What runs each command, and what its first argument is when it is a text."""
WAIT = 0.2
"""Seconds without typing before a text is checked."""
FAILED = int(lsp.LSPErrorCodes.RequestFailed)
OWN = ("kb/search", "kb/related")
"""Requests that only kb knows."""
_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "information": lsp.DiagnosticSeverity.Information,
}
log = logging.getLogger("kb.lsp")


@attrs.define
class Request:
    """A request of kb's own; its params stay as they came."""

    id: Any
    method: str
    jsonrpc: str = "2.0"
    params: Any = None


class Open:
    """One version of a text that is open in the editor."""

    def __init__(self, document: Document, version: int | None) -> None:
        self.document = document
        self.version = version
        self.findings: tuple[Finding, ...] | None = None
        """What is wrong with it; None until it was checked."""


class Protocol(LanguageServerProtocol):
    """Keeps the texts."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.texts: dict[str, Open] = {}

    @property
    def encoding(self) -> Encoding:
        """The units that columns are counted in."""
        chosen = self._workspace.position_encoding if self._workspace else None
        return cast("Encoding", chosen.value if isinstance(chosen, lsp.PositionEncodingKind) else chosen or "utf-16")

    @property
    def started(self) -> bool:
        """Whether the client has introduced itself."""
        return self._workspace is not None

    def text(self, uri: str) -> Document:
        """Return an open text; an empty one for what is not open."""
        found = self.texts.get(uri)
        return found.document if found else open_document("", path_of(uri))

    def place(self, document: Document, position: lsp.Position) -> Place:
        """Return a position of the client as a place."""
        line = document.line(position.line)
        return document.within(Place(position.line, column_of(line, position.character, self.encoding)))

    def span(self, document: Document, range: lsp.Range) -> Span:
        """Return a range of the client as a span."""
        return Span(self.place(document, range.start), self.place(document, range.end))

    def position(self, document: Document, place: Place) -> lsp.Position:
        """Return a place in the units of the client."""
        return lsp.Position(place.line, units_of(document.line(place.line), place.column, self.encoding))

    def range(self, document: Document, span: Span) -> lsp.Range:
        """Return a span in the units of the client."""
        return lsp.Range(self.position(document, span.start), self.position(document, span.end))

    def edit(self, document: Document, edit: Edit) -> lsp.TextEdit:
        """Return an edit in the units of the client."""
        return lsp.TextEdit(self.range(document, edit.span), edit.text)

    def diagnostic(self, document: Document, finding: Finding) -> lsp.Diagnostic:
        """Return a finding in the units of the client."""
        about = lsp.CodeDescription(finding.address) if finding.address else None
        severity = _SEVERITIES[finding.severity]
        return lsp.Diagnostic(self.range(document, finding.span), finding.message, severity, finding.code, about, "kb")

    def get_message_type(self, method: str) -> type[Any] | None:  # type: ignore[override]  # pygls caches its own
        """Return how a message is read."""
        return Request if method in OWN else super().get_message_type(method)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: lsp.DidOpenTextDocumentParams) -> Iterator[Any]:
        """Take a text."""
        item = params.text_document
        document = open_document(item.text, path_of(item.uri), item.language_id)
        self.texts[item.uri] = Open(document, item.version)
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: lsp.DidChangeTextDocumentParams) -> Iterator[Any]:
        """Change a text; one that was never opened is no text of ours."""
        uri = params.text_document.uri
        if uri not in self.texts:
            log.warning("changed, but not open: %s", uri)
            return
        document = self.texts[uri].document
        for change in params.content_changes:
            if isinstance(change, lsp.TextDocumentContentChangePartial):
                document = document.edited(self.span(document, change.range), change.text)
            else:
                document = document.rewritten(change.text)
        self.texts[uri] = Open(document, params.text_document.version)
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: lsp.DidCloseTextDocumentParams) -> Iterator[Any]:
        """Let a text go."""
        self.texts.pop(params.text_document.uri, None)
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_CLOSE], (params,), None


class Server(LanguageServer):
    """The language server over one base."""

    protocol: Protocol

    def __init__(self, kb: KnowledgeBase, site: str, features: Features, commands: Commands) -> None:
        super().__init__(
            "kb", str(SCHEMA_VERSION), protocol_cls=Protocol, converter_factory=default_converter, max_workers=2
        )
        self.kb, self.site = kb, site
        self.worker = ThreadPoolExecutor(1, "kb")
        self.checks: dict[str, asyncio.Task[None]] = {}
        self.loading: asyncio.Task[None] | None = None
        self.options: dict[str, Any] = {}
        for method, (handler, options) in features.items():
            self.feature(method, options)(guarded(self, handler))
        for name, (handler, text) in commands.items():
            self.command(name)(commanded(self, handler, text))

    @cached_property
    def desk(self) -> Desk:
        """The notes."""
        from kb.editors.desk import Desk

        return Desk(self.kb, self.site)

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function in the worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self.worker, partial(function, *arguments))

    async def loaded(self) -> None:
        """Wait until every note is read."""
        if self.loading is None:
            self.loading = asyncio.create_task(self._load())
        await asyncio.shield(self.loading)

    async def _load(self) -> None:
        await self.run(self._read)
        gc.freeze()  # notes live as long as the server: no collection needs to look at them

    def _read(self) -> None:
        from kb.editors import card, complete, diagnose, navigate, search  # noqa: F401 - so that the first use finds them

        self.desk.load()
        _ = self.desk.names, self.desk.bounds

    def at(self, params: Any) -> tuple[Document, Place]:
        """Return text and place of a request."""
        document = self.protocol.text(params.text_document.uri)
        return document, self.protocol.place(document, params.position)

    def says(self, *path: str) -> Any:
        """Return a capability of the client; None when it says nothing of it."""
        found: Any = self.client_capabilities
        for name in path:
            found = getattr(found, name, None)
        return found

    def check(self, uri: str, wait: float = WAIT) -> None:
        """Check a text soon; a newer version, or its closing, takes the place of this."""
        if task := self.checks.pop(uri, None):
            task.cancel()
        if self.options.get("diagnostics", True):
            self.checks[uri] = asyncio.create_task(self._check(uri, wait))

    async def _check(self, uri: str, wait: float) -> None:
        await asyncio.sleep(wait)
        findings = await self.findings(uri)
        text = self.protocol.texts.get(uri)
        if text is not None and text.findings is findings:
            shown = [self.protocol.diagnostic(text.document, finding) for finding in findings]
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, shown, text.version))

    async def findings(self, uri: str) -> tuple[Finding, ...]:
        """Return what is wrong with an open text as it stands now."""
        text = self.protocol.texts.get(uri)
        if text is None:
            return ()
        if text.findings is None:
            from kb.editors.diagnose import diagnose

            text.findings = await self.run(diagnose, self.desk, text.document)
        return text.findings

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Keep a note of an error; no window pops up for it."""
        log.error("%s: %s", getattr(source, "__name__", source), error)

    def shutdown(self) -> None:
        """Stop at once, whatever is being read."""
        if "desk" in self.__dict__:
            self.desk.closed = True
        self.worker.shutdown(wait=False, cancel_futures=True)
        super().shutdown()  # type: ignore[no-untyped-call]


def guarded(server: Server, handler: Handler) -> Callable[[Any], Awaitable[Any]]:
    """Return a handler that answers errors of kb as such, and does nothing for a client that did not introduce itself."""

    async def answer(params: Any) -> Any:
        if not server.protocol.started:
            raise JsonRpcServerNotInitialized
        try:
            result = handler(server, params)
            return await result if isinstance(result, Awaitable) else result
        except KbError as error:
            raise JsonRpcException(str(error), FAILED) from None

    return answer


def commanded(server: Server, handler: Handler, text: str) -> Callable[..., Awaitable[Any]]:
    """Return a command that takes the parameters of a request, or its text followed by the others."""

    async def answer(*arguments: Any) -> Any:
        params: dict[str, Any] = {}
        for place, given in enumerate(arguments):
            params |= given if isinstance(given, dict) else {text: given} if place == 0 else {}
        return await guarded(server, handler)(params)

    return answer


def path_of(uri: str) -> str:
    """Return the path of a file; empty for what is no file, or no address at all."""
    try:
        path = to_fs_path(uri) or ""
    except ValueError:
        return ""
    return "" if "\0" in path else path


def location(target: Target) -> lsp.Location:
    """Return a line of a file as a location."""
    start = lsp.Position(target.line, 0)
    return lsp.Location(target.uri, lsp.Range(start, start))


def read_range(given: Any) -> lsp.Range | None:
    """Return a range from JSON data; None for what is none."""
    try:
        places = [lsp.Position(int(given[end]["line"]), int(given[end]["character"])) for end in ("start", "end")]
    except (TypeError, KeyError, ValueError):
        return None
    return lsp.Range(*places) if min(p.line for p in places) >= 0 and min(p.character for p in places) >= 0 else None
