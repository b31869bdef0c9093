"""`make bench-releases`: a scan of this tree beside one of the first release, both served, interleaved in one run.

The old one is taken from the repository's history into the user's cache, with an environment of its own. Each fills a
database of its own and draws its own codes, so that nothing of the one is measured with the other's program.
"""

import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.ratios import Ratio, is_settled, ratio, show
from bench.scan import PATH
from bench.seed import environment
from bench.servers import Request, Server, create_databases, post_all, postgres, pss_bytes

CACHE = Path.home() / ".cache" / "pingzheng" / "releases"
FIRST_RELEASE = "0ee8ac038dd54ed8e6a698caa8f2131403a446ca"
REQUESTS = 1000
# Goals: requests a second, processor time and memory of all processes against the old release.
GOALS = {"SQLite": (">= 1.8", "<= 0.55"), "PostgreSQL": (">= 1.4", "<= 0.75")}
MEMORY_GOAL = "<= 0.5"

# Runs in either tree, by that tree's own bench: fills its database, then answers each number with so many fresh requests.
_DRAWER = """
import json, os, sys
from bench.seed import Bureau, open_app
bureau = Bureau(open_app(json.loads(sys.stdin.readline())), int(sys.stdin.readline()))
for line in sys.stdin:
    print(json.dumps([(headers, body.decode()) for headers, body in bureau.requests(int(line))]), flush=True)
"""


class Release:
    """A tree that serves its own database. tree: the checkout. python: its environment's."""

    def __init__(self, tree: Path, python: Path, environ: dict[str, str], database_pid: int | None) -> None:
        command = [str(python), "-c", _DRAWER]
        self._drawer = subprocess.Popen(command, cwd=tree, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._ask(json.dumps(environ))
        self._ask(str(REQUESTS))
        self.draw(1)  # its database is filled
        self.server = Server("wsgi:app", environ, database_pid, tree=tree, python=python)

    def draw(self, count: int) -> list[Request]:
        self._ask(str(count))
        assert self._drawer.stdout is not None
        return [(headers, body.encode()) for headers, body in json.loads(self._drawer.stdout.readline())]

    def stop(self) -> None:
        self.server.stop()
        self._drawer.kill()
        self._drawer.wait()

    def _ask(self, line: str) -> None:
        assert self._drawer.stdin is not None
        self._drawer.stdin.write(line + "\n")
        self._drawer.stdin.flush()


def measure() -> list[Ratio]:
    old = _old_tree()
    found = []
    with tempfile.TemporaryDirectory(prefix="pz-bench-", ignore_cleanup_errors=True) as name:
        urls = tuple(f"sqlite:///{Path(name) / arm}.sqlite3" for arm in ("new", "old"))
        found += _compare("SQLite", old, Path(name), urls, None)
        with postgres() as (url, pid):
            create_databases(url, "new", "old")
            found += _compare("PostgreSQL", old, Path(name), (url.format("new"), url.format("old")), pid)
    return found


def _compare(database: str, old: Path, folder: Path, urls: tuple[str, ...], database_pid: int | None) -> list[Ratio]:
    rate_goal, cpu_goal = GOALS[database]
    with ExitStack() as stack:
        arms = [
            stack.enter_context(_released(tree, environment(url, folder / f"{database}-{tree.name}"), database_pid))
            for tree, url in ((Path.cwd(), urls[0]), (old, urls[1]))
        ]
        new, before = arms
        for arm in arms:
            post_all(arm.server.port, PATH, arm.draw(REQUESTS // 2))
        rates: list[float] = []
        cpus: list[float] = []
        costs = []
        while not (is_settled(rates, rate_goal) and is_settled(cpus, cpu_goal)):
            spent = {arm: _spend(arm) for arm in (arms if len(rates) % 2 == 0 else arms[::-1])}
            rates.append(spent[before][1] / spent[new][1])
            cpus.append(spent[new][0] / spent[before][0])
            costs.append((spent[new][0] / REQUESTS * 1000, spent[before][0] / REQUESTS * 1000))
        memory = [pss_bytes(arm.server.pid) / 2**20 for arm in arms]
    return [
        ratio(f"scan, requests/s against the first release, {database}", rates, rate_goal),
        ratio(f"scan, CPU time against the first release, {database}", cpus, cpu_goal),
        ratio(f"memory (PSS) against the first release, {database}", [memory[0] / memory[1]], MEMORY_GOAL),
        ratio(f"scan, CPU milliseconds a request, {database}", [new for new, _ in costs]),
        ratio(f"scan, CPU milliseconds a request, first release, {database}", [then for _, then in costs]),
        ratio(f"memory (PSS), megabytes, {database}", [memory[0]]),
    ]


def _spend(arm: Release) -> tuple[float, float]:
    """CPU seconds and seconds of so many scans."""
    requests = arm.draw(REQUESTS)
    before = arm.server.cpu()
    seconds, answers = post_all(arm.server.port, PATH, requests)
    if not all(accepted for _, accepted in answers):
        raise RuntimeError(f"scans were refused: {statistics.mode(status for status, _ in answers)}")
    return arm.server.cpu() - before, seconds


@contextmanager
def _released(tree: Path, environ: dict[str, str], database_pid: int | None) -> Iterator[Release]:
    release = Release(tree, _python_for(tree), environ, database_pid)
    try:
        yield release
    finally:
        release.stop()


def _old_tree() -> Path:
    """The first release as it was, made once and kept."""
    tree = CACHE / FIRST_RELEASE
    if not tree.exists():
        archive = subprocess.run(["git", "archive", FIRST_RELEASE], check=True, capture_output=True).stdout
        tree.mkdir(parents=True)
        subprocess.run(["tar", "x", "-C", str(tree)], input=archive, check=True)
    return tree


def _python_for(tree: Path) -> Path:
    """Of an environment that holds what this tree needs to serve, and nothing for its tests."""
    requirements = tree / "requirements.txt"
    folder = CACHE / f"environment-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]}"
    python, done = folder / "bin" / "python", folder / "made"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", str(requirements)], check=True)
        done.touch()
    return python


if __name__ == "__main__":
    for line in measure():
        show(line)
