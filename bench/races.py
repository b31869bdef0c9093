"""Eight clients at once on each code: exactly one is told `code 0`, nobody an error."""

import shutil
import tempfile
import time
from pathlib import Path

from bench.ratios import Ratio, ratio
from bench.scan import PATH
from bench.seed import Bureau, environment, open_app
from bench.servers import Server, post_all, postgres, serving

CLIENTS = 8
CODES = 1000


def measure(scale: str) -> list[Ratio]:
    folder = Path(tempfile.mkdtemp(prefix="pz-bench-"))
    try:
        found = _race("SQLite", f"sqlite:///{folder / 'race.sqlite3'}", folder)
        with postgres() as (url, _pid):
            found += _race("PostgreSQL", url.format("postgres"), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _race(database: str, url: str, folder: Path) -> list[Ratio]:
    environ = environment(url, folder)
    bureau = Bureau(open_app(environ), CODES)
    server = Server("wsgi:app", environ)
    with serving(server):
        began = time.time()
        headers_and_codes = bureau.requests(CODES)
        # The same code eight times in a row, each under an outBizNo of its own, so that all clients meet on it.
        bodies = [(headers, bureau.under_new_number(body)) for headers, body in headers_and_codes for _ in range(CLIENTS)]
        _, answers = post_all(server.port, PATH, bodies, CLIENTS)
        seconds = time.time() - began
    wins = [sum(accepted for _, accepted in answers[i : i + CLIENTS]) for i in range(0, len(answers), CLIENTS)]
    return [
        ratio(f"race, codes of {CODES} not accepted exactly once, {database}", [float(sum(n != 1 for n in wins))], "<= 0"),
        ratio(f"race, answers of status 5xx, {database}", [float(sum(status >= 500 for status, _ in answers))], "<= 0"),
        ratio(f"race, seconds for {len(answers)} scans, {database}", [seconds]),
    ]
