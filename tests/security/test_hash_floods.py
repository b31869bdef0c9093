"""A flood of strangers' sign-ins wants processor, memory and threads: few are hashed at once, the rest hear 503."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import slow_hash
from app.core.db import db
from app.core.errors import DomainError
from app.core.guesses import GuessCounter
from app.core.slow_hash import hash_place
from app.credentials import service
from tests.credentials.holders import PIN, make_holder
from tests.kit.at_once import at_once, named
from tests.kit.client import Browser
from tests.kit.staff import make_staff, sign_in_staff
from tests.scanning.desk import change_settings


@contextmanager
def strangers_hashing(app: Flask, count: int) -> Iterator[None]:
    """So many sign-ins of strangers that take their time."""
    begun, over = threading.Barrier(count + 1), threading.Event()

    def keep() -> None:
        with app.app_context(), hash_place(is_stranger=True):
            begun.wait()
            over.wait()

    threads = [threading.Thread(target=keep) for _ in range(count)]
    for thread in threads:
        thread.start()
    begun.wait()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.fixture(autouse=True)
def two_places_and_no_patience(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    change_settings(app, hashes_at_once=2)
    monkeypatch.setattr(slow_hash, "WAIT_SECONDS", 0.05)


def test_a_sign_in_nobody_can_look_at_is_told_so_and_counts_as_no_guess(app: Flask, browser: Browser) -> None:
    make_staff()

    with strangers_hashing(app, 1):
        for where in ("/bureau/sign-in", "/desk/sign-in"):
            browser.get(where)
            page = browser.post(where, {"username": "reviewer", "password": "wrong but long enough"}, expect=503)
            assert "系统忙不过来" in page.text and "刚才那次不算" in page.text
            assert page.response.headers["Retry-After"] == "3"

    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(GuessCounter)) == 0
    assert sign_in_staff(browser).response.request.path == "/bureau"


def test_strangers_do_not_keep_out_who_signs_in_where_they_always_do(app: Flask, browser: Browser) -> None:
    make_staff()
    sign_in_staff(browser)
    browser.post("/bureau/sign-out")

    with strangers_hashing(app, 1):
        assert sign_in_staff(browser).response.request.path == "/bureau"


def test_strangers_never_take_the_place_of_who_is_signed_in(app: Flask) -> None:
    device = make_holder().device

    with strangers_hashing(app, 1):
        assert service.try_display_pin(device, PIN).ok


def test_of_many_at_once_few_wait_and_the_rest_are_refused_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_hash, "WAIT_SECONDS", 30.0)
    all_refused = threading.Event()
    refused: list[DomainError] = []

    def knock() -> Any:
        try:
            with hash_place(is_stranger=True):
                all_refused.wait(30)
                return "in"
        except DomainError as refusal:
            refused.append(refusal)
            if len(refused) == 17:
                all_refused.set()
            raise

    answers = named(at_once(app, [knock] * 20))

    assert sorted(answers) == ["busy"] * 17 + ["in"] * 3, "one is at it, two wait"


def test_a_place_is_free_again_after_a_failure(app: Flask) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), hash_place(is_stranger=True):
            1 / 0  # noqa: B018

    with hash_place(is_stranger=True), hash_place():
        pass
