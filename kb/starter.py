"""Starter: an empty knowledge base of one's own, with one sample note to write over."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from kb.errors import InputError
from kb.locate import find_base
from kb.notes.source import spoken_date

_NOTE = """---
id: sample
title: Sample service
category: samples
summary: A note to write over; it shows what a note holds.
names: {official: Sample service, short: [sample]}
status: {state: current}
facts:
  - id: batch-size-max
    label: Most items in a batch
    kind: limit
    value: 10 items
    sources: [my-notes]
asked:
  batch-size-max: [how many items fit in one call]
---

This is where two or three sentences say what the thing is and when to take it.[^my-notes]

## Basics

- One statement a line, each with its source.[^my-notes]

## Gotchas

- What surprises people stands here.[^my-notes]

[^my-notes]: My notes, {spoken}.
"""
_SOURCE = """---
id: my-notes
title: My notes
author: not stated
date: {date}
dated: stated
licence: not stated
kind: notes
---

Say here what these notes cover.
"""
_HOME = """# {title}

What this knowledge base is about. [The notes](services/index.md)

<!-- kb search -->

<!-- kb browse -->
"""


def start(folder: Path, title: str) -> list[Path]:
    """Write a base into a new or empty folder and return its files.

    Raises:
        InputError: the folder holds something, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(str(folder), "exists and is not empty")
    if not title.strip() or "\n" in title:
        raise InputError(repr(title), "expected a title on one line")
    today = datetime.now(UTC).date().isoformat()
    texts = {
        "docs/index.md": _HOME.format(title=title),
        "docs/services/sample.md": _NOTE.replace("{spoken}", spoken_date(today)),
        "docs/sources/my-notes.md": _SOURCE.format(date=today),
        "mkdocs.yml": _settings(title),
    }
    for path, text in texts.items():
        try:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise InputError(str(folder / path), f"cannot be written: {error.strerror}") from None
    return [folder / path for path in texts]


def _settings(title: str) -> str:
    """Return the settings that come with kb, under another title and without our templates: the plugin adds those."""
    quoted = "'" + title.replace("'", "''") + "'"
    ours = (Path(find_base()[0]).parent / "mkdocs.yml").read_text(encoding="utf-8")
    text = re.sub(r"^site_name: .*$", lambda _: f"site_name: {quoted}", ours, flags=re.M)
    return re.sub(r"^(?:site_description|site_url|repo_url|repo_name|edit_uri|  custom_dir):.*\n", "", text, flags=re.M)
