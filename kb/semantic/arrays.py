"""numpy, imported the way kb wants it; the only module that imports it.

OpenBLAS starts a thread for each processor when numpy is imported, and they wait for one another actively. A search
gains 2 ms from them on an idle machine; on a busy one they cost it 50 to 700 ms. So kb asks for one thread, unless the
user or an earlier import has decided, and `Model.encode` runs its own threads when there is much to do.
"""

from __future__ import annotations

import os
import sys

from kb.errors import MissingExtra

__all__ = ["SINGLE", "np"]

_SETTING = "OPENBLAS_NUM_THREADS"
_decided = _SETTING in os.environ
SINGLE = os.environ[_SETTING] == "1" if _decided else "numpy" not in sys.modules
"""Whether products of matrices run on one thread, so that threads of ours gain something."""
if not _decided:
    os.environ[_SETTING] = "1"
try:
    import numpy as np
except ModuleNotFoundError:
    raise MissingExtra("semantic", "searching by meaning") from None
finally:
    if not _decided:
        del os.environ[_SETTING]
