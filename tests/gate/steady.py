"""`make steady`: the browser tests ten times in a row under `nice`, beside two busy loops.

    python -m tests.gate.steady [--times N] [what pytest takes, e.g. tests/credentials]

Prints of each test that failed how often and why; ends with 1 when one did.
"""

import argparse
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from tests.gate.runs import FAILED, run_pytest

NICE = 5  # each process gets a third of what a loop gets
BUSY_LOOPS = 2
PROCESSES = "6"  # beside the loops each gets the less, and together they get the more: ten runs end the same day


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gate.steady")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--busy-loops", type=int, default=BUSY_LOOPS)
    options, rest = parser.parse_known_args(arguments)
    failed: defaultdict[str, list[str]] = defaultdict(list)
    with busy_machine(options.busy_loops):
        for turn in range(1, options.times + 1):
            print(f"\n=== {turn} of {options.times}", flush=True)
            outcome = run_pytest(["-m", "browser", "-n", PROCESSES, *rest])
            if outcome.status and not outcome.failures:
                return outcome.status  # not even begun, or broken off
            for failure in outcome.failures:
                failed[failure.test].append(failure.final or "it waited in vain")
    for test, reasons in sorted(failed.items()):
        print(f"{test}: {len(reasons)} of {options.times}: {'; '.join(sorted(set(reasons)))}")
    print(f"failed in {options.times} runs: {len(failed)}")
    return FAILED if failed else 0


@contextmanager
def busy_machine(loops: int) -> Iterator[None]:
    """What is started in it runs under `nice`, beside loops that do not."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    os.nice(NICE)
    try:
        yield
    finally:
        for loop in busy:
            loop.kill()
            loop.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
