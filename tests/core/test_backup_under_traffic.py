"""Backups beside a running server, under four requests a second; and what must not be done beside one is refused.

`make fault` makes five backups on each database, the gate one.
"""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from flask import Flask
from sqlalchemy import insert

from app.core import audit, clock, installation
from app.core.audit import seal_pending
from app.core.database.restoring import restore_backup
from app.core.db import db, transaction
from app.core.settings import settings
from app.messages.models import DemoSms
from tests.kit.databases import Databases
from tests.kit.lost_bureau import bureau
from tests.kit.server import Server
from tests.scanning.desk import Desk, Telephone, make_desk, make_telephone

BACKUPS = int(os.environ.get("FAULT_BACKUPS", "1"))
REQUESTS_A_SECOND = 4


class Traffic:
    """A hospital that scans and people who open pages, one request each quarter of a second, until it is left."""

    def __init__(self, server: Server, desk: Desk, telephone: Telephone) -> None:
        self._server, self._desk, self._telephone = server, desk, telephone
        self._ended, self._thread = Event(), Thread(target=self._run)
        self.statuses: list[int] = []

    def __enter__(self) -> "Traffic":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        with self._desk.app.app_context(), httpx.Client(base_url=self._server.base_url, timeout=30) as http:
            for number in count():
                if self._ended.wait(1 / REQUESTS_A_SECOND):
                    return
                self.statuses.append(self._scan(http) if number % 2 else http.get("/").status_code)

    def _scan(self, http: httpx.Client) -> int:
        body = self._desk.request(self._telephone.draw())
        headers = {"Authorization": f"Bearer {self._desk.key}"}
        return http.post("/api/v1/ec/query", json=body, headers=headers).status_code


@pytest.fixture
def world(app: Flask) -> tuple[Desk, Telephone]:
    """Enough rows for a copy to take longer than the time between two seals."""
    clock.reset()  # the server runs on the machine's own time
    installation.set_kind(settings.app_mode)
    with transaction():
        rows = [{"phone_hash": n.to_bytes(32), "text": "短信" * 20, "sent_at": clock.now()} for n in range(20_000)]
        db.session.execute(insert(DemoSms), rows)
    made = make_desk(app), make_telephone()
    seal_pending(everything=True)
    db.session.remove()
    return made


@pytest.fixture
def server(app: Flask, world: tuple[Desk, Telephone], tmp_path: Path) -> Iterator[Server]:
    running = Server(str(app.config["SETTINGS"].database_url), tmp_path)
    yield running
    running.stop()


def test_a_backup_under_traffic_restores_to_a_log_that_holds(
    app: Flask, world: tuple[Desk, Telephone], server: Server, databases: Databases, tmp_path: Path
) -> None:
    with Traffic(server, *world) as traffic:
        made = [server.flask("backup", "create", str(tmp_path / f"{number}.tar.gz")) for number in range(BACKUPS)]
    verified = server.flask("backup", "verify", str(tmp_path / "0.tar.gz"))
    copied = server.flask("database", "copy", "--to", f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}")
    restored_beside = server.flask("backup", "restore", str(tmp_path / "0.tar.gz"))

    assert [ended.returncode for ended in made] == [0] * BACKUPS, made
    assert traffic.statuses and set(traffic.statuses) == {200}
    assert verified.returncode == 0, verified.stderr
    for refused in (copied, restored_beside):
        assert refused.returncode == 1 and "the web server of this installation is running: stop it first" in refused.stderr
    server.stop()
    for number in range(BACKUPS):
        with databases.fresh("sqlite") as url, bureau(url, tmp_path / f"new-{number}"):
            restore_backup(tmp_path / f"{number}.tar.gz")

            report = audit.verify()
            assert report.findings == [] and report.unsealed == 0 and report.seals > 1
