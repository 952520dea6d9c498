"""Run kb: a plain search takes a short way, everything else goes through the command group."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the `kb` command."""
    arguments = sys.argv[1:]
    if "search" in arguments[:3]:
        status = _search(arguments)
        if status is not None:
            sys.exit(status)
    from kb.cli.main import run

    sys.exit(run(arguments))


def _search(arguments: list[str]) -> int | None:
    from kb.cli.fast import parse

    plain = parse(arguments)
    if plain is None:
        return None
    from kb.cli.answer import run_search
    from kb.errors import KbError

    base, words, options = plain
    try:
        return run_search(base, words, **options)
    except KbError as error:
        sys.stderr.write(f"kb: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    main()
