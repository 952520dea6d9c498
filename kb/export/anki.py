"""Anki: facts as cards - how people ask on the front, the value with its date and sources on the back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any
from zlib import crc32

from kb.base import KnowledgeBase
from kb.errors import InputError, MissingExtra
from kb.export.place import STAMP
from kb.index.unit import plain
from kb.notes.fact import KINDS, Fact
from kb.notes.note import Note, category_title
from kb.notes.source import spoken_date
from kb.publish.dates import newest_date, seconds

if TYPE_CHECKING:
    import genanki

MARK = b"kb-export-anki"
"""The comment of the archive."""
MODEL = 1_607_392_319_001
"""Ids of note type and decks are fixed: a newer deck takes the place of an older one, and no progress is lost."""
DECK = 1_607_392_319_100
NAME = "AWS services (kb)"
FIELDS = ("Id", "Service", "Question", "Fact", "Value", "Detail", "Earlier", "Asked", "Date", "Sources")
_FRONT = """<div class="service">{{Service}}</div>
<div class="question">{{Question}}</div>
<div class="fact">{{Fact}}</div>"""
_BACK = """{{FrontSide}}<hr id="answer"><div class="value">{{Value}}</div>
{{#Detail}}<div>{{Detail}}</div>{{/Detail}}
{{#Earlier}}<div class="small">Earlier: {{Earlier}}</div>{{/Earlier}}
<div class="small">{{Date}}. {{Sources}}</div>
{{#Asked}}<div class="small">Also asked: {{Asked}}</div>{{/Asked}}"""
_STYLE = """.card { font-family: sans-serif; font-size: 20px; text-align: center; padding: 0 1em; }
.service { font-weight: bold; } .question { font-size: 26px; margin: .6em 0; } .value { font-size: 28px; font-weight: bold; }
.fact { opacity: .8; } .small { font-size: 14px; margin-top: 1em; opacity: .8; }"""


def anki_deck(kb: KnowledgeBase) -> bytes:
    """Return an Anki package: a deck per category, a card per fact.

    Raises:
        MissingExtra: genanki is not installed.
        InputError: the notes have no facts.
    """
    try:
        import genanki
    except ImportError:
        raise MissingExtra("export", "writing an Anki deck") from None
    model = genanki.Model(
        MODEL,
        NAME,
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Fact", "qfmt": _FRONT, "afmt": _BACK}],
        css=_STYLE,
    )
    decks: dict[str, genanki.Deck] = {}
    for _, note in sorted(kb.folder.notes.items()):
        for fact in note.facts:
            deck = decks.setdefault(note.category, _deck(note.category))
            deck.add_note(_card(note, fact, kb, model))
    if not decks:
        raise InputError(kb.docs, "has no facts to make cards of")
    packed = io.BytesIO()
    stamp = seconds(newest_date(kb.folder))
    genanki.Package([deck for _, deck in sorted(decks.items())]).write_to_file(packed, timestamp=stamp)
    return _dated(packed)


def _deck(category: str) -> genanki.Deck:
    """Return the deck of a category, whose id depends on nothing but its name."""
    import genanki

    return genanki.Deck(DECK + crc32(category.encode()), f"{NAME}::{category_title(category)}")


def _card(note: Note, fact: Fact, kb: KnowledgeBase, model: Any) -> genanki.Note:
    import genanki

    texts = _fields(note, fact, kb)
    tags = [note.id, note.category, fact.kind, note.status.state]
    guid = genanki.guid_for("aws-kb", note.id, fact.anchor)
    return genanki.Note(model, [escape(texts[name]) for name in FIELDS], guid=guid, tags=tags)


def _fields(note: Note, fact: Fact, kb: KnowledgeBase) -> dict[str, str]:
    question, *others = [*questions(note, fact), ""]
    check = fact.checked
    sources = [kb.sources[id].reference for id in fact.sources if id in kb.sources]
    dated = f"checked against {check.against}, {check.date}" if check else f"as of {kb.date_of(fact)}, not checked"
    return {
        "Id": f"{note.id}#{fact.anchor}",
        "Service": note.title,
        "Question": question,
        "Fact": plain(fact.name),
        "Value": plain(fact.value),
        "Detail": plain(fact.detail),
        "Earlier": "; ".join(f"{plain(e.value)} ({spoken_date(e.as_of)})" for e in fact.history),
        "Asked": "; ".join(other for other in others if other),
        "Date": f"{KINDS[fact.kind][:1].upper()}{KINDS[fact.kind][1:]}, {dated}",
        "Sources": " ".join(sources),
    }


def questions(note: Note, fact: Fact) -> Iterator[str]:
    """Yield the ways people ask for a fact: of its scope first, then of the property in any scope."""
    asked = dict(note.asked)
    keys = dict.fromkeys((fact.anchor.removeprefix("fact-"), fact.id))
    yield from dict.fromkeys(phrase for key in keys for phrase in asked.get(key, ()))


def _dated(packed: io.BytesIO) -> bytes:
    """Return an archive with fixed dates and kb's comment: genanki writes the time of day into it."""
    date = datetime.fromtimestamp(STAMP, UTC).timetuple()[:6]
    written = io.BytesIO()
    with zipfile.ZipFile(packed) as before, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after:
        after.comment = MARK
        for name in before.namelist():
            info = zipfile.ZipInfo(name, date)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            after.writestr(info, before.read(name))
    return written.getvalue()
