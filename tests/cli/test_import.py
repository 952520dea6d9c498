"""kb import, conflicts, duplicates and new, as people run them: what they write, what they refuse, being killed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.notes.folder import read_folder

Run = Callable[..., "subprocess.CompletedProcess[str]"]
RAW = """# SQS

- Largest message: 1 MiB
- Largest message: 256 KB
- The couriers of one tenant wear brown hats in winter, those of the others go bareheaded
"""


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def planned(vault: Path, run: Run, raw: str = RAW) -> Path:
    (vault / "raw.md").write_text(raw)
    done = run("import", str(vault / "raw.md"), "--source", "mine-2026", "--plan", str(vault / "plan.md"), base=vault)
    assert done.returncode == 0, done.stderr
    return vault / "plan.md"


def test_from_raw_notes_to_the_note(vault: Path, run_kb: Run) -> None:
    """Dry at first; the plan is applied once, the second time changes nothing, and the statement is found and cited."""
    before = files_of(vault / "docs")
    plan = planned(vault, run_kb)
    assert files_of(vault / "docs") == before

    assert run_kb("import", "--apply", str(plan), base=vault).stdout == "2 statements written into 1 notes\n"
    after = files_of(vault / "docs")
    assert run_kb("import", "--apply", str(plan), base=vault).stdout == "0 statements written into 0 notes\n"
    assert files_of(vault / "docs") == after
    assert run_kb("check", base=vault).returncode == 0
    assert run_kb("fmt", "--check", str(vault / "docs/services/sqs.md"), base=vault).returncode == 0
    found = run_kb("search", "couriers of one tenant wear brown hats", "--json", base=vault)
    assert "mine-2026" in json.loads(found.stdout)["hits"][0]["sources"]


def test_what_cannot_be_read_is_named_and_nothing_is_written(vault: Path, run_kb: Run) -> None:
    """Bytes that are no text, a path that is none, a loop of links, an id that is taken or none, a date that is none."""
    before = files_of(vault / "docs")
    (vault / "bad.md").write_bytes(b"\x00\xff\xfe\x01" * 400)
    (vault / "loop.md").symlink_to(vault / "loop.md")
    (vault / "raw.md").write_text(RAW)
    raw = str(vault / "raw.md")
    cases = [
        ([str(vault / "bad.md"), "--source", "x"], "bad.md"),
        ([str(vault / "absent.md"), "--source", "x"], "does not exist"),
        ([str(vault / "loop.md"), "--source", "x"], "loop.md"),
        ([raw, "--source", "anna-2019"], "--again"),
        ([raw, "--source", "Not An Id"], "lower-case"),
        ([raw, "--source", "x", "--date", "May"], "YYYY"),
        ([raw, "--source", "nobody", "--again"], "no source has this id"),
        ([raw], "--source"),
        ([raw, "--apply", raw], "nothing else"),
        (["--apply", raw], "# Import plan"),
        (["--apply", str(vault)], "cannot be read"),
    ]
    for arguments, expected in cases:
        done = run_kb("import", *arguments, base=vault)
        assert (done.returncode, expected in done.stderr, done.stdout) == (2, True, ""), (arguments, done.stderr)
        assert "Traceback" not in done.stderr
    assert files_of(vault / "docs") == before


def test_a_plan_edited_into_nonsense_or_out_of_date_writes_nothing(vault: Path, run_kb: Run) -> None:
    """Unknown targets, unknown words and notes that changed since are told; every note stays as it was."""
    plan = planned(vault, run_kb)
    good = plan.read_text()
    before = files_of(vault / "docs")
    for old, new, expected in (
        ("new -> sqs#", "new -> nowhere#", "is no note"),
        ("new -> sqs#basics", "new -> sqs#cellar", "is no section") if "sqs#basics" in good else ("new -> sqs#", "new -> sqs#cellar", "is no section"),
        ("- [x] new", "- [x] brandnew", "expected one of"),
        ("- [x] new", "- x new", "expected an entry"),
    ):  # fmt: skip
        assert old in good
        plan.write_text(good.replace(old, new))
        done = run_kb("import", "--apply", str(plan), base=vault)
        assert (done.returncode, expected in done.stderr) == (2, True), done.stderr
        assert files_of(vault / "docs") == before
    plan.write_text(good)
    note = vault / "docs/services/sqs.md"
    note.write_text(note.read_text().replace("## Gotchas", "## Gotchas\n\n- Edited since.[^anna-2019]", 1))
    before = files_of(vault / "docs")
    done = run_kb("import", "--apply", str(plan), base=vault)
    assert (done.returncode, "changed since" in done.stderr) == (2, True)
    assert files_of(vault / "docs") == before


def test_a_killed_apply_leaves_whole_notes(vault: Path, run_kb: Run, tmp_path: Path) -> None:
    """Whenever it is killed, each note is the old or the new one; applying again completes it."""
    raw = "".join(
        f"# {name}\n\n" + "".join(f"- Remark number {n} on how teams run it in their shops\n" for n in range(40))
        for name in ("SQS", "AWS Batch")
    )
    plan = planned(vault, run_kb, raw)
    old = files_of(vault / "docs")
    complete = Path(shutil.copytree(vault, tmp_path / "complete"))
    run_kb("import", "--apply", str(plan), base=complete)
    new = files_of(complete / "docs")
    assert new != old
    chance = random.Random(7)
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-m", "kb", "--base", str(vault), "import", "--apply", str(plan)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ, cwd="/",
        )  # fmt: skip
        time.sleep(chance.uniform(0.15, 0.7))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for path, content in files_of(vault / "docs").items():
            assert content in (old.get(path), new.get(path)) or path.endswith(".tmp"), path
        assert not read_folder(vault / "docs").problems
    run_kb("import", "--apply", str(plan), base=vault)
    assert {p: c for p, c in files_of(vault / "docs").items() if not p.endswith(".tmp")} == new


def test_conflicts_and_duplicates_are_listed_accepted_and_then_silent(vault: Path, run_kb: Run) -> None:
    """Exit status 1 while one is open; accepting needs a reason and a key that is there."""
    note = vault / "docs/services/sqs.md"
    twice = "- Retention by default: 4 days.[^anna-2019]\n- By default the retention is 4 days.[^models]\n- By default the retention is 9 days.[^models]\n"
    note.write_text(note.read_text().replace("## Gotchas\n\n", "## Gotchas\n\n" + twice, 1))
    for kind in ("duplicates", "conflicts"):
        listed = run_kb(kind, "--json", base=vault)
        pairs = json.loads(listed.stdout)["pairs"]
        assert listed.returncode == 1
        assert pairs
        refused = run_kb(kind, "--accept", pairs[0]["key"], base=vault)
        assert (refused.returncode, "--reason" in refused.stderr) == (2, True)
        for pair in pairs:
            done = run_kb(kind, "--accept", pair["key"], "--reason", "both are meant", base=vault)
            assert done.returncode == 0, done.stderr
        assert run_kb(kind, base=vault).returncode == 0
        assert run_kb(kind, "--accept", "0000000000", "--reason", "x", base=vault).returncode == 1
    assert "both are meant" in (vault / "docs/accepted.tsv").read_text()


@pytest.mark.parametrize("title", ['Team\'s "notes": 100 %', "Küche"])
def test_a_base_of_ones_own(tmp_path: Path, run_kb: Run, title: str) -> None:
    """It is clean, answers, takes raw notes in, and is not written over."""
    mine = tmp_path / "mine"
    made = run_kb("new", str(mine), "--title", title, base=None)
    assert made.returncode == 0, made.stderr
    assert run_kb("check", base=mine).stderr == run_kb("fmt", "--check", base=mine).stderr.replace(
        "1 notes, 0 to change, 0 with errors", "0 problems"
    )
    assert "10 items" in run_kb("search", "how many items fit in one call", base=mine).stdout
    assert run_kb("new", str(mine), base=None).returncode == 2
    (tmp_path / "raw.md").write_text(
        "# Sample service\n\n- A batch holds at most 25 items\n- The door is painted green in spring\n"
    )
    plan = tmp_path / "plan.md"
    told = run_kb("import", str(tmp_path / "raw.md"), "--source", "team", "--plan", str(plan), base=mine)
    assert "1 new" in told.stdout
    assert "1 conflict" in told.stdout
    assert run_kb("import", "--apply", str(plan), base=mine).returncode == 0
    assert "painted green" in (mine / "docs/services/sample.md").read_text()


@pytest.mark.parametrize(("flag", "status"), [("--semantic", "known"), ("--no-semantic", "near")])
def test_meaning_is_asked_or_not(vault: Path, run_kb: Run, flag: str, status: str) -> None:
    """The same claim without a word in common is known by meaning only."""
    note = vault / "docs/services/sqs.md"
    note.write_text(note.read_text().replace("## Basics\n", "## Basics\n\n- It also registers domains.[^models]", 1))
    (vault / "raw.md").write_text("# SQS\n\n- domain registrar too\n")
    plan = vault / "plan.md"
    done = run_kb("import", str(vault / "raw.md"), "--source", "mine-2026", "--plan", str(plan), flag, base=vault)

    assert done.returncode == 0, done.stderr
    assert f"1 {status}" in done.stdout, plan.read_text()


@pytest.mark.parametrize(
    ("missing", "name", "content"),
    [
        ("lxml", "a.md", b"# SQS\n\n- Largest message: 1 MiB\n"),
        ("ftfy", "a.md", "# SQS\n\n- Gr\u00f6\u00dfe: 1 MiB\n".encode()),
        ("charset_normalizer", "a.txt", "\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440".encode("cp1251")),
        ("snowballstemmer", "a.md", b"# SQS\n\n- Largest message: 1 MiB\n"),
    ],
)
def test_a_missing_extra_is_named(vault: Path, missing: str, name: str, content: bytes) -> None:
    """One line says what to install, whichever part of the extra is missing."""
    (vault / name).write_bytes(content)
    code = f"import sys; sys.modules[{missing!r}] = None\nfrom kb.__main__ import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--base", str(vault), "import", str(vault / name), "--source", "mine-2026"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.endswith("needs the extra 'import'; run: pip install 'aws-kb[import]'\n")
    assert done.stderr.count("\n") == 1
