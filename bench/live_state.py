"""`GET /code/state`, which a phone asks every other second, against the bare reference's scan: CPU time of app and database."""

import http.client
import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from app.core.db import db, transaction
from app.credentials.service import unlock_code
from bench.ratios import Ratio, is_settled, ratio
from bench.scan import PATH
from bench.seed import Bureau, environment, open_app
from bench.servers import Server, on_both, post_all, serving
from tests.credentials.holders import make_holder

REQUESTS = {"small": 1000, "full": 3000}
PHONES = 8
GOAL = "<= 0.8"
SEEDED = 1_000_000


def measure(scale: str) -> list[Ratio]:
    def compare(database: str, url: str, folder: Path, database_pid: int | None) -> list[Ratio]:
        return _compare(database, url, folder, database_pid, REQUESTS[scale])

    return on_both("state.sqlite3", compare)


def _compare(database: str, url: str, folder: Path, database_pid: int | None, count: int) -> list[Ratio]:
    environ = environment(url, folder)
    app = open_app(environ)
    bureau = Bureau(app, count)
    phones = []
    with app.app_context():
        _count_on_from(SEEDED)
        for n in range(PHONES):
            holder = make_holder(stem=f"5106001990030790{n}")
            unlock_code(holder.session, holder.credential)
            cookie = f"{app.config['SESSION_COOKIE_NAME']}={holder.cookie_value(app)}"
            phones.append((f"/code/state?of={holder.credential.id}", cookie))
        db.session.remove()
    server, bare = Server("wsgi:app", environ, database_pid), Server("bench.reference:app", environ, database_pid)
    shares: list[float] = []
    cost, size = [], 0
    with serving(server, bare):
        scan = _arm(bare, lambda: _scan(bare, bureau, count))
        poll = _arm(server, lambda: _poll(server.port, phones, count))
        scan(), poll()
        while not is_settled(shares, GOAL):
            first, second = (poll, scan) if len(shares) % 2 == 0 else (scan, poll)
            spent = {first: first(), second: second()}
            shares.append(spent[poll] / spent[scan])
            cost.append(spent[poll] / count * 1000)
        size = _poll(server.port, phones, PHONES, kept=False)
    return [
        ratio(f"live state, CPU time against a bare scan, {database}", shares, GOAL),
        ratio(f"live state, CPU milliseconds a request, {database}", cost),
        ratio(f"live state, bytes of an answer, {database}", [float(size)], "<= 199"),
    ]


def _count_on_from(number: int) -> None:
    """PostgreSQL does not notice ids that the seed chose itself."""
    if db.engine.dialect.name == "postgresql":
        with transaction():
            for table in ("insured_person", "credential"):
                db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {number})"))


def _arm(server: Server, work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        before = server.cpu()
        work()
        return server.cpu() - before

    return run


def _scan(server: Server, bureau: Bureau, count: int) -> None:
    _, answers = post_all(server.port, PATH, bureau.requests(count))
    if not all(accepted for _, accepted in answers):
        raise RuntimeError("a scan was refused")


def _poll(port: int, phones: list[tuple[str, str]], count: int, *, kept: bool = True) -> int:
    """Each phone asks in turn, with the ETag it was given last, as the page does. The longest body in bytes."""
    longest = [0] * len(phones)

    def ask(n: int) -> None:
        path, cookie = phones[n]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        etag = ""
        for _ in range(count // len(phones)):
            connection.request("GET", path, headers={"Cookie": cookie, **({"If-None-Match": etag} if etag and kept else {})})
            response = connection.getresponse()
            longest[n] = max(longest[n], len(response.read()))
            if response.status not in (200, 304):
                raise RuntimeError(f"the state answers {response.status}")
            etag = response.headers["ETag"]
        connection.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(len(phones))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return max(longest)
