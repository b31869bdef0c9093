"""An empty field is no guess: it tells nothing and uses nobody's tries up."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.credentials.models import DisplayPin
from app.credentials.service import try_display_pin
from tests.credentials.holders import PIN, make_holder
from tests.family.story import begin, holder
from tests.kit.client import Browser


def failures() -> int:
    db.session.rollback()
    return db.session.scalars(select(DisplayPin.failures)).one()


def test_what_is_no_pin_at_all_is_no_guess(app: Flask, subtests: pytest.Subtests) -> None:
    device = make_holder().device
    for typed in ("", " ", "\u3000\u200b", "\u202d\u202c", "12345", "1234567", "abcdef", "\ufdfa" * 5000):
        with subtests.test(typed=typed[:10]):
            result = try_display_pin(device, typed)

            assert not result.ok and result.unread and result.locked_until is None
            assert failures() == 0
    assert try_display_pin(device, f"\u202d{PIN}\u202c").ok


def test_empty_pins_on_the_family_page_do_not_lock_the_holder_out(app: Flask) -> None:
    browser: Browser = holder(app)
    for _ in range(6):
        page = begin(browser, pin="", expect=422)
        assert "请输入六位数字" in page.text and "还可以再试" not in page.text

    assert failures() == 0
    begin(browser)
