"""Faults of our scripts are told without a form token and without a person, and fill no disk."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select

from app.core import clock
from app.core.db import db
from app.core.settings import settings
from app.script_errors.engines import Engine, engine_of
from app.script_errors.models import ScriptError
from app.script_errors.queries import list_script_errors
from app.script_errors.service import MOST_ROWS, count_script_error, drop_old_script_errors
from app.staff.models import Role
from tests.kit.client import Browser
from tests.kit.staff import make_staff, sign_in_staff

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 13_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/13.1 Mobile/15E148 Safari/604.1"
)
WECHAT = (
    "Mozilla/5.0 (Linux; Android 8.1.0; OPPO R11) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/86.0.4240.99 XWEB/4317 MMWEBSDK/20220505 Mobile Safari/537.36 MicroMessenger/8.0.23"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.1 Safari/605.1.15"
HERE = "http://localhost"


def tell(app: Flask, *, origin: str | None = HERE, agent: str = WECHAT, address: str = "127.0.0.1", **fields: object) -> int:
    headers = {"User-Agent": agent} | ({"Origin": origin} if origin else {})
    sent = {"module": "code/live-state.js", "line": "33"} | fields
    return app.test_client().post("/script-errors", data=sent, headers=headers, environ_base={"REMOTE_ADDR": address}).status_code


def rows() -> list[tuple[str, int, str, int, int]]:
    db.session.rollback()
    return [(e.module, e.line, e.engine, e.engine_version, e.count) for e in list_script_errors()]


def test_the_same_line_in_the_same_engine_is_one_row(app: Flask) -> None:
    for agent in (WECHAT, WECHAT, IPHONE):
        assert tell(app, agent=agent) == 204

    assert sorted(rows()) == [("code/live-state.js", 33, "chromium", 86, 2), ("code/live-state.js", 33, "webkit", 13, 1)]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("agent", "engine"),
    [(IPHONE, ("webkit", 13)), (WECHAT, ("chromium", 86)), (FIREFOX, ("firefox", 153)), (MAC, ("webkit", 15)), ("", ("other", 0))],
)
def test_the_engine_is_read_from_what_browsers_say(agent: str, engine: tuple[str, int]) -> None:
    assert engine_of(agent) == engine


@pytest.mark.one_database
def test_what_is_none_of_our_lines_is_not_written(subtests: pytest.Subtests, app: Flask) -> None:
    for fields in (
        {"module": "https://evil.example/x.js"},
        {"module": "../../wsgi.py"},
        {"module": "李明 510600199003070017"},
        {"line": "0"},
        {"line": "99999999999999999999"},
        {"line": "x"},
    ):
        with subtests.test(fields=fields):
            assert tell(app, **fields) == 400
    assert tell(app, origin="https://evil.example") == 400
    assert tell(app, origin=None) == 400

    assert rows() == []


@pytest.mark.one_database
def test_nothing_of_a_person_has_a_column(app: Flask) -> None:
    tell(app, text="李明", url="/code/7", message="13800000007")

    columns = {column["name"] for column in inspect(db.engine).get_columns("script_error")}

    assert columns == {"module", "line", "engine", "engine_version", "count", "first_at", "last_at"}


@pytest.mark.one_database
def test_one_address_is_heard_a_few_times_and_all_together_not_without_end(app: Flask) -> None:
    of_one = [tell(app) for _ in range(12)]
    of_all = [tell(app, address=f"10.0.{n // 200}.{n % 200}") for n in range(90)]

    assert of_one.count(204) == 6 and set(of_one[6:]) == {429}
    assert of_all.count(429) >= 20


def test_the_table_cannot_be_filled(app: Flask) -> None:
    for number in range(MOST_ROWS + 20):
        count_script_error("app.js", number % 900 + 1, Engine("chromium", number % 7))

    assert db.session.scalar(select(func.count()).select_from(ScriptError)) == MOST_ROWS + 1
    assert ("", 0, "other", 0, 20) in rows()
    count_script_error("app.js", 1, Engine("chromium", 0))
    assert ("app.js", 1, "chromium", 0, 2) in rows()  # what is known is counted on


def test_what_has_not_happened_for_long_is_forgotten(app: Flask) -> None:
    count_script_error("app.js", 1, Engine("chromium", 64))
    clock.move(timedelta(days=settings.script_error_keep_days + 1))
    count_script_error("app.js", 2, Engine("chromium", 64))

    drop_old_script_errors()

    assert [row[1] for row in rows()] == [2]


@pytest.mark.one_database
def test_the_system_administrator_reads_them_and_nobody_else(app: Flask) -> None:
    tell(app, agent=IPHONE)
    keeper, reviewer = Browser(app), Browser(app)
    make_staff("keeper", (Role.sysadmin,))
    make_staff("reviewer")
    sign_in_staff(keeper, "keeper")
    sign_in_staff(reviewer, "reviewer")

    page = keeper.get("/bureau/script-errors")

    assert "code/live-state.js" in page.text and "webkit 13" in page.text
    assert keeper.get("/bureau").all("a", href="/bureau/script-errors")
    reviewer.get("/bureau/script-errors", expect=403)
