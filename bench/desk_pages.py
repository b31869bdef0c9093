"""What every page of the bureau's desk costs in a city a hundred times larger: CPU time, what the database reads, statements.

The pages are found in the address map: whatever a role may open without an id in the address is measured, and what stands in
`MORE` besides. What is read must not grow by more than the goal. A page that reads the same in both cities does the same work in
both: it is counted and gets no lines of its own.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from app.core.db import db
from app.regions.service import load_regions
from app.staff.models import Role
from app.staff.service import add_staff
from bench.city import City, fill_city
from bench.ratios import Ratio, interleaved, ratio
from bench.review_queue import count_read, count_statements
from bench.seed import environment, gather_statistics, open_app
from bench.servers import create_databases, postgres

CITIES = {"small": City(citizens=100_000, scans=500_000, cases=60_000), "full": City(1_000_000, 5_000_000, 100_000)}
PART = 100
GOAL_READ, GOAL_CPU = "<= 1.3", "<= 1.3"
SAME = 1.02  # what counts as reading the same: caches and sampled statistics differ a little
PAGES_A_ROUND = 5
MOST_STATEMENTS = 40  # of one page
MORE: dict[Role, tuple[str, ...]] = {}  # addresses with a query or an id that both cities know
LEFT_OUT = ("/bureau/sign-in",)
_PASSWORD = "seven quiet herons 9"
_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Staffed:
    """A city and one signed-in member for each role."""

    def __init__(self, app: Flask, city: City) -> None:
        self.app = app
        with app.app_context():
            flask_migrate.upgrade()
            load_regions()
            for role in Role:
                add_staff(role.value, "量度", agency="deyang", roles=[role], by="system", password=_PASSWORD, totp_secret=_SECRET)
            fill_city(city)
            gather_statistics()
            db.session.remove()
            self.engine = db.engine
        self.clients = {role: self._signed_in(role) for role in Role}

    def acts(self) -> dict[str, Callable[[], None]]:
        """One for each page of each role; a page that several roles may open is measured once."""
        acts: dict[str, Callable[[], None]] = {}
        for role, client in self.clients.items():
            for path in (*_plain_pages(self.app), *MORE.get(role, ())):
                if path not in acts and client.get(path).status_code == 200:
                    acts[path] = lambda client=client, path=path: _open(client, path)
        return acts

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def _signed_in(self, role: Role) -> FlaskClient:
        client = self.app.test_client()
        for path, fields in (
            ("/bureau/sign-in", {"username": role.value, "password": _PASSWORD}),
            ("/bureau/sign-in/second-factor", {"code": pyotp.TOTP(_SECRET).now()}),
        ):
            token = client.get(path, follow_redirects=True).text.split('name="csrf_token" value="')[1].split('"')[0]
            answer = client.post(path, data=MultiDict({"csrf_token": token, **fields}))
            assert answer.status_code == 303, answer.text
        return client


def _plain_pages(app: Flask) -> list[str]:
    rules = (r for r in app.url_map.iter_rules() if "GET" in (r.methods or set()) and not r.arguments)
    return sorted(r.rule for r in rules if r.rule.startswith("/bureau") and not r.rule.startswith(LEFT_OUT))


def _open(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"


def measure(scale: str) -> list[Ratio]:
    found: list[Ratio] = []
    folder = Path(tempfile.mkdtemp(prefix="pz-bench-"))
    try:
        found += _compare("SQLite", [f"sqlite:///{folder / name}.sqlite3" for name in ("few", "many")], folder, CITIES[scale])
        with postgres() as (url, _pid):
            create_databases(url, "few", "many")
            found += _compare("PostgreSQL", [url.format("few"), url.format("many")], folder, CITIES[scale])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _compare(database: str, urls: list[str], folder: Path, city: City) -> list[Ratio]:
    cities = (city.of(PART), city)
    few, many = (Staffed(open_app(environment(url, folder)), one) for url, one in zip(urls, cities, strict=True))
    found, most, same, others = [], 0, 0, few.acts()
    for path, act in many.acts().items():
        other = others[path]
        for warm in (act, other):
            warm()
        statements = (count_statements(many, act), count_statements(few, other))
        most = max(most, *statements)
        read = count_read(many, act) / max(1, count_read(few, other))
        if read <= SAME and statements[0] == statements[1]:
            same += 1
            continue
        found.append(ratio(f"{path}, read, {database}", [read], GOAL_READ))
        found.append(ratio(f"{path}, CPU time, {database}", interleaved(_spender(act), _spender(other), GOAL_CPU), GOAL_CPU))
    found.append(ratio(f"pages that read the same in both cities, {database}", [same]))
    found.append(ratio(f"most statements of a page, {database}", [most], f"<= {MOST_STATEMENTS}"))
    for staffed in (few, many):
        staffed.close()
    return found


def _spender(act: Callable[[], None]) -> Callable[[], float]:
    def spend() -> float:
        before = time.process_time()
        for _ in range(PAGES_A_ROUND):
            act()
        return time.process_time() - before

    return spend
