"""Legal texts: the Chinese one binds, translations of the same version stand beside it."""

import re

import pytest
from flask import Flask
from flask_babel import force_locale

from app.accounts.models import ConsentPurpose
from app.accounts.notice_text import read_notice
from app.accounts.notice_words import NOTICES, in_words
from app.accounts.queries import find_notice
from app.accounts.service import load_notices
from app.core.db import transaction
from tests.kit.catalogs import CHINESE_MARKS, HAN, TRANSLATED, simplified
from tests.kit.client import Browser

FILES = sorted(NOTICES.glob("*.md"))


def test_every_notice_is_there_in_each_language_in_the_same_version(subtests: pytest.Subtests) -> None:
    for locale in TRANSLATED:
        for path in FILES:
            with subtests.test(locale=locale, path=path):
                text = (NOTICES / locale / path.name).read_text()
                source, translated = read_notice(path.read_text()), read_notice(text)

                assert (translated.purpose, translated.version) == (source.purpose, source.version)
                assert len(re.findall("^## ", translated.body, re.M)) == len(re.findall("^## ", source.body, re.M))
                assert (re.findall(f"{HAN}|[{CHINESE_MARKS}]", text) if locale == "en" else simplified(text)) == []


def test_a_reader_of_english_sees_the_translation_and_the_binding_text(app: Flask, browser: Browser) -> None:
    load_notices()
    browser.http.set_cookie("language", "en")

    page = browser.get("/notices/face-check")

    assert page.one("h1").text == "Separate consent to the face check"
    assert "You may decline this one" in page.text
    assert "这一项可以不同意" in page.text


def test_a_version_nobody_has_translated_is_shown_in_chinese(app: Flask) -> None:
    load_notices()
    with transaction():
        notice = find_notice(ConsentPurpose.face_check)
        assert notice is not None
        notice.translations.clear()

    with force_locale("en"):
        assert in_words(notice) is notice
