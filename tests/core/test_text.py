"""Texts that no database should be asked to hold."""

import pytest
from flask import Flask

from app.regions.service import load_regions
from tests.kit.client import Browser

pytestmark = pytest.mark.one_database


def test_no_page_has_a_nul_in_its_address(subtests: pytest.Subtests, app: Flask) -> None:
    load_regions()

    for path in ("/help/%00", "/help/guides/%00", "/family/invitations/%00"):
        with subtests.test(path=path):
            Browser(app).get(path, expect=404)


def test_a_nul_in_a_query_or_a_form_is_refused(app: Flask) -> None:
    load_regions()
    browser = Browser(app)

    browser.get("/sign-in?next=%00", expect=400)
    browser.get("/bureau/sign-in")
    browser.post("/bureau/sign-in", {"username": "a\0b", "password": "x"}, expect=400)
