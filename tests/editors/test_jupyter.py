"""JupyterLab's side, jupyter-lsp: it finds the server by the entry point, starts it, and a hover comes back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tornado.websocket import WebSocketHandler

from kb.cli.jupyter import specs

PLACE = {"textDocument": {"uri": "file:///made-up/note.py"}, "position": {"line": 0, "character": 2}}
TEXT = {"uri": "file:///made-up/note.py", "languageId": "python", "version": 1, "text": "SQS and boto3\n"}


class Browser(WebSocketHandler):  # type: ignore[misc]
    """What stands for the page: it takes the server's messages."""

    language_server = "kb"

    def __init__(self) -> None:  # no connection stands behind it
        self.messages: list[dict[str, Any]] = []

    def write_message(self, message: Any, *_: Any, **__: Any) -> None:
        self.messages.append(json.loads(message))

    async def answer(self, number: int) -> Any:
        """Wait for an answer."""
        while True:
            for message in self.messages:
                if message.get("id") == number:
                    return message["result"]
            await asyncio.sleep(0.02)


@pytest.mark.filterwarnings("ignore")
def test_jupyterlab_finds_and_speaks_to_the_server() -> None:
    """Without any settings."""
    from jupyter_lsp import LanguageServerManager  # warns of its own dependencies when it is imported

    async def run() -> None:
        manager = LanguageServerManager()
        manager.initialize()
        assert manager.language_servers["kb"]["argv"] == specs(manager)["kb"]["argv"]
        browser = Browser()
        manager.subscribe(browser)

        async def send(method: str, params: Any, **more: Any) -> None:
            message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
            await manager.on_client_message(json.dumps(message), browser)

        try:
            await send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, id=1)
            assert (await asyncio.wait_for(browser.answer(1), 60))["capabilities"]["hoverProvider"]
            await send("initialized", {})
            await send("textDocument/didOpen", {"textDocument": TEXT})
            await send("textDocument/hover", PLACE, id=2)
            assert "Amazon SQS" in (await asyncio.wait_for(browser.answer(2), 60))["contents"]["value"]
        finally:
            manager.unsubscribe(browser)
            for session in manager.sessions.values():
                session.stop()

    asyncio.run(run())
