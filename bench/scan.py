"""`ec/query` against the bare reference: CPU time of app and database, requests a second, and how long the slowest wait."""

import statistics
from pathlib import Path
from typing import NamedTuple

from bench.ratios import Ratio, is_settled, ratio
from bench.seed import Bureau, environment, open_app
from bench.servers import Request, Server, on_both, post_all, post_timed, serving

PATH = "/api/v1/ec/query"
REQUESTS = {"small": 1000, "full": 3000}
CPU_GOAL = "<= 1.6"
RATE_GOAL = {"SQLite": ">= 0.65", "PostgreSQL": ">= 0.85"}


class _Spent(NamedTuple):
    """cpu, seconds: of all requests. p50, p99: seconds one took."""

    cpu: float
    seconds: float
    p50: float
    p99: float
    refused: int


def measure(scale: str) -> list[Ratio]:
    def compare(database: str, url: str, folder: Path, database_pid: int | None) -> list[Ratio]:
        return _compare(database, url, folder, database_pid, REQUESTS[scale])

    return on_both("scan.sqlite3", compare)


def _compare(database: str, url: str, folder: Path, database_pid: int | None, count: int) -> list[Ratio]:
    environ = environment(url, folder)
    bureau = Bureau(open_app(environ), count)
    ours = Server("wsgi:app", environ, database_pid)
    bare = Server("bench.reference:app", environ, database_pid)
    rounds: list[tuple[_Spent, _Spent]] = []
    with serving(ours, bare):
        for server in (ours, bare):
            post_all(server.port, PATH, bureau.requests(count // 4))
        while not _is_settled(database, rounds):
            spent = {server: _spend(server, bureau.requests(count)) for server in ((ours, bare), (bare, ours))[len(rounds) % 2]}
            rounds.append((spent[ours], spent[bare]))
    return [
        ratio(f"scan, CPU time against bare reference, {database}", _cpus(rounds), CPU_GOAL),
        ratio(f"scan, requests/s against bare reference, {database}", _rates(rounds), RATE_GOAL[database]),
        ratio(f"scan, p99 against p50, {database}", [our.p99 / our.p50 for our, _ in rounds], "<= 6"),
        ratio(f"scan, CPU milliseconds a request, {database}", [our.cpu / count * 1000 for our, _ in rounds]),
        ratio(f"scan, p50 milliseconds, {database}", [our.p50 * 1000 for our, _ in rounds]),
        ratio(f"scan, answers other than code 0, {database}", [float(our.refused + bare.refused) for our, bare in rounds], "<= 0"),
    ]


def _spend(server: Server, bodies: list[Request]) -> _Spent:
    before = server.cpu()
    seconds, answers, latencies = post_timed(server.port, PATH, bodies)
    by_hundredths = statistics.quantiles(latencies, n=100)
    refused = sum(not accepted for _, accepted in answers)
    return _Spent(server.cpu() - before, seconds, by_hundredths[49], by_hundredths[98], refused)


def _is_settled(database: str, rounds: list[tuple[_Spent, _Spent]]) -> bool:
    return is_settled(_cpus(rounds), CPU_GOAL) and is_settled(_rates(rounds), RATE_GOAL[database])


def _cpus(rounds: list[tuple[_Spent, _Spent]]) -> list[float]:
    return [ours.cpu / bare.cpu for ours, bare in rounds]


def _rates(rounds: list[tuple[_Spent, _Spent]]) -> list[float]:
    return [bare.seconds / ours.seconds for ours, bare in rounds]
