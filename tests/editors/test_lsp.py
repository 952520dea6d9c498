"""The server process as editors meet it: three clients, three encodings, every feature once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types as lsp
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

from kb import KnowledgeBase
from kb.editors.desk import Desk
from kb.editors.diagnose import diagnose
from kb.editors.document import open_document, units_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
CLIENTS = {"neovim": "utf-8", "visual_studio_code": "utf-16", "emacs": "utf-32"}
WIDE = "# \U0001f600\u20ac\u00e9 "
"""Stands before what is looked at: in each encoding the columns behind it differ."""
TEMPLATE = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Timeout: 1200\n"
OPENED = "file:///made-up/"


@pytest_asyncio.fixture(params=CLIENTS, scope="module", loop_scope="module")
async def client(request: pytest.FixtureRequest, workbench: Path) -> AsyncIterator[LanguageClient]:
    """A client that has introduced itself to a server over the workbench."""
    client = make_test_lsp_client()
    registered: list[lsp.Registration] = []
    client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(lambda params: registered.extend(params.registrations))
    client.registered = registered  # type: ignore[attr-defined]
    client.shown, client.came = {}, asyncio.Event()  # type: ignore[attr-defined]
    client.protocol.fm.features.pop(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # that of pytest-lsp forgets the version
    client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: shown(client, params))
    await client.start_io(sys.executable, "-m", "kb", "--base", str(workbench), "lsp")
    answer = await client.initialize_session(
        lsp.InitializeParams(client_capabilities(request.param), root_uri="file:///made-up")
    )
    assert answer.capabilities.position_encoding == CLIENTS[request.param]
    client.encoding = CLIENTS[request.param]  # type: ignore[attr-defined]
    yield client
    await client.shutdown_session()
    await client.stop()


def at(client: LanguageClient, line: str, number: int = 0, part: str = "", into: int = 1) -> lsp.Position:
    """Return the position a little into a part of a line, in the units of the client."""
    return lsp.Position(number, units_of(line, line.index(part) + into, client.encoding))  # type: ignore[attr-defined]


async def opened(client: LanguageClient, uri: str, text: str, language: str = "yaml", version: int = 1) -> Any:
    """Open a text and return its diagnostics."""
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, language, version, text)))
    return await published(client, uri, version)


async def published(client: LanguageClient, uri: str, version: int | None) -> Any:
    """Return the diagnostics of a version; all are kept as they come, for several may come at once."""
    while (uri, version) not in client.shown:  # type: ignore[attr-defined]
        client.came.clear()  # type: ignore[attr-defined]
        await asyncio.wait_for(client.came.wait(), 100)  # type: ignore[attr-defined]
    return client.shown.pop((uri, version))  # type: ignore[attr-defined]


def shown(client: LanguageClient, params: lsp.PublishDiagnosticsParams) -> None:
    """Keep what the server says of a version of a text."""
    client.shown[params.uri, params.version] = params.diagnostics  # type: ignore[attr-defined]
    client.came.set()  # type: ignore[attr-defined]


async def test_hover(client: LanguageClient) -> None:
    """The card stands at the token, in the units of the client."""
    line = f"{WIDE}AWS::SQS::Queue"
    uri = f"{OPENED}hover.yaml"
    await opened(client, uri, f"{line}\n")
    found = await client.text_document_hover_async(
        lsp.HoverParams(lsp.TextDocumentIdentifier(uri), at(client, line, part="SQS"))
    )
    assert found is not None
    assert isinstance(found.contents, lsp.MarkupContent)
    assert "Amazon SQS" in found.contents.value
    assert found.range == lsp.Range(at(client, line, part="AWS", into=0), at(client, line, part="Queue", into=5))
    nothing = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), lsp.Position(99, 99))
    assert (await client.text_document_hover_async(nothing)) is None


async def test_hover_on_a_property(client: LanguageClient) -> None:
    """Only its fact."""
    uri = f"{OPENED}property.yaml"
    await opened(client, uri, TEMPLATE)
    found = await client.text_document_hover_async(lsp.HoverParams(lsp.TextDocumentIdentifier(uri), lsp.Position(4, 8)))
    assert found is not None
    assert isinstance(found.contents, lsp.MarkupContent)
    assert "Longest run" in found.contents.value
    assert "Gotchas" not in found.contents.value


async def test_completion_and_its_card(client: LanguageClient) -> None:
    """What is typed is replaced, whatever the units."""
    line = f"{WIDE}see [[sq"
    uri = f"{OPENED}complete.md"
    await opened(client, uri, line, "markdown")
    items = await client.text_document_completion_async(
        lsp.CompletionParams(lsp.TextDocumentIdentifier(uri), at(client, line, part="[[sq", into=4))
    )
    assert isinstance(items, list)
    item = next(item for item in items if item.label == "sqs")
    assert isinstance(item.text_edit, lsp.TextEdit)
    assert item.text_edit.new_text == "sqs]]"
    assert item.text_edit.range.start == at(client, line, part="[[sq", into=2)
    resolved = await client.completion_item_resolve_async(item)
    card = resolved.documentation
    assert "Largest message" in (card.value if isinstance(card, lsp.MarkupContent) else card or "")


async def test_a_client_that_watches_files_is_asked_to(client: LanguageClient) -> None:
    """So that a note that changes on disk is read again."""
    capabilities = client.capabilities
    assert capabilities is not None
    assert capabilities.workspace is not None
    watches = capabilities.workspace.did_change_watched_files
    wanted = [lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES] if watches and watches.dynamic_registration else []
    await opened(client, f"{OPENED}watch.md", "sqs", "markdown")
    for _ in range(1000 if wanted else 10):  # the server asks when it is told that the client is ready, not before
        if client.registered:  # type: ignore[attr-defined]
            break
        await asyncio.sleep(0.02)
    assert [one.method for one in client.registered] == wanted  # type: ignore[attr-defined]


async def test_definition_links_and_references(client: LanguageClient, workbench: Path) -> None:
    """All lead to the note."""
    line = f"{WIDE}see [[sqs#basics]]"
    uri = f"{OPENED}links.md"
    await opened(client, uri, line, "markdown")
    document, place = lsp.TextDocumentIdentifier(uri), at(client, line, part="sqs")
    note = (workbench / "docs/services/sqs.md").as_uri()

    target = await client.text_document_definition_async(lsp.DefinitionParams(document, place))
    assert isinstance(target, lsp.Location)
    assert target.uri == note
    (link,) = await client.text_document_document_link_async(lsp.DocumentLinkParams(document)) or ()
    assert link.target == f"{note}#L{target.range.start.line + 1}"
    assert link.range.start == at(client, line, part="[[", into=0)
    found = await client.text_document_references_async(
        lsp.ReferenceParams(lsp.ReferenceContext(include_declaration=False), document, place)
    )
    assert {Path(one.uri).name for one in found or ()} == {"lambda.md"}


async def test_workspace_symbols_are_a_search(client: LanguageClient) -> None:
    """Facts with their value."""
    found = await client.workspace_symbol_async(lsp.WorkspaceSymbolParams("largest message"))
    assert found
    assert found[0].name == "Largest message: 1 MiB"
    assert found[0].container_name == "Amazon SQS"


async def test_diagnostics_and_their_fixes(client: LanguageClient) -> None:
    """A comment with wide characters stands on the line; the edit hits the value."""
    text = TEMPLATE.replace("Timeout: 1200", '"Timeout": {"Fn::If": ["\U0001f600", 1]}\n      Timeout: 1200')
    line = "      Timeout: 1200"
    uri = f"{OPENED}fix.yaml"
    (finding,) = await opened(client, uri, text)
    assert (finding.source, finding.code, finding.severity) == (
        "kb",
        "lambda#timeout-max",
        lsp.DiagnosticSeverity.Warning,
    )
    assert finding.range.start == at(client, line, 5, "1200", 0)
    assert finding.code_description.href.startswith("file://")
    actions = await client.text_document_code_action_async(
        lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), finding.range, lsp.CodeActionContext([finding]))
    )
    assert actions
    action = actions[0]
    assert isinstance(action, lsp.CodeAction)
    assert action.title == "Set to 900"
    assert action.edit is not None
    assert action.edit.changes == {uri: (lsp.TextEdit(finding.range, "900"),)}


async def test_typing_is_followed_by_new_diagnostics_and_closing_by_none(client: LanguageClient) -> None:
    """Of the version that is there; the old ones go."""
    uri = f"{OPENED}typing.yaml"
    assert len(await opened(client, uri, TEMPLATE)) == 1
    for version, (text, count) in enumerate((("90", 0), ("1000", 1)), start=2):
        change = lsp.TextDocumentContentChangePartial(lsp.Range(lsp.Position(4, 15), lsp.Position(4, 99)), text)
        client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(lsp.VersionedTextDocumentIdentifier(version, uri), [change])
        )
        assert len(await published(client, uri, version)) == count
    client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))
    assert len(await published(client, uri, None)) == 0


async def test_code_lens_and_opening_a_note(client: LanguageClient, workbench: Path) -> None:
    """The command of a lens opens the note where the client can."""
    uri = f"{OPENED}lens.yaml"
    await opened(client, uri, TEMPLATE)
    (lens,) = await client.text_document_code_lens_async(lsp.CodeLensParams(lsp.TextDocumentIdentifier(uri))) or ()
    assert lens.range.start.line == 2
    assert lens.command is not None
    assert lens.command.title == "kb: AWS Lambda (1 facts)"
    answer = await client.workspace_execute_command_async(
        lsp.ExecuteCommandParams(lens.command.command, lens.command.arguments)
    )
    note = (workbench / "docs/services/lambda.md").as_uri()
    assert answer["uri"] == note
    shows = client.capabilities and client.capabilities.window and client.capabilities.window.show_document
    assert [shown.uri for shown in client.shown_documents[-1:]] == ([note] if shows else [])


async def test_search_and_related_as_requests_and_as_commands(client: LanguageClient) -> None:
    """The same answer either way, with how it was searched."""
    params = {"query": "largest message", "limit": 1, "mode": "hybrid"}
    found = await client.protocol.send_request_async("kb/search", params)
    assert (found.mode, found.hits[0].id, found.hits[0].line) == ("lexical", "sqs#fact-message-size-max", 9)
    as_command = await client.workspace_execute_command_async(
        lsp.ExecuteCommandParams("kb.search", ["largest message", {"limit": 1, "select": ["id"]}])
    )
    assert as_command["hits"] == [{"id": "sqs#fact-message-size-max"}]

    text = "a worker polls a queue for jobs"
    uri = f"{OPENED}related.md"
    await opened(client, uri, f"title\n{text}\n", "markdown")
    place = {"line": 1, "character": 3}
    near = await client.protocol.send_request_async("kb/related", {"uri": uri, "range": {"start": place, "end": place}})
    same = await client.workspace_execute_command_async(lsp.ExecuteCommandParams("kb.related", [{"text": text}]))
    assert [note.note for note in near.notes] == [note["note"] for note in same["notes"]]
    assert near.mode == "lexical"


async def test_notes_are_formatted_and_checked(client: LanguageClient, workbench: Path) -> None:
    """As kb fmt and kb check do; the diagnostics are those of the feature."""
    path = workbench / "docs/services/sqs.md"
    text = path.read_text().replace("- A message goes", "-   A  message goes \U0001f600 to [[nope]]", 1)
    found = await opened(client, path.as_uri(), text, "markdown")
    document = open_document(text, str(path))
    desk = Desk(KnowledgeBase(str(workbench)))
    assert [(one.range.start.line, one.message) for one in found] == [
        (finding.span.start.line, finding.message) for finding in diagnose(desk, document)
    ]
    line = document.line(found[0].range.start.line)
    assert found[0].range.start == at(client, line, found[0].range.start.line, "nope", 0)
    edits = await client.text_document_formatting_async(
        lsp.DocumentFormattingParams(
            lsp.TextDocumentIdentifier(path.as_uri()), lsp.FormattingOptions(2, insert_spaces=True)
        )
    )
    assert edits
    assert edits[0].new_text.startswith("- A message goes \U0001f600 to [[nope]]")
    client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(path.as_uri())))


async def test_many_requests_at_once_are_all_answered(client: LanguageClient) -> None:
    """Slow ones do not hold up the others, and each gets its own answer."""
    uri = f"{OPENED}many.yaml"
    await opened(client, uri, "AWS::SQS::Queue\nAWS::Lambda::Function\nAWS::Batch::JobQueue\n")
    hovers = [
        client.text_document_hover_async(lsp.HoverParams(lsp.TextDocumentIdentifier(uri), lsp.Position(line % 3, 6)))
        for line in range(30)
    ]
    searches = [client.protocol.send_request_async("kb/search", {"query": "queue"}) for _ in range(5)]
    cards = await asyncio.gather(*hovers, *searches)
    titles = [card.contents.value.partition("**:")[0].strip("*") for card in cards[:30]]
    assert titles == ["Amazon SQS", "AWS Lambda", "AWS Batch"] * 10
