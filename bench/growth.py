"""What a scan costs when scans, audit and roster hold a hundred times the rows, over HTTP; both databases seeded anew."""

import shutil
import tempfile
from pathlib import Path

from bench.ratios import Ratio, is_settled, ratio
from bench.scan import PATH
from bench.seed import Bureau, environment, grow, open_app
from bench.servers import Server, create_databases, post_all, postgres, serving

ROWS = {"small": (10_000, 100_000), "full": (10_000, 1_000_000)}
GOALS = {"SQLite": "<= 1.25", "PostgreSQL": "<= 1.15"}
REQUESTS = 1000


def measure(scale: str) -> list[Ratio]:
    found: list[Ratio] = []
    folder = Path(tempfile.mkdtemp(prefix="pz-bench-"))
    try:
        urls = [f"sqlite:///{folder / name}.sqlite3" for name in ("few", "many")]
        found.append(_compare("SQLite", urls, folder, None, ROWS[scale]))
        with postgres() as (url, pid):
            create_databases(url, "few", "many")
            found.append(_compare("PostgreSQL", [url.format("few"), url.format("many")], folder, pid, ROWS[scale]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _compare(database: str, urls: list[str], folder: Path, database_pid: int | None, rows: tuple[int, int]) -> Ratio:
    bureaus, servers = [], []
    for url, count in zip(urls, rows, strict=True):
        environ = environment(url, folder)
        app = open_app(environ)
        bureaus.append(Bureau(app, REQUESTS))
        grow(app, count)
        servers.append(Server("wsgi:app", environ, database_pid))
    values: list[float] = []
    with serving(*servers):
        for bureau, server in zip(bureaus, servers, strict=True):
            post_all(server.port, PATH, bureau.requests(REQUESTS // 4))
        while not is_settled(values, GOALS[database]):
            spent = [0.0, 0.0]
            for arm in (0, 1) if len(values) % 2 == 0 else (1, 0):
                bodies = bureaus[arm].requests(REQUESTS)
                before = servers[arm].cpu()
                post_all(servers[arm].port, PATH, bodies)
                spent[arm] = servers[arm].cpu() - before
            values.append(spent[1] / spent[0])
    return ratio(f"scan, CPU time at {rows[1]:,} against {rows[0]:,} rows, {database}", values, GOALS[database])
