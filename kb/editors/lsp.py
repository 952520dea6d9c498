"""The language server: takes what editors ask, asks the features, and puts the answers in the words of the protocol.

Everything slow runs in one worker thread, in order; looking something up at a place does not wait for it.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from kb.editors.document import Place, Span
from kb.editors.server import OWN, Commands, Features, Server, location, path_of, read_range

if TYPE_CHECKING:  # the features import what reads notes: an editor is answered before that
    from kb.base import KnowledgeBase
    from kb.editors.card import Card

_ITEMS = {
    "note": lsp.CompletionItemKind.Reference,
    "section": lsp.CompletionItemKind.Text,
    "fact": lsp.CompletionItemKind.Constant,
    "source": lsp.CompletionItemKind.File,
    "word": lsp.CompletionItemKind.EnumMember,
}
_SYMBOLS = {"note": lsp.SymbolKind.Package, "fact": lsp.SymbolKind.Constant, "section": lsp.SymbolKind.String}


def serve(kb: KnowledgeBase, site: str, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Speak the protocol until the client leaves."""
    gc.disable()  # what is made here stays
    server = Server(kb, site, FEATURES, COMMANDS)
    sys.setswitchinterval(0.001)  # a look-up does not wait for the worker
    gc.freeze()
    gc.enable()
    server.start_io(stdin, stdout)


def initialize(ls: Server, params: lsp.InitializeParams) -> None:
    """Take the two things an editor may turn off; nothing that a workspace says is run or opened."""
    given = params.initialization_options
    if isinstance(given, dict):
        ls.options = {name: given[name] for name in ("diagnostics", "codeLens") if isinstance(given.get(name), bool)}


async def initialized(ls: Server, _: lsp.InitializedParams) -> None:
    """Start reading the notes, and ask to be told when they change."""
    if ls.says("workspace", "did_change_watched_files", "dynamic_registration"):
        glob: Any = "**/*.md"
        if ls.says("workspace", "did_change_watched_files", "relative_pattern_support"):
            glob = lsp.RelativePattern(ls.desk.root.as_uri(), glob)
        watch = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher(glob)])
        wanted = lsp.Registration("kb-notes", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, watch)
        ls.client_register_capability(lsp.RegistrationParams([wanted]))
    await ls.loaded()


def did_open(ls: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    """Check a text at once."""
    ls.check(params.text_document.uri, 0)


def did_change(ls: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    """Check a text when its author pauses."""
    ls.check(params.text_document.uri)


def did_close(ls: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    """Take back what was said of a text."""
    if task := ls.checks.pop(params.text_document.uri, None):
        task.cancel()
    ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(params.text_document.uri, []))


async def did_save(ls: Server, params: lsp.DidSaveTextDocumentParams) -> None:
    """Read a note again that was saved."""
    await changed(ls, [params.text_document.uri])


async def did_change_files(ls: Server, params: lsp.DidChangeWatchedFilesParams) -> None:
    """Read notes again that changed on disk."""
    await changed(ls, [change.uri for change in params.changes])


async def changed(ls: Server, uris: list[str]) -> None:
    """Look again at files, and check the open texts anew when any of them is a note: links may be dead now."""
    await ls.loaded()
    if await ls.run(ls.desk.refresh, [path for uri in uris if (path := path_of(uri))]):
        for uri, text in ls.protocol.texts.items():
            text.findings = None
            ls.check(uri, 0)


def ignored(ls: Server, params: Any) -> None:
    """Settings of a workspace change nothing here."""


async def hover(ls: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    """Show what is known about a place."""
    from kb.editors import card as cards

    if not ls.desk.ready:
        await ls.loaded()
    document, place = ls.at(params)
    card = cards.hover(ls.desk, document, place)
    if card is None and not ls.desk.complete:
        await ls.loaded()
        card = cards.hover(ls.desk, document, place)
    if card is None:
        return None
    formats = ls.says("text_document", "hover", "content_format")
    return lsp.Hover(shown(card, formats), ls.protocol.range(document, card.span))


def shown(card: Card, formats: Any) -> lsp.MarkupContent:
    """Return a card in a format that the client shows."""
    from kb.editors.card import markdown, plain_text

    if lsp.MarkupKind.Markdown in (formats or ()):
        return lsp.MarkupContent(lsp.MarkupKind.Markdown, markdown(card))
    return lsp.MarkupContent(lsp.MarkupKind.PlainText, plain_text(card))


async def completion(ls: Server, params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
    """Offer ids of notes, anchors, sources."""
    from kb.editors.complete import complete

    document, place = ls.at(params)
    return [
        lsp.CompletionItem(
            label=item.label, detail=item.detail, kind=_ITEMS[item.kind], filter_text=item.words, data=item.note,
            text_edit=lsp.TextEdit(ls.protocol.range(document, item.span), item.text),
        )
        for item in await ls.run(complete, ls.desk, document, place)
    ]  # fmt: skip


def completed(ls: Server, item: lsp.CompletionItem) -> lsp.CompletionItem:
    """Add the card of a note to its id."""
    from kb.editors import card as cards

    note = ls.desk.note(item.data) if isinstance(item.data, str) else None
    if note:
        card = cards.note_card(ls.desk, note, Span(Place(0, 0), Place(0, 0)), cards.matter(ls.desk, note, ""))
        formats = ls.says("text_document", "completion", "completion_item", "documentation_format")
        content = shown(card, formats)
        item.documentation = content if formats else content.value
    return item


async def definition(ls: Server, params: lsp.DefinitionParams) -> lsp.Location | None:
    """Go to the note."""
    from kb.editors import navigate

    await ls.loaded()
    target = navigate.definition(ls.desk, *ls.at(params))
    return location(target) if target else None


async def references(ls: Server, params: lsp.ReferenceParams) -> list[lsp.Location]:
    """List who speaks of the note at a place."""
    from kb.editors import navigate

    await ls.loaded()
    return [location(target) for target in await ls.run(navigate.references, ls.desk, *ls.at(params))]


async def links(ls: Server, params: lsp.DocumentLinkParams) -> list[lsp.DocumentLink]:
    """Make [[links]] clickable."""
    from kb.editors import navigate

    document = ls.protocol.text(params.text_document.uri)
    titled = ls.says("text_document", "document_link", "tooltip_support")
    return [
        lsp.DocumentLink(
            ls.protocol.range(document, link.span),
            f"{link.target.uri}#L{link.target.line + 1}",
            link.title if titled else None,
        )
        for link in await ls.run(navigate.links, ls.desk, document)
    ]


async def lenses(ls: Server, params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    """Say above a resource what the notes have on it."""
    from kb.editors import navigate

    document = ls.protocol.text(params.text_document.uri)
    await ls.loaded()
    found = await ls.run(navigate.lenses, ls.desk, document) if ls.options.get("codeLens", True) else []
    return [
        lsp.CodeLens(
            ls.protocol.range(document, lens.span),
            lsp.Command(lens.title, "kb.openNote" if lens.note else "", arguments=[lens.note] if lens.note else None),
        )
        for lens in found
    ]


async def symbols(ls: Server, params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
    """Search."""
    from kb.editors import navigate

    return [
        lsp.WorkspaceSymbol(location(s.target), s.name, _SYMBOLS[s.kind], container_name=s.container)
        for s in await ls.run(navigate.symbols, ls.desk, params.query)
    ]


async def actions(ls: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Offer to mend what is wrong."""
    from kb.editors import diagnose

    uri = params.text_document.uri
    findings = await ls.findings(uri)
    text = ls.protocol.texts.get(uri)
    if text is None or text.findings is not findings:
        return []
    span = ls.protocol.span(text.document, params.range)
    return [
        lsp.CodeAction(
            fix.title, lsp.CodeActionKind.QuickFix, [ls.protocol.diagnostic(text.document, finding)], fix.preferred or None,
            edit=lsp.WorkspaceEdit({uri: [ls.protocol.edit(text.document, edit) for edit in fix.edits]}),
        )
        for finding, fix in diagnose.fixes(findings, span)
    ]  # fmt: skip


async def formatting(ls: Server, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
    """Write a note as kb fmt does; a text that is none, or cannot be read, is left alone."""
    from kb.editors import diagnose

    document = ls.protocol.text(params.text_document.uri)
    edits = await ls.run(diagnose.formatting, ls.desk, document)
    return None if edits is None else [ls.protocol.edit(document, edit) for edit in edits]


async def kb_search(ls: Server, params: Any) -> dict[str, Any]:
    """Search: {query, limit, mode, service, category, kind, select}."""
    from kb.editors import search

    asked = search.asked(params)
    found = await ls.run(search.search, ls.desk, asked)
    return search.found_shape(ls.desk, found, asked.select)


async def kb_related(ls: Server, given: Any) -> dict[str, Any]:
    """Find the notes nearest to a selection, {uri, range}, to a {text}, or to a {note}: an id or a name."""
    from kb.editors import search

    params = given if isinstance(given, dict) else {}
    text = params.get("note") or params.get("text")
    if isinstance(params.get("uri"), str) and not text:
        document = ls.protocol.text(params["uri"])
        chosen = read_range(params.get("range"))
        if chosen is None:
            raise JsonRpcInvalidParams(f"no range: {params.get('range')!r}")
        text = search.selected(document, ls.protocol.span(document, chosen))
    if not isinstance(text, str):
        raise JsonRpcInvalidParams("expected a note, a text, or uri and range")
    limit = params.get("limit")
    return search.near_shape(*await ls.run(search.related, ls.desk, text, limit if isinstance(limit, int) else 10))


async def open_note(ls: Server, params: Any) -> dict[str, Any] | None:
    """Open a note in the editor, {note: "sqs#gotchas"}; without that ability of the editor say where it is."""
    id, _, anchor = str(params.get("note")).partition("#")
    note = ls.desk.note(id)
    if note is None:
        return None
    place = location(ls.desk.target(note, anchor))
    if ls.says("window", "show_document", "support"):
        await ls.window_show_document_async(lsp.ShowDocumentParams(place.uri, take_focus=True, selection=place.range))
    return {"uri": place.uri, "line": place.range.start.line, "address": ls.desk.address(note, anchor)}


FEATURES: Features = {
    lsp.INITIALIZE: (initialize, None),
    lsp.INITIALIZED: (initialized, None),
    lsp.TEXT_DOCUMENT_DID_OPEN: (did_open, None),
    lsp.TEXT_DOCUMENT_DID_CHANGE: (did_change, None),
    lsp.TEXT_DOCUMENT_DID_CLOSE: (did_close, None),
    lsp.TEXT_DOCUMENT_DID_SAVE: (did_save, None),
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: (did_change_files, None),
    lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: (ignored, None),
    lsp.TEXT_DOCUMENT_HOVER: (hover, None),
    lsp.TEXT_DOCUMENT_COMPLETION: (completion, lsp.CompletionOptions(trigger_characters=["[", "#", "^"])),
    lsp.COMPLETION_ITEM_RESOLVE: (completed, None),
    lsp.TEXT_DOCUMENT_DEFINITION: (definition, None),
    lsp.TEXT_DOCUMENT_REFERENCES: (references, None),
    lsp.TEXT_DOCUMENT_DOCUMENT_LINK: (links, None),
    lsp.TEXT_DOCUMENT_CODE_LENS: (lenses, None),
    lsp.WORKSPACE_SYMBOL: (symbols, None),
    lsp.TEXT_DOCUMENT_CODE_ACTION: (actions, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix])),
    lsp.TEXT_DOCUMENT_FORMATTING: (formatting, None),
    OWN[0]: (kb_search, None),
    OWN[1]: (kb_related, None),
}
COMMANDS: Commands = {
    "kb.search": (kb_search, "query"),
    "kb.related": (kb_related, "note"),
    "kb.openNote": (open_note, "note"),
}
