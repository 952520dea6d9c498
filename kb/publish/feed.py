"""The feed of what changed: facts that sources once gave otherwise, and notes that were checked again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from kb.base import KnowledgeBase
from kb.index.unit import plain
from kb.notes.fact import KINDS, Fact
from kb.notes.note import Note
from kb.notes.source import spoken_date
from kb.publish.dates import newest, whole

MOST = 400
"""Entries of the feed; older ones fall out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that changed."""

    key: str
    """What makes it the same entry in every feed, wherever the site stands."""
    title: str
    date: str
    page: str
    """Address relative to the site."""
    html: str


def atom_feed(kb: KnowledgeBase, title: str, address: str) -> str:
    """Return the Atom feed of a base; links are full addresses where the site knows its own."""
    entries = sorted(_entries(kb), key=lambda entry: (entry.key.startswith("checked/"), entry.key))
    entries = sorted(entries, key=lambda entry: whole(entry.date), reverse=True)[:MOST]  # of one day, changes first
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(title)}: what changed</title>",
        f"<id>{_id('feed')}</id>",
        f"<updated>{_moment(newest(entry.date for entry in entries))}</updated>",
        f"<author><name>{_text(title)}</name></author>",
        f'<link rel="alternate" type="text/html" href="{escape(address) or "./"}"/>',
    ]
    lines += [f'<link rel="self" type="application/atom+xml" href="{escape(address)}feed.xml"/>'] if address else []
    for entry in entries:
        lines += [
            "<entry>",
            f"<title>{_text(entry.title)}</title>",
            f"<id>{_id(entry.key)}</id>",
            f"<updated>{_moment(entry.date)}</updated>",
            f'<link rel="alternate" type="text/html" href="{escape(address + entry.page)}"/>',
            f'<content type="html">{_text(entry.html)}</content>',
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _entries(kb: KnowledgeBase) -> Iterator[Entry]:
    for note in kb.folder.notes.values():
        page = quote(note.path.rpartition(".")[0]) + "/"
        for fact in note.facts:
            if fact.history:
                yield _changed(note, fact, kb, page)
        checks = [fact.checked for fact in note.facts if fact.checked]
        if checks:
            date = newest(check.date for check in checks)
            count = sum(check.date == date for check in checks)
            facts = "1 fact" if count == 1 else f"{count} facts"
            text = f"<p>{facts} checked against {escape(', '.join(sorted({c.against for c in checks if c.date == date})))}.</p>"
            yield Entry(f"checked/{note.id}", f"{note.title}: {facts} checked", date, page, text)


def _changed(note: Note, fact: Fact, kb: KnowledgeBase, page: str) -> Entry:
    """Return the entry of a fact; another value is another entry, a newer check of the same value is not."""
    earlier = "; ".join(f"{plain(e.value)} ({spoken_date(e.as_of)})" for e in fact.history)
    date = kb.date_of(fact)
    state = f"checked against {fact.checked.against}, {date}" if fact.checked else f"as of {date}, not checked"
    sources = " ".join(kb.sources[id].reference for id in fact.sources if id in kb.sources)
    detail = f"<p>{escape(plain(fact.detail))}</p>" if fact.detail else ""
    html = (
        f"<p><strong>{escape(plain(fact.value))}</strong> ({KINDS[fact.kind]}), {escape(state)}.</p>{detail}"
        f"<p>Earlier: {escape(earlier)}.</p><p>Sources: {escape(sources)}</p>"
    )
    title = f"{note.title}, {plain(fact.name)}: {plain(fact.value)}"
    return Entry(f"fact/{note.id}/{fact.anchor}/{fact.value}", title, date, f"{page}#{fact.anchor}", html)


def _id(key: str) -> str:
    return uuid5(NAMESPACE_URL, f"kb:{key}").urn


def _moment(date: str) -> str:
    return f"{whole(date)}T00:00:00Z"


def _text(text: str) -> str:
    """Return text for XML; characters that XML does not know are left out."""
    return escape(
        "".join(c for c in text if c in "\t\n\r" or " " <= c < "\ud800" or "\ue000" <= c < "\ufffe" or c > "\uffff")
    )
