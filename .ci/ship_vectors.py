"""Make kb/semantic/notes.vectors, the vectors of the bundled notes: python .ci/ship_vectors.py, after notes changed.

Vectors of texts that did not change are kept as they are, so that a small change is a small difference.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from kb import KnowledgeBase  # noqa: E402 - the checkout's own package
from kb.index import store  # noqa: E402
from kb.semantic.arrays import np  # noqa: E402
from kb.semantic.vectors import read_vectors, write_vectors  # noqa: E402

kb = KnowledgeBase(str(ROOT))
kb.build()
print(f"{kb.embed(lambda _, done, total: print(f'{done} of {total}', end=chr(13)))} vectors made")
needed = [row[0] for row in kb.searcher.connection.execute("select key from unit")]
found: dict[bytes, object] = {}
for path in (os.path.join(kb.index, store.VECTORS), store.SHIPPED):
    if os.path.exists(path):
        there, rows = read_vectors(path).rows(needed)
        found |= zip([key for key, is_there in zip(needed, there, strict=True) if is_there], rows, strict=True)
write_vectors(store.SHIPPED, list(found), np.array(list(found.values())))
print(f"{len(found)} vectors in {store.SHIPPED}, {os.path.getsize(store.SHIPPED):,} bytes")
