"""SQLite has one writer at a time: who waits for it in vain hears so in a sentence, and loses nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from app.core import clock
from app.core.db import db
from app.credentials.service import unlock_code
from app.messages.models import DemoSms
from tests.kit.client import Browser
from tests.scanning.desk import assert_refused, make_desk, make_telephone

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def another_writes(app: Flask) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Another process, in the middle of a long merge. Here nobody waits as long for it as in production."""

    def wait_briefly(dbapi: Any, *_: object) -> None:
        dbapi.execute("PRAGMA busy_timeout=10")

    event.listen(db.engine, "checkout", wait_briefly)

    @contextmanager
    def holding_the_lock() -> Iterator[None]:
        other = sqlite3.connect(db.engine.url.database or "", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()

    yield holding_the_lock
    event.remove(db.engine, "checkout", wait_briefly)  # the engine outlives this test


def test_a_form_that_cannot_be_kept_is_refused_and_can_be_sent_again(
    browser: Browser, another_writes: Callable[[], AbstractContextManager[None]]
) -> None:
    browser.get("/sign-in")
    form = {"phone": "13800000001", "step": "code"}

    with another_writes():
        page = browser.post("/sign-in", form, expect=503)

    assert page.response.headers["Retry-After"] == "5"
    assert "现在连不上医保局的系统" in page.text and "过几分钟再试" in page.text
    assert db.session.scalar(select(func.count()).select_from(DemoSms)) == 0
    browser.get("/sign-in")
    browser.post("/sign-in", form)
    assert db.session.scalar(select(func.count()).select_from(DemoSms)) == 1


def test_the_code_page_and_the_desk_are_told_to_come_again(
    app: Flask, another_writes: Callable[[], AbstractContextManager[None]]
) -> None:
    desk, telephone = make_desk(app), make_telephone()
    phone = Browser(app).http
    telephone.holder.sign_in(phone)
    unlock_code(telephone.holder.session, telephone.holder.credential)
    address = f"/code/state?of={telephone.holder.credential.id}"
    shown = phone.get(address).json
    clock.move(timedelta(seconds=91))  # the number under the code is due, so that this poll must write
    request = desk.request(telephone.draw())

    with another_writes():
        polled, scanned = phone.get(address), desk.send(request)

    assert (polled.status_code, polled.headers["Retry-After"]) == (503, "5")
    assert_refused(scanned, 2010)
    assert desk.send(request).json["code"] == 0
    again = phone.get(address)
    assert again.status_code == 200 and again.json["typed"] != shown["typed"]
