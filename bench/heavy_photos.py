"""A scan and `/healthz` while eight people send photos that are as hard to decode as may be, against the same at rest.

Wall time, because it is waiting that hurts: threads held by others' photos, and processors taken by them. Each sender sends at once
again whatever the answer, after the pause that it asks for. The photos are the hardest that are not refused at sight.
"""

import http.client
import os
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from app.core.db import db
from bench.ratios import Ratio, ratio
from bench.scan import PATH
from bench.seed import Bureau, environment, open_app
from bench.servers import Server, serving
from tests.credentials.holders import make_holder
from tests.kit.documents import multipart, take_papers
from tests.kit.heavy_photos import jpeg_of_scans

SENDERS = 8
SUBJECT = "bench"
SCANS, SIDE = 95, 6300
ROUNDS = {"small": 5, "full": 9}
ASKED = 60  # of each kind in a round
TAKEN_OR_REFUSED = {303, 409, 422, 503}
GOAL = "<= 1.5"


def make_app() -> Flask:
    """What the measured workers run: papers for `bench:<n>` are taken from everybody."""
    app = open_app(dict(os.environ))
    take_papers(app, SUBJECT)
    return app


def measure(scale: str) -> list[Ratio]:
    with tempfile.TemporaryDirectory(prefix="pz-bench-photos-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        environ = environment(f"sqlite:///{folder / 'photos.sqlite3'}", folder)
        app = open_app(environ)
        bureau = Bureau(app, ASKED)
        with app.app_context():
            cookies = [_sender(app, number) for number in range(SENDERS)]
            db.session.remove()
        server = Server("bench.heavy_photos:make_app()", environ)
        with serving(server):
            return _compare(server, bureau, [_with_token(server, cookie) for cookie in cookies], ROUNDS[scale])


def _compare(server: Server, bureau: Bureau, senders: list[tuple[str, str]], rounds: int) -> list[Ratio]:
    scans, healths, slowest = [], [], 0.0
    _scan(server, bureau), _health(server)
    for _ in range(rounds):
        quiet = statistics.mean(_scan(server, bureau)), statistics.mean(_health(server))
        with _sending(server, senders):
            time.sleep(1)
            busy_scans, busy_healths = _scan(server, bureau), _health(server)
        scans.append(statistics.mean(busy_scans) / quiet[0])
        healths.append(statistics.mean(busy_healths) / quiet[1])
        slowest = max(slowest, *busy_scans, *busy_healths)
    return [
        ratio("a scan while 8 send hostile photos, against at rest", scans, GOAL),
        ratio("/healthz while 8 send hostile photos, against at rest", healths, GOAL),
        ratio("the slowest of all those answers, seconds", [slowest]),
    ]


def _sender(app: Flask, number: int) -> str:
    """The cookie of an activated person."""
    holder = make_holder(stem=f"5106001990030790{number}")
    return f"{app.config['SESSION_COOKIE_NAME']}={holder.cookie_value(app)}"


def _with_token(server: Server, cookie: str) -> tuple[str, str]:
    """All cookies of the person's browser, and the token of its forms."""
    _status, headers, page = _ask(server, "GET", "/me", None, {"Cookie": cookie})
    found = re.search(rb'name="csrf_token" value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("/me has no form")
    given = [cookie, *(line.partition(";")[0] for line in headers.get_all("Set-Cookie", []))]
    return "; ".join({one.partition("=")[0]: one for one in given}.values()), found[1].decode()


@contextmanager
def _sending(server: Server, senders: list[tuple[str, str]]) -> Iterator[None]:
    photo, over = jpeg_of_scans(SCANS, SIDE), threading.Event()
    answers: list[int] = []

    def send(number: int) -> None:
        cookie, token = senders[number]
        while not over.is_set():
            fields = {"csrf_token": token, "subject": f"{SUBJECT}:{number}", "slot": "other", "next": "/me"}
            body, kind = multipart(fields, [("IMG_1.jpg", photo)])
            status, headers, _page = _ask(server, "POST", "/documents", body, {"Cookie": cookie, "Content-Type": kind})
            answers.append(status)
            over.wait(int(headers.get("Retry-After", "1")))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(len(senders))]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if not set(answers) <= TAKEN_OR_REFUSED:
        raise RuntimeError(f"photos were answered {sorted(set(answers))}")


def _scan(server: Server, bureau: Bureau) -> list[float]:
    bodies = iter(bureau.requests(ASKED))

    def scan() -> tuple[str, str, bytes | None, dict[str, str]]:
        headers, body = next(bodies)
        return "POST", PATH, body, {"Content-Type": "application/json", **headers}

    return _times(server, scan)


def _health(server: Server) -> list[float]:
    return _times(server, lambda: ("GET", "/healthz", None, {}))


def _times(server: Server, make: Callable[[], tuple[str, str, bytes | None, dict[str, str]]]) -> list[float]:
    """Seconds of each, one after the other, each over a connection of its own as a desk's program may do."""
    found = []
    for _ in range(ASKED):
        method, path, body, headers = make()
        began = time.perf_counter()
        status, _headers, _body = _ask(server, method, path, body, headers)
        found.append(time.perf_counter() - began)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}")
    return found


def _ask(
    server: Server, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()
