"""Scans and `/healthz` beside a thousand half requests, against the same server when it is quiet: seconds of both."""

import http.client
import tempfile
import time
from pathlib import Path

from bench.ratios import Ratio, is_settled, ratio
from bench.scan import PATH
from bench.seed import Bureau, environment, open_app
from bench.servers import Server, post_all, serving
from tests.kit.wire import is_open, many, request

HALVES = 500  # of each kind
REQUESTS = {"small": 300, "full": 1000}
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half"
GOAL = "<= 1.5"
BODY = request("POST", "/sign-in", "Content-Length: 1000", body=b"phone=1")


def measure(scale: str) -> list[Ratio]:
    count = REQUESTS[scale]
    with tempfile.TemporaryDirectory(prefix="pz-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        environ = environment(f"sqlite:///{folder / 'slow.sqlite3'}", folder) | {
            "REQUEST_HEAD_SECONDS": "600",
            "REQUEST_PAUSE_SECONDS": "600",
        }
        bureau = Bureau(open_app(environ), count)
        server = Server("wsgi:app", environ)
        scans: list[float] = []
        looks: list[float] = []
        kept: list[float] = []
        with serving(server):
            _scan(server, bureau, count), _look(server, count)
            while not (is_settled(scans, GOAL) and is_settled(looks, GOAL)):
                quiet, beside = (0.0, 0.0), (0.0, 0.0)
                for is_quiet in (True, False) if len(scans) % 2 == 0 else (False, True):
                    if is_quiet:
                        quiet = _scan(server, bureau, count), _look(server, count)
                        continue
                    with many(HALVES, server.port, HEAD) as heads, many(HALVES, server.port, BODY) as bodies:
                        _look(server, 8)  # they are all there
                        beside = _scan(server, bureau, count), _look(server, count)
                        kept.append(float(sum(map(is_open, heads + bodies))))
                scans.append(beside[0] / quiet[0])
                looks.append(beside[1] / quiet[1])
    return [
        ratio("half requests, scan beside 1,000 against quiet", scans, GOAL),
        ratio("half requests, /healthz beside 1,000 against quiet", looks, GOAL),
        ratio("half requests, of 1,000 still waited for", [min(kept)], ">= 1000"),
    ]


def _scan(server: Server, bureau: Bureau, count: int) -> float:
    """Seconds."""
    bodies = bureau.requests(count)
    seconds, answers = post_all(server.port, PATH, bodies)
    if not all(accepted for _status, accepted in answers):
        raise RuntimeError("a scan was refused")
    return seconds


def _look(server: Server, count: int) -> float:
    """Seconds; each on a connection of its own, as a probe asks."""
    began = time.perf_counter()
    for _ in range(count):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", "/healthz")
        if connection.getresponse().read()[:2] != b"ok":
            raise RuntimeError("not well")
        connection.close()
    return time.perf_counter() - began
