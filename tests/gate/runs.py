"""One run of pytest in a process of its own, and what came of it."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.gate.branches import FOLDER, read_seen

FAILED = 1  # of pytest's exit codes the one that says: tests ran, and some failed


@dataclass(frozen=True)
class Failure:
    test: str  # as pytest names it
    final: str  # why no second run is asked; empty when one may be
    trace: str


@dataclass
class Outcome:
    status: int  # pytest's exit code; negative when a signal ended it
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)
    seen: dict[str, Any] = field(default_factory=dict)  # as `branches.read_seen` has it, where it was measured

    @property
    def final(self) -> list[Failure]:
        """Failures that no second run can mend."""
        return [failure for failure in self.failures if failure.final]

    def closing_line(self, flaky: int = 0) -> str:
        """As pytest writes it; a flaky test has failed and then passed, and is counted under both names that are true of it."""
        counts = {name: count for name, count in self.counts.items() if count}
        if flaky:
            counts["failed"] = counts.get("failed", 0) - flaky
            counts["passed"] = counts.get("passed", 0) + flaky
            counts["flaky"] = flaky
        told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        long = f" ({timedelta(seconds=int(self.seconds))})" if self.seconds >= 60 else ""
        return f"{told} in {self.seconds:.2f}s{long}"


def run_pytest(arguments: list[str], *, measures: bool = False) -> Outcome:
    """Shows pytest's own output meanwhile. measures: which lines and branches of the program are taken."""
    with tempfile.TemporaryDirectory(prefix="pz-gate-") as name:
        folder = Path(name)
        file, branches = folder / "outcome.json", folder / "branches"
        branches.mkdir()
        plugins = ["-p", "tests.kit.flakes", *(["-p", "tests.gate.branches"] if measures else [])]
        command = [sys.executable, "-m", "pytest", *plugins, f"--outcome-file={file}", *arguments]
        status = subprocess.run(command, env={**os.environ, FOLDER: str(branches)}, check=False).returncode
        if not file.exists():
            return Outcome(status)
        told = json.loads(file.read_text())
        seen = read_seen(branches)
    failures = [Failure(f["test"], f["final"], f["trace"]) for f in told["failures"]]
    return Outcome(status, told["counts"], told["seconds"], failures, seen)


def run_alone(test: str) -> Outcome:
    """Nothing beside it, and its output only where it tells something."""
    return run_pytest(["-n", "0", "-p", "no:cacheprovider", test])
