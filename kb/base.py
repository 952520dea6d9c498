"""KnowledgeBase: open, search, show, compare, check, build - what every face holds.

Imports that parse notes stand inside the methods that need them: a search opens the ranked export and nothing else.
"""

from __future__ import annotations

from functools import cached_property

from kb.errors import NotFound, VectorsMissing
from kb.locate import find_base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kb.errors import NoteError
    from kb.facts.comparison import Comparison
    from kb.facts.comparison import Table as ComparisonTable
    from kb.facts.verify import Finding
    from kb.index.export import Stats
    from kb.links.resolve import Resolved
    from kb.links.table import NameTable
    from kb.merge.accepted import Accepted
    from kb.merge.apply import Applied
    from kb.merge.match import Known, Match
    from kb.merge.plan import Plan
    from kb.notes.fact import Fact
    from kb.notes.folder import Folder, Progress
    from kb.notes.note import Note
    from kb.notes.source import Source
    from kb.search.hit import Filters, Result
    from kb.search.searcher import Searcher

    Step = Callable[[str, int, int], None]


class KnowledgeBase:
    """The notes of one base and everything one can ask of them."""

    def __init__(self, base: str | None = None) -> None:
        """Open a base; see find_base. Reads nothing yet."""
        self.base = base
        self.docs, self.index = find_base(base)

    @property
    def root(self) -> Path:
        """The docs folder."""
        from pathlib import Path

        return Path(self.docs)

    @cached_property
    def folder(self) -> Folder:
        """Every note and source, read on first use."""
        return self.read()

    def read(self, progress: Progress | None = None) -> Folder:
        """Read every note and source anew."""
        from kb.notes.folder import read_folder

        return read_folder(self.root, progress)

    @cached_property
    def names(self) -> NameTable:
        """Every name and identifier of the notes."""
        from kb.links.table import NameTable

        return NameTable(self.folder.notes.values())

    def resolve(self, text: str) -> Resolved:
        """Return the notes a name or identifier means.

        Raises:
            NotFound: nothing is called that.
        """
        from kb.errors import IndexUnusable
        from kb.links.resolve import resolve

        try:
            return resolve(text, self.searcher)
        except (IndexUnusable, NotFound):
            return resolve(text, self.names)

    def note(self, name: str) -> Note:
        """Return a note by its id, or by any name or identifier.

        Raises:
            NotFound: nothing is called that.
        """
        from kb.notes.folder import find_note, read_any

        id = name if find_note(self.root, name) else self.resolve(name).notes[0]
        file = None if "folder" in self.__dict__ else find_note(self.root, id)
        if file is None and id in self.folder.notes:
            return self.folder.notes[id]
        if file is None:
            raise NotFound("note", name)
        reading = read_any(*file)
        if reading.note is None:
            raise reading.problems[0]
        return reading.note

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Every source by id."""
        from kb.notes.folder import read_sources

        return read_sources(self.root)[0]

    def date_of(self, fact: Fact) -> str:
        """Return the date of a fact: of its check, otherwise of its newest source."""
        from kb.facts.comparison import fact_date

        return fact_date(fact, self.sources)

    @cached_property
    def problems(self) -> tuple[NoteError, ...]:
        """What is wrong with the files that could not be read well."""
        return self.folder.problems

    @cached_property
    def comparisons(self) -> dict[str, Comparison]:
        """The comparison pages by id."""
        from kb.facts.comparison import read_comparisons

        return read_comparisons(self.root, self.folder.notes)[0]

    def compare(
        self, names: Iterable[str], facts: Iterable[str] = (), *, differences_only: bool = False
    ) -> ComparisonTable:
        """Return notes side by side, or the comparison page that the one name is the id of.

        Raises:
            NotFound: a name means no note.
        """
        from dataclasses import replace

        from kb.facts.comparison import compare, fill

        given = list(names)
        if len(given) == 1 and given[0] in self.comparisons:
            table = fill(self.comparisons[given[0]], self.folder.notes, self.sources)
        else:
            ids = dict.fromkeys(self.resolve(name).notes[0] for name in given)
            table = compare(ids, self.folder.notes, self.sources, facts)
        return replace(table, rows=tuple(row for row in table.rows if row.differs)) if differences_only else table

    def check(self, progress: Progress | None = None) -> list[NoteError]:
        """Return every problem of every note, by file and line."""
        from kb.facts.check import check_facts
        from kb.facts.comparison import read_comparisons
        from kb.links.link import check_links
        from kb.links.table import NameTable
        from kb.notes.check import check_note

        folder = self.read(progress)
        problems = list(folder.problems)
        for note in folder.notes.values():
            problems += [*check_note(note, folder.sources), *check_facts(note), *check_links(note, folder.notes)]
        problems += NameTable(folder.notes.values()).clashes()
        problems += read_comparisons(self.root, folder.notes)[1]
        return sorted(problems, key=lambda problem: (problem.path, problem.line, problem.field))

    def verify(self, names: Iterable[str] = (), *, update: bool = False) -> list[Finding]:
        """Check facts and identifiers against AWS's models as installed; `update` renews the dates of what holds.

        Raises:
            MissingExtra: botocore or cfn-lint is not installed.
        """
        from kb.facts.verify import Verifier
        from kb.notes.write import save_note

        verifier = Verifier()
        ids = [self.resolve(name).notes[0] for name in names] or list(self.folder.notes)
        notes = [self.folder.notes[id] for id in ids]
        findings = [*verifier.facts(notes), *verifier.identifiers(notes)]
        for note in notes if update else ():
            renewed = verifier.renewed(note)
            if renewed != note:
                save_note(self.root / note.path, renewed, self.sources)
        return findings

    def formatted(self, path: Path) -> tuple[str, str]:
        """Return the text of a note file as it is and as the normaliser writes it.

        Raises:
            NoteError: the note cannot be read without losing something.
        """
        from kb.notes.read import parse_note, read_text
        from kb.notes.rules import normalise
        from kb.notes.write import write_note

        text = read_text(path, str(path))
        reading = parse_note(text, str(path), "topic" if path.parent.name == "topics" else "service")
        if reading.problems or reading.note is None:
            raise reading.problems[0]
        return text, write_note(normalise(reading.note), self.sources)

    def propose(
        self,
        paths: Iterable[Path],
        about: dict[str, str],
        step: Step = lambda *_: None,
        *,
        semantic: bool | None = None,
    ) -> tuple[Plan, int]:
        """Return the plan of importing raw notes, and how many of their lines are dropped; writes nothing.

        `semantic` compares by meaning too; None does where the extra is installed and statements are not too many.

        Raises:
            InputError: a file cannot be read.
            MissingExtra: the extra `import` is not installed, or `semantic` and that extra is not.
        """
        from kb.merge.propose import Proposer
        from kb.sources.read import raw_files, read_source_file

        outlines = [read_source_file(path, about["source"], relative) for path, relative in raw_files(paths)]
        plan = Proposer(self.folder.notes.values(), self.root, semantic).propose(outlines, about, step)
        return plan, sum(len(outline.dropped) for outline in outlines)

    def apply_plan(self, path: Path) -> Applied:
        """Write the accepted entries of a plan into the notes; a second time changes nothing.

        Raises:
            InputError: the plan cannot be read, or does not fit the notes; nothing is written then.
        """
        from kb.merge.apply import apply_plan
        from kb.merge.plan import read_plan

        return apply_plan(read_plan(path), self.read(), str(path))

    def pairs(
        self, kind: str, step: Step = lambda *_: None, *, semantic: bool | None = None
    ) -> list[tuple[str, Known, Match]]:
        """Return the pairs of statements of one note that are of a kind, "duplicate" or "conflict", with their keys.

        Accepted ones are left out. `semantic` as for `propose`.

        Raises:
            MissingExtra: the extra `import` is not installed, or `semantic` and that extra is not.
        """
        from kb.merge.accepted import pair_key
        from kb.merge.judge import choose_judge
        from kb.merge.match import Pool, pairs

        pool = Pool()
        pool.add_notes(self.folder.notes.values())
        found = pairs(pool, kind, choose_judge(pool.rarity, semantic, len(pool.statements)), step)
        keyed = [(pair_key(a.statement.text, m.known.statement.text), a, m) for a, m in found]
        return [(key, a, m) for key, a, m in keyed if key not in self.accepted]

    @cached_property
    def accepted(self) -> dict[str, Accepted]:
        """The pairs that somebody let stand, by key."""
        from kb.merge.accepted import read_accepted

        return read_accepted(self.root)

    def build(self, *, full: bool = False, frozen: bool = False, step: Step = lambda *_: None) -> Stats:
        """Bring the index up to date with the notes; `full` forgets what was indexed before.

        Raises:
            BuildBusy: another process builds the same index.
        """
        from kb.errors import EngineError
        from kb.index.build import build

        try:
            return build(self.root, self.index, full=full, frozen=frozen, step=step)
        except EngineError:
            if full:
                raise
            return build(self.root, self.index, full=True, frozen=frozen, step=step)

    @cached_property
    def searcher(self) -> Searcher:
        """The ranked export, opened.

        Raises:
            IndexUnusable: it is missing, damaged, or written by a newer kb.
        """
        from kb.errors import IndexUnusable
        from kb.search.searcher import Searcher

        try:
            return Searcher(self.index)
        except IndexUnusable as error:
            if not self.base:
                raise
            raise type(error)(error.path, error.reason, self.command(error.remedy)) from None

    def forget(self) -> None:
        """Forget the open index, so that the next search opens the one that a build wrote."""
        for name in ("searcher", "has_meaning"):
            self.__dict__.pop(name, None)

    def command(self, line: str) -> str:
        """Return a kb command line as it must be typed for this base: kb index -> kb --base DIR index."""
        return line.replace("kb ", f"kb --base {self.base} ", 1) if self.base else line

    def stale(self) -> int:
        """Return how many notes changed since the index was built."""
        return self.searcher.stale(self.docs)

    def search(
        self,
        query: str,
        limit: int = 10,
        service: tuple[str, ...] = (),
        category: tuple[str, ...] = (),
        kind: tuple[str, ...] = (),
        *,
        semantic: bool | None = None,
    ) -> Result:
        """Return the best hits for a query of any characters; see kb.search.

        `semantic` blends in what units mean; None where the extra is installed and these notes have vectors.

        Raises:
            IndexUnusable: the index is missing, damaged, or written by a newer kb; or `semantic` and there are no vectors.
            MissingExtra: `semantic` and the extra is not installed.
        """
        from kb.search.hit import Filters

        searcher = self.searcher
        meant = self.has_meaning if semantic is None else semantic
        wanted = tuple(note for name in service for note in self._service(name))
        filters = Filters(wanted, category, kind)
        unknown = searcher.unknown_filters(filters) + tuple(
            f"service:{name}" for name in service if not self._service(name)
        )
        if unknown:
            nothing = searcher.search("", limit)
            nothing.query, nothing.ignored = query, unknown
            return nothing
        try:
            return self._searched(query, limit, filters, meant)
        except VectorsMissing as error:
            raise VectorsMissing(error.path, error.reason, self.command(error.remedy)) from None

    def _searched(self, query: str, limit: int, filters: Filters, meant: bool) -> Result:
        searcher = self.searcher
        if any(mark in query for mark in ('"', " -", "service:", "category:", "kind:")) or query.startswith("-"):
            from kb.search.operators import has_operators, search_selected

            if has_operators(query):
                return search_selected(searcher, self.index, query, limit, filters, semantic=meant)
        return searcher.search(query, limit, filters, semantic=meant)

    @cached_property
    def has_meaning(self) -> bool:
        """Whether searches blend in what units mean: the extra is installed, and these notes have vectors."""
        from kb.semantic.model import available

        return available() and self.searcher.has_vectors()

    def related(self, text: str, limit: int = 10) -> list[tuple[float, str]]:
        """Return the notes nearest to a note or to any text, as score and id, best first.

        By vectors where the extra `semantic` is installed, otherwise by the words of the note's summary.
        """
        from kb.links.resolve import recognise
        from kb.search.related import related

        found = recognise(text, self.searcher)
        return related(self.searcher, found.notes[0] if found else None, text, limit, semantic=self.has_meaning)

    def embed(self, step: Step = lambda *_: None) -> int:
        """Make the vectors that units of the index lack and return their number.

        Raises:
            MissingExtra: the extra `semantic` is not installed.
        """
        from kb.index.embed import embed

        return embed(self.root, self.index, step)

    def _service(self, name: str) -> tuple[str, ...]:
        from kb.links.resolve import recognise

        found = recognise(name, self.searcher)
        return found.notes if found else ()

    def note_paths(self) -> Iterable[Path]:
        """Return the files of all notes."""
        from kb.notes.folder import note_files

        return [file for file, _, _ in note_files(self.root)]
