"""Run kb: a plain search takes a short way round, everything else goes through the command group."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the `kb` command."""
    from kb.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
