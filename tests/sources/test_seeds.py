"""The real notes: five pasted pages and two archives of Markdown, read without a loss."""

from __future__ import annotations

import re
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from kb.sources import chrome
from kb.sources.outline import Outline
from kb.sources.read import raw_files, read_source_file
from tests.conftest import ROOT

SHARED = ROOT.parent / "shared"
pytestmark = pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the real notes are not in ../shared")
# At least so many statements and headings; measured, minus two in a hundred.
FLOORS = {"000": (150, 39), "001": (2040, 107), "002": (705, 122), "003": (598, 78), "004": (248, 50)}


def seed(prefix: str) -> tuple[Path, Outline]:
    path = next((SHARED / "seeds").glob(f"{prefix}*"))
    return path, read_source_file(path, "seed", path.name)


def lost(text: str, outline: Outline) -> Counter[str]:
    """Words that stand in a file more often than in all that is said of it and dropped from it."""
    parts = (
        [s.text for s in outline.statements] + [h.title for h in outline.headings] + [d.text for d in outline.dropped]
    )
    words = re.compile(r"[^\W\d_]{2,}")
    text = re.sub(r"</?(?:br|sup)\s*/?>", " ", text)
    return Counter(words.findall(text)) - Counter(words.findall("\n".join(parts)))


@pytest.mark.parametrize("prefix", FLOORS)
def test_a_seed_is_read_whole(prefix: str) -> None:
    """Every line and every word is accounted for, and as many statements come out as went in."""
    path, outline = seed(prefix)
    statements, headings = FLOORS[prefix]

    assert outline.unaccounted() == []
    assert len(outline.statements) >= statements
    assert len(outline.headings) >= headings
    if not outline.mended:
        assert not lost(path.read_text(encoding="utf-8"), outline)


@pytest.mark.parametrize("prefix", FLOORS)
def test_no_statement_of_a_seed_is_page_chrome(prefix: str) -> None:
    """Menus, file listings and author boxes are dropped; hardly anything else is."""
    _, outline = seed(prefix)
    words = re.compile(r"skip to content|folders and files|last commit|no packages|picture$|\{%|\{\{|watchers", re.I)

    assert not [
        s.text for s in outline.statements if chrome.reason(s.text) or (words.search(s.text) and s.block != "code")
    ]
    assert not [h.title for h in outline.headings if chrome.reason(h.title) or words.search(h.title)]
    assert len(outline.dropped) <= 25


def test_bullets_of_the_pages_keep_their_number_and_nesting() -> None:
    """Each bullet sign of the largest page is one statement; code in lists is code."""
    path, outline = seed("001")
    counts = Counter(s.block for s in outline.statements)

    assert counts["bullet"] == path.read_text(encoding="utf-8").count("•")
    assert counts["code"] >= 30
    assert max(s.depth for s in outline.statements) == 4


def test_characters_of_a_seed_are_mended() -> None:
    """The page that went through a Greek code page reads as it was written."""
    _, outline = seed("000")
    texts = [s.text for s in outline.statements]

    assert outline.mended >= 14
    assert "Server-less -> 🚀" in texts
    assert not [text for text in texts if "πŸ" in text or "β€" in text]


@pytest.mark.parametrize(
    ("archive", "files", "statements"), [("aws-in-bullet-points", 60, 5600), ("aws-saa-c02-course", 16, 4200)]
)
def test_an_archive_is_read_whole(archive: str, files: int, statements: int, tmp_path: Path) -> None:
    """Every file of both archives is read, line by line and word by word."""
    with tarfile.open(SHARED / "notes" / f"{archive}.tar.gz") as tar:
        tar.extractall(tmp_path, filter="data")
    outlines = [(path, read_source_file(path, archive, name)) for path, name in raw_files([tmp_path])]

    assert len(outlines) >= files
    assert sum(len(outline.statements) for _, outline in outlines) >= statements
    for path, outline in outlines:
        assert outline.unaccounted() == []
        assert sum(lost(path.read_text(encoding="utf-8"), outline).values()) <= 2, path
