"""Make a large folder of Markdown from a smaller one, to see how things grow: python tests/speed/corpus.py FROM TO UNITS

Files are copied again and again; from the second copy on, rare words get another ending in each copy, so that the
vocabulary grows as it does in real collections, and common words stay common.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from kb.index.unit import units_of
from kb.notes.page import page_files, parse_page

COMMON = 3000
"""So many words stay as they are."""
_WORD = re.compile(r"[A-Za-z]{4,}")


def main() -> None:
    """Write the files until there are units enough."""
    source, target, wanted = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    texts = [(path, file.read_text(encoding="utf-8", errors="replace")) for file, path in page_files(source)]
    counted = Counter(word for _, text in texts for word in _WORD.findall(text))
    common = {word for word, _ in counted.most_common(COMMON)}
    units = copy = 0
    while units < wanted:
        for path, text in texts:
            ending = "abcdefghijklmnopqrstuvwxyz"[copy % 26] if copy else ""
            changed = _WORD.sub(lambda m, e=ending: m.group() if m.group() in common else m.group() + e, text)  # type: ignore[misc]
            file = target / f"copy{copy}" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(changed, encoding="utf-8")
            units += sum(1 for _ in units_of(parse_page(text, path), {}))
            if units >= wanted:
                break
        copy += 1
    print(f"{units:,} units in {target}")


if __name__ == "__main__":
    main()
