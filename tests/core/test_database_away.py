"""The database goes away while people are at work, and comes back: each is told so on the intended page, and nobody has to help."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from sqlalchemy import delete, event, func, select, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from app import create_app
from app.config import Mode
from app.core import background, clock, installation, jobs, outages
from app.core.access import access, anyone
from app.core.db import db, schema_changes, transaction
from app.core.jobs.models import Job, JobState, JobWorker
from app.credentials.service import unlock_code
from app.regions.service import load_regions
from app.staff.models import Role
from tests.core.test_settings import REAL_FIELDS
from tests.credentials.holders import Holder, make_holder
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.ports import free_port
from tests.kit.postgres import Postgres, running_postgres
from tests.kit.server import Server
from tests.kit.settings import demo_environ, make_settings
from tests.kit.staff import staff_browser
from tests.scanning.desk import Desk, make_desk

NEEDS_ROWS = ("/help", "/help/hotlines", "/offline")
NEEDS_ROWS_OF_WHO_ASKS = ("/", "/code", "/family", "/lost", "/services", "/me", "/inbox")


@dataclass
class Store:
    """A database that can be taken away and put back."""

    url: str
    take_away: Callable[[], object]
    put_back: Callable[[], object]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Store]:
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        server.start()
        yield Store(server.url, server.stop, server.start)
        server.start()
        return
    with databases.fresh("sqlite") as url:
        file = Path(url.removeprefix("sqlite:///"))
        aside = file.with_suffix(".aside")
        yield Store(url, lambda: file.rename(aside), lambda: aside.rename(file))
        if aside.exists():
            aside.rename(file)


@pytest.fixture
def real(store: Store, tmp_path: Path) -> Iterator[Flask]:
    """A real bureau, with all that only a real one reads from its database for the foot of each page."""
    made = create_app(
        make_settings(
            database_url=store.url,
            instance_path=tmp_path,
            app_mode=Mode.production,
            **{**REAL_FIELDS, "ratelimit_storage_url": "memory://", "web_workers": 1},
        )
    )
    outages.reset()
    clock.reset()
    clock.stop()
    with made.app_context():
        installation.set_kind(Mode.production)
        installation.set_profile(installation.Profile("德阳市医疗保障局", "蜀ICP备1号"), by="system")
        load_regions()
        yield made
        store.put_back() if not _answers() else None
        db.session.remove()
        _empty()
        db.session.remove()
        db.engine.dispose()
    clock.reset()


def _answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except OperationalError:
        db.session.remove()
        return False
    return True


def _empty() -> None:
    """The next test's is the same server."""
    with schema_changes(), db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for table in reversed(db.metadata.sorted_tables):
            connection.execute(delete(table))


@contextmanager
def away(store: Store) -> Iterator[None]:
    db.session.remove()
    store.take_away()
    yield
    store.put_back()


def holders_browser(app: Flask) -> tuple[Browser, Holder]:
    holder = make_holder()
    unlock_code(holder.session, holder.credential)
    browser = Browser(app)
    holder.sign_in(browser.http)
    return browser, holder


def test_citizens_are_told_on_the_intended_page_and_need_nobody_afterwards(real: Flask, store: Store) -> None:
    stranger, (holder, _) = Browser(real), holders_browser(real)
    stranger.get("/")
    holder.get("/code")

    with away(store):
        for browser, addresses in ((stranger, NEEDS_ROWS), (holder, NEEDS_ROWS + NEEDS_ROWS_OF_WHO_ASKS)):
            for address in addresses:
                page = browser.get(address, expect=503)
                assert page.response.headers["Retry-After"] == "5", address
                assert "现在连不上医保局的系统" in page.text and "过几分钟再试" in page.text, address
                assert "德阳市医疗保障局" in page.text and "蜀ICP备1号" in page.text, address
                assert "0838-" in page.text, address
        page = stranger.post("/sign-in", {"phone": "13800000001", "step": "code"}, expect=503)
        assert "现在连不上医保局的系统" in page.text

    assert stranger.get("/sign-in").status == 200
    assert "data-handle" in holder.get("/code").html


def test_a_process_that_knows_nothing_yet_shows_the_page_too(real: Flask, store: Store, tmp_path: Path) -> None:
    fresh = create_app(real.config["SETTINGS"])

    with away(store):
        page = Browser(fresh).get("/help", expect=503)

    assert "现在连不上医保局的系统" in page.text
    assert "这是医疗保障局自己的系统" in page.text and page.all("a", href="/help/hotlines")


def test_staff_and_operators_are_told_as_well(real: Flask, store: Store) -> None:
    staff = staff_browser(real, [Role.reviewer])
    staff.get("/bureau")

    with away(store):
        staff.http.set_cookie("__Host-pz-desk", "x" * 43)
        for address in ("/bureau", "/bureau/cases", "/bureau/me", "/desk"):
            page = staff.get(address, expect=503)
            assert "现在连不上医保局的系统" in page.text, address
            assert page.response.headers["Retry-After"] == "5"

    assert "员工reviewer" in staff.get("/bureau").text


def test_the_page_speaks_the_readers_language_in_their_size(real: Flask, store: Store) -> None:
    reader = Browser(real)
    reader.http.set_cookie("language", "en")
    reader.http.set_cookie("elder", "2")

    with away(store):
        page = reader.get("/help", expect=503)

    assert page.one("html").attrs["lang"] == "en" and page.one("html").attrs["data-elder"] == "largest"
    assert "Traceback" not in page.html and "OperationalError" not in page.html


def test_the_interface_says_try_again(real: Flask, store: Store) -> None:
    desk: Desk = make_desk(real)
    request = desk.request("1")

    with away(store):
        answer = desk.http.post("/api/v1/ec/query", json=request, headers={"Authorization": f"Bearer {desk.key}"})

    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, 2010, "5")
    assert desk.send(request).json["code"] == 1001


def test_a_phone_that_asks_every_other_second_is_told_too(real: Flask, store: Store) -> None:
    browser, holder = holders_browser(real)
    address = f"/code/state?of={holder.credential.id}"
    known = {"If-None-Match": browser.http.get(address).headers["ETag"]}
    assert browser.http.get(address, headers=known).status_code == 304

    with away(store):
        answer = browser.http.get(address, headers=known)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert browser.http.get(address, headers=known).status_code == 304


def test_what_needs_no_database_goes_on(real: Flask, store: Store) -> None:
    http = real.test_client()
    worker = http.get("/sw.js").text
    script = http.get("/manifest.webmanifest").json["icons"][0]["src"]

    with away(store):
        assert http.get("/healthz").status_code == 200
        assert http.get(script).status_code == 200
        assert http.get("/manifest.webmanifest").json["name"] == "德阳市医疗保障局医保码"
        assert http.get("/sw.js").text == worker


def test_an_outage_is_two_lines_however_many_are_refused(
    real: Flask, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(outages, "_QUIET_SECONDS", 0.0)
    browser, holder = holders_browser(real)
    address = f"/code/state?of={holder.credential.id}"
    desk = make_desk(real)
    background.register(real, "always", 0.0, lambda: db.session.execute(text("SELECT 1")))
    browser.get("/")

    with capture_logs() as told, away(store):
        for _ in range(3):
            browser.get("/", expect=503)
            browser.get(address, expect=503)
            desk.http.post("/api/v1/ec/query", json={})
            background.run_due(real, 10_000_000.0)
    with capture_logs() as told_after:
        browser.get("/")

    assert [(line["event"], line["what"]) for line in told] == [("outage_began", "database")]
    assert [(line["event"], line["what"]) for line in told_after] == [("outage_over", "database")]
    assert told_after[0]["failures"] >= 12
    assert caplog.text == ""


def test_a_database_that_goes_in_the_middle_of_a_request_takes_nothing_with_it(real: Flask, store: Store) -> None:
    load = real.view_functions["home.show_home"]

    def show_home_while_it_goes() -> Any:
        db.session.execute(text("SELECT 1"))
        store.take_away()
        try:
            return load()
        finally:
            store.put_back()

    def go_after_all_is_read() -> Any:
        answer = load()
        store.take_away()
        return answer

    browser = Browser(real)
    access(anyone)(show_home_while_it_goes), access(anyone)(go_after_all_is_read)
    real.view_functions["home.show_home"] = show_home_while_it_goes
    first = browser.http.get("/").status_code
    real.view_functions["home.show_home"] = go_after_all_is_read
    db.session.remove()
    second = browser.http.get("/").status_code
    store.put_back()
    real.view_functions["home.show_home"] = load  # the app is this test's own, its views are not

    assert first in {200, 503}  # a file that is moved away stays open for who reads it
    assert second == 200
    assert browser.http.get("/").status_code == 200


def test_a_database_that_cannot_write_is_an_outage_and_no_fault(
    real: Flask, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser(real)
    browser.get("/sign-in")
    form = {"phone": "13800000001", "step": "code"}

    with capture_logs() as told, nothing_can_be_written():
        pages = [browser.post("/sign-in", form, expect=503) for _ in range(3)]

    assert all("现在连不上医保局的系统" in page.text and "蜀ICP备1号" in page.text for page in pages)
    outages_told = [line for line in told if line["event"] != "proxy_headers_wrong"]  # here is no proxy, which is said once
    assert [(line["event"], line["what"]) for line in outages_told] == [("outage_began", "database_work")]
    assert caplog.text == ""
    assert browser.get("/sign-in").status == 200


@contextmanager
def nothing_can_be_written() -> Iterator[None]:
    """PostgreSQL says of each INSERT that its disk is full; another process holds SQLite's one writers' lock."""
    if db.engine.dialect.name == "postgresql":
        refuse = (
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$; "
            "CREATE TRIGGER no_room BEFORE INSERT ON sms_code FOR EACH STATEMENT EXECUTE FUNCTION no_room()"
        )
        for statement in (refuse, "DROP FUNCTION no_room CASCADE"):
            with schema_changes(), db.engine.begin() as connection:
                connection.exec_driver_sql(statement)
            if statement is refuse:
                yield
        return
    event.listen(db.engine, "checkout", _wait_briefly)
    other = sqlite3.connect(db.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()
    event.remove(db.engine, "checkout", _wait_briefly)


def _wait_briefly(dbapi: Any, *_: object) -> None:
    dbapi.execute("PRAGMA busy_timeout=10")


@pytest.mark.parametrize(
    ("command", "said"),
    [(["gunicorn", "wsgi:app"], "The database does not answer"), (["flask", "jobs", "run"], "the database did not")],
)
def test_a_start_without_a_database_is_one_sentence(tmp_path: Path, command: list[str], said: str) -> None:
    environ = demo_environ("postgresql://127.0.0.1:1/nothing", tmp_path, JOB_RUNNER="own", PORT=str(free_port()))

    ended = subprocess.run([sys.executable, "-m", *command], env=environ, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode != 0
    assert said in ended.stderr and "DATABASE_URL" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert sum("onnection refused" in line for line in ended.stderr.splitlines()) == 1


def test_a_server_of_several_processes_comes_through_a_restart_of_its_database(postgres: Postgres, tmp_path: Path) -> None:
    server = Server(postgres.url, tmp_path)
    with httpx.Client(base_url=server.base_url, timeout=20) as client:
        before = {client.get("/help").status_code for _ in range(8)}
        postgres.stop()
        refused = [client.get("/help") for _ in range(12)]
        alive = client.get("/healthz").status_code
        postgres.start()
        after = {client.get("/help").status_code for _ in range(8)}
    server.stop()

    assert (before, alive, after) == ({200}, 200, {200})
    assert {(answer.status_code, answer.headers["Retry-After"]) for answer in refused} == {(503, "5")}
    assert all(answer.elapsed.total_seconds() < 3 for answer in refused)
    assert "Traceback" not in server.log_text()
    assert server.log_text().count("outage_began") <= 3  # of either worker, and of a worker's background work


def test_a_process_for_jobs_comes_through_it_and_says_so_once(postgres: Postgres, tmp_path: Path) -> None:
    app = create_app(make_settings(database_url=postgres.url, instance_path=tmp_path, job_runner="own"))
    environ = demo_environ(postgres.url, tmp_path, JOB_RUNNER="own")
    log = tmp_path / "jobs.log"
    with log.open("wb") as written, app.app_context():
        _empty()  # a server of an earlier test may have left a job of its own
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "jobs", "run"],
            env=environ,
            stdout=written,
            stderr=written,
        )
        try:
            until(lambda: db.session.scalar(select(func.count()).select_from(JobWorker)))
            db.session.remove()
            postgres.stop()
            until(lambda: "outage_began" in log.read_text())
            postgres.start()
            db.session.remove()
            with transaction():
                jobs.enqueue("documents.expire_uploads")
            own = select(Job.state).where(Job.name == "documents.expire_uploads")
            until(lambda: db.session.scalar(own) is JobState.done)
        finally:
            process.send_signal(signal.SIGINT)
            ended = process.wait(60)
        _empty()
        db.session.remove()
        db.engine.dispose()

    assert ended == 0
    assert "Traceback" not in log.read_text()
    assert log.read_text().count("outage_began") == 1


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        db.session.rollback()
        assert time.monotonic() < deadline
        time.sleep(0.05)
