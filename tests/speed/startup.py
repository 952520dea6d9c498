"""Time whole processes: a search against starting Python. Run by hand: python tests/speed/startup.py [RUNS]

Commands are run in turn, so that a change of the machine's speed hits all alike; medians and ratios count.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

KB = str(Path(sys.executable).with_name("kb"))
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "python -c 'import sqlite3, re'": [sys.executable, "-c", "import sqlite3, re"],
    "kb search lambda": [KB, "search", "lambda"],
    "kb search sqs max message size": [KB, "search", "sqs", "max", "message", "size"],
    "kb search AWS::SQS::Queue": [KB, "search", "AWS::SQS::Queue"],
    'kb search "visibility timeout" (Whoosh)': [KB, "search", '"visibility timeout"'],
    "kb show sqs": [KB, "show", "sqs"],
    "kb --help": [KB, "--help"],
}


def main() -> None:
    """Print median, minimum and ratio of each command."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(runs + 1):
        for name, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            if turn:  # the first turn warms the disk cache
                times[name].append((time.perf_counter() - started) * 1000)
    floor = statistics.median(times["python -c pass"])
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:42} median {median:6.1f} ms  min {min(found):6.1f} ms  {median / floor:4.1f} x pass")


if __name__ == "__main__":
    main()
