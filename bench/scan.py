"""`ec/query` against the bare reference: processor time of app and database per request, and requests a second."""

from pathlib import Path

from bench.ratios import ROUNDS, Ratio, ratio
from bench.seed import Bureau, environment, open_app
from bench.servers import Server, on_both, post_all, serving

PATH = "/api/v1/ec/query"
REQUESTS = {"small": 1000, "full": 3000}


def measure(scale: str) -> list[Ratio]:
    def compare(database: str, url: str, folder: Path, database_pid: int | None) -> list[Ratio]:
        return _compare(database, url, folder, database_pid, REQUESTS[scale])

    return on_both("scan.sqlite3", compare)


def _compare(database: str, url: str, folder: Path, database_pid: int | None, count: int) -> list[Ratio]:
    environ = environment(url, folder)
    bureau = Bureau(open_app(environ), count)
    ours = Server("wsgi:app", environ, database_pid)
    bare = Server("bench.reference:app", environ, database_pid)
    cpu_ratios, rate_ratios, cost = [], [], []
    refused = 0
    with serving(ours, bare):
        for server in (ours, bare):
            post_all(server.port, PATH, bureau.requests(count // 4))
        for n in range(ROUNDS):
            spent: dict[Server, tuple[float, float]] = {}
            for server in (ours, bare) if n % 2 == 0 else (bare, ours):
                bodies = bureau.requests(count)
                before = server.cpu()
                seconds, answers = post_all(server.port, PATH, bodies)
                spent[server] = (server.cpu() - before, seconds)
                refused += sum(not accepted for _, accepted in answers)
            cpu_ratios.append(spent[ours][0] / spent[bare][0])
            rate_ratios.append(spent[bare][1] / spent[ours][1])
            cost.append(spent[ours][0] / count * 1000)
    return [
        ratio(f"scan, CPU time against bare reference, {database}", cpu_ratios, "<= 2"),
        ratio(f"scan, requests/s against bare reference, {database}", rate_ratios, ">= 0.5"),
        ratio(f"scan, CPU milliseconds a request, {database}", cost),
        ratio(f"scan, answers other than code 0, {database}", [float(refused)], "<= 0"),
    ]
