"""Which language a page speaks, and how it says days and moments."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from app.core.display import day, moment
from app.core.locale import select_locale
from tests.kit.client import Browser

pytestmark = pytest.mark.one_database


def test_a_browser_is_answered_in_the_first_language_of_its_wish_that_is_spoken(subtests: pytest.Subtests) -> None:
    for wish, spoken in (
        ("", "zh_Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("zh-SG", "zh_Hans"),
        ("zh-TW", "zh_Hant"),
        ("zh-HK,zh;q=0.9", "zh_Hant"),
        ("zh-MO", "zh_Hant"),
        ("zh-Hant-HK", "zh_Hant"),
        ("zh-Hant", "zh_Hant"),
        ("yue-HK", "zh_Hant"),
        ("en-GB", "en"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "en"),
        ("en;q=0.1, zh-TW;q=0.9", "zh_Hant"),
        ("en;q=0, fr", "zh_Hans"),
        ("*", "zh_Hans"),
        ("not a header, at;all,,;q=x", "zh_Hans"),
    ):
        with subtests.test(wish=wish, spoken=spoken), Flask("pages").test_request_context("/", headers={"Accept-Language": wish}):
            assert select_locale() == spoken


def test_a_chosen_language_wins_over_the_browsers_and_stays(browser: Browser) -> None:
    page = browser.get("/")
    assert page.one("html").attrs["lang"] == "zh-CN"

    chosen = browser.post("/language", {"language": "en", "next": "/sign-in"})

    assert (chosen.response.request.path, chosen.one("html").attrs["lang"]) == ("/sign-in", "en")
    assert browser.get("/").one("html").attrs["lang"] == "en"
    marked = [n.text for n in browser.get("/").all("button", name="language") if n.attrs.get("aria-current")]
    assert marked == ["English"]


def test_nobody_is_led_away_by_a_choice(browser: Browser) -> None:
    browser.get("/")

    page = browser.post("/language", {"language": "klingon", "next": "//elsewhere.example/"})

    assert (page.response.request.path, page.one("html").attrs["lang"]) == ("/", "zh-CN")


def test_the_api_speaks_chinese_whatever_the_caller_wishes(app: Flask) -> None:
    answer = app.test_client().post("/api/v1/ec/query", headers={"Accept-Language": "en"}, data="x", content_type="text/plain")

    assert answer.json is not None
    assert "请" in answer.json["next"]


def test_kept_pages_are_kept_for_one_language(app: Flask) -> None:
    client = app.test_client()

    answers = [client.get(path) for path in ("/help", "/manifest.webmanifest")]

    assert all({"Cookie", "Accept-Language"} <= set(answer.vary) for answer in answers)


def test_the_manifest_speaks_the_chosen_language_and_the_worker_is_one_for_all(browser: Browser) -> None:
    """Another worker for another language would take over while a page is being fetched, which WebKit answers with an error."""
    workers = []
    for language in ("zh_Hant", "en"):
        browser.http.set_cookie("language", language)
        workers.append(browser.http.get("/sw.js").data)
    manifest = browser.http.get("/manifest.webmanifest?lang=en").get_json()

    assert workers[0] == workers[1]
    assert manifest["lang"] == "en"


def test_days_and_moments_are_said_as_the_reader_says_them(app: Flask) -> None:
    at = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)

    with force_locale("en"):
        english = day(date(2026, 11, 2)), moment(at)
    with force_locale("zh_Hant"):
        chinese = day(date(2026, 11, 2)), moment(at)

    assert english == ("2 November 2026", "24 November 2025, 17:00")
    assert chinese == ("2026 年 11 月 2 日", "2025 年 11 月 24 日 17:00")
