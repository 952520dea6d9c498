"""The normaliser and the writer: one right form, reached once and kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import KnowledgeBase
from kb.notes.note import Section, Statement
from kb.notes.read import parse_note
from kb.notes.rules import RULES, normalise
from kb.notes.write import scalar, write_note
from tests.conftest import ROOT, cases

HEAD = "---\nid: x\ntitle: X\ncategory: compute\nsummary: An x.\nstatus: {state: current}\n---\n\n"


def formatted(text: str) -> str:
    note = parse_note(text, "services/x.md").note
    assert note is not None
    return write_note(normalise(note), {})


@pytest.mark.parametrize(("given", "expected"), cases("normalise.md"))
def test_bodies(given: str, expected: str) -> None:
    """Each case comes out as expected, and stays so."""
    once = formatted(HEAD + given)

    assert once == HEAD + expected + "\n"
    assert formatted(once) == once


def test_facts_get_one_spelling() -> None:
    """Number, space, unit; history newest first; names once; phrases in the order of the facts."""
    once = formatted(
        HEAD.replace("status: {state: current}\n", "")[:-5]
        + "names: {official: X, short: [x, XX], also: [xx]}\n"
        + "asked:\n  b-max: [q]\n  a-max: [p]\n"
        + "facts:\n"
        + "  - {id: a-max, label: A, kind: limit, value: 256KB, sources: [b, a], history: [{value: 64kb, as_of: 2018, sources: [a]},"
        + " {value: 120000, as_of: 2019-01, sources: [a]}]}\n"
        + "  - {id: b-max, label: B, kind: limit, value: 'yes', sources: [a]}\n---\n\nLead.\n"
    )

    assert "value: 256 KB\n    sources: [a, b]" in once
    assert once.index("120,000") < once.index("64 KB")
    assert "names: {official: X, short: [XX]}" in once
    assert once.index("  a-max: [p]") < once.index("  b-max: [q]")
    assert "value: 'yes'" in once
    assert formatted(once) == once


def test_every_note_of_the_project_is_formatted() -> None:
    """`kb fmt --check` holds for the bundled notes."""
    kb = KnowledgeBase(str(ROOT))
    for path in kb.note_paths():
        before, after = kb.formatted(path)
        assert before == after, path


def test_rules_are_named_once() -> None:
    """The table of rules has no two entries of one name."""
    assert len({name for name, _ in RULES}) == len(RULES)


PLAIN = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029\x85"), max_size=40)


@given(PLAIN)
def test_scalars_read_back_as_themselves(text: str) -> None:
    """Whatever a field holds, YAML gives it back, in a mapping and in a list."""
    text = " ".join(text.split())
    written = scalar(text)

    assert yaml.safe_load(f"[a, {written}, b]")[1] == text or written[0].isdigit()
    assert yaml.safe_load(f"k: {written}")["k"] == text or written[0].isdigit()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab AB1.,:*_`[]()#->|~!\\\n\t&<>^{}'\"+=", max_size=120))
def test_formatting_twice_changes_nothing(body: str) -> None:
    """For any body that reads without problems the second pass is the identity."""
    reading = parse_note(HEAD + body, "services/x.md")
    if reading.problems or reading.note is None:
        return
    once = write_note(normalise(reading.note), {})
    again = parse_note(once, "services/x.md")
    assert again.note is not None
    assert write_note(normalise(again.note), {}) == once


WORDS = st.text(alphabet="abcdefg ", min_size=1, max_size=30).map(str.strip).filter(bool)


@given(st.lists(st.tuples(WORDS, st.sets(st.sampled_from("abc"), max_size=2)), max_size=6))
def test_no_statement_is_lost(statements: list[tuple[str, set[str]]]) -> None:
    """Every statement of a note is still there after formatting."""
    note = parse_note(HEAD + "Lead.\n", "services/x.md").note
    assert note is not None
    section = Section("Basics", 2, "basics", tuple(Statement(t, tuple(sorted(c))) for t, c in statements))
    changed = normalise(
        type(note)(
            **{f: getattr(note, f) for f in note.__slots__ if f != "sections"}, sections=(*note.sections, section)
        )
    )

    kept = {s.text.rstrip(".") for part in changed.sections for s in part.statements}
    assert {" ".join(text.split()) for text, _ in statements} <= kept


def test_kb_fmt_leaves_a_file_alone_that_it_cannot_read(vault: Path, run_kb) -> None:  # type: ignore[no-untyped-def]
    """An error is reported with exit status 2, the file stays as it was."""
    bad = vault / "docs/services/bad.md"
    bad.write_text("---\nid: [\n---\n")
    done = run_kb("fmt", str(bad), base=vault)

    assert done.returncode == 2
    assert "valid YAML" in done.stderr
    assert bad.read_text() == "---\nid: [\n---\n"
