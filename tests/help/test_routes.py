import re

import pytest
from sqlalchemy import delete

from app.core.db import db, transaction
from app.help.models import HelpKind, HelpText
from app.help.queries import get_text
from app.scanning.reasons import BY_HELP_NUMBER
from tests.kit.client import Browser, Page

pytestmark = pytest.mark.one_database

SEEDS_DAY = "2023 年 9 月 20 日"
HOTLINES = {  # S44-S51
    "2208900",
    "2902803",
    "2551709",
    "3120236",
    "5225856",
    "6064883",
    "6205377",
    "7250031",
}
PATHS = [
    "/help",
    "/help?q=挂失",
    "/help/guides",
    *[f"/help/guides/{channel}" for channel in ("this-system", "app", "alipay", "wechat", "bank", "xian")],
    "/help/faq",
    "/help/lost-phone",
    "/help/no-phone",
    "/help/scan-refused",
    "/help/contradictions",
    "/help/P-06",
    "/help/P-51",
]


def _dialled(page: Page) -> list[str]:
    return [a.attrs["href"].removeprefix("tel:") for a in page.all("a") if a.attrs.get("href", "").startswith("tel:")]


def _found(page: Page) -> list[str]:
    return [a.attrs["href"] for a in page.all("a", class_="row-link")] or [
        a.attrs["href"] for a in page.all("a") if a.attrs.get("class") == "row-link"
    ]


def test_every_page_answers_and_has_the_hotline_one_tap_away(reader: Browser) -> None:
    for path in PATHS:
        page = reader.get(path)

        assert _dialled(page), path
        assert "国家医保服务平台" in page.text, f"{path}: does not say what it is not"


def test_texts_say_when_they_were_last_checked(reader: Browser) -> None:
    assert f"核对于 {SEEDS_DAY}" in reader.get("/help/guides/wechat").text
    assert "还没有人核对过" in reader.get("/help/guides/xian").text
    assert "核对于" in reader.get("/help/P-08").text


def test_all_eight_hotlines_can_be_tapped(reader: Browser) -> None:
    page = reader.get("/help/hotlines")

    rows = {href.removeprefix("tel:+86838") for href in _found(page)}
    assert rows == HOTLINES
    assert page.text.count(f"核对于 {SEEDS_DAY}") == 8
    assert "经开区" in page.text


def test_the_chosen_region_comes_first(reader: Browser) -> None:
    page = reader.get("/help/hotlines?region=510682")

    assert _found(page)[0] == "tel:+868386064883"
    assert page.one("option", value="510682").attrs.get("selected") is not None
    assert {href.removeprefix("tel:+86838") for href in _found(page)} >= HOTLINES


def test_an_unknown_region_counts_as_none(subtests: pytest.Subtests, reader: Browser) -> None:
    for region in ("999999", "", "x' OR 1=1", "5106820" * 20):
        with subtests.test(region=region):
            page = reader.get("help.list_hotlines", region=region)

            assert len(_found(page)) == 8


def test_the_region_goes_along_from_page_to_page(reader: Browser) -> None:
    page = reader.get("/help/P-08?region=510682")

    assert "+868386064883" in _dialled(page)
    assert any("region=510682" in a.attrs.get("href", "") for a in page.all("a"))


def test_people_find_it_by_their_own_words(subtests: pytest.Subtests, reader: Browser) -> None:
    for words, address in (
        ("电子医保卡怎么激活", "/help/faq#how-to-activate"),
        ("儿童可以用吗", "/help/faq#can-children-use-it"),
        ("手机丢了", "/help/lost-phone"),
        ("关怀版", "/help/faq#elder-mode"),
        ("电子社保卡", "/help/faq#medical-or-social-card"),
        ("P-06-482917", "/help/P-06"),
    ):
        with subtests.test(words=words, address=address):
            page = reader.get("help.show_index", q=words)

            assert address in _found(page)[:2]
            assert page.one("input", name="q").attrs["value"] == words


def test_nothing_found_says_so_and_whom_to_call(reader: Browser) -> None:
    page = reader.get("help.show_index", q="天宫课堂<b>")

    assert "没有找到" in page.text
    assert "<b>" not in page.html
    assert _dialled(page)


def test_what_was_searched_is_not_kept(reader: Browser) -> None:
    page = reader.get("help.show_index", q="手机丢了")

    assert page.response.headers["Cache-Control"] == "no-store"


def test_other_pages_are_kept_for_a_few_seconds_by_this_browser_alone(reader: Browser) -> None:
    page = reader.get("/help/guides/app")

    assert "max-age=5" in page.response.headers["Cache-Control"]
    assert "private" in page.response.headers["Cache-Control"]
    assert "Cookie" in page.response.headers["Vary"]


def test_a_foreign_channel_says_that_it_is_one(reader: Browser) -> None:
    foreign = reader.get("/help/guides/alipay")
    ours = reader.get("/help/guides/this-system")

    assert "这是别家的入口，本系统不代为激活。" in foreign.text
    assert "这是别家的入口" not in ours.text
    assert "激活只能本人来做" in foreign.text and "激活只能本人来做" in ours.text
    assert foreign.all("ol")


def test_every_question_can_be_linked_to(reader: Browser) -> None:
    page = reader.get("/help/faq")

    headings = {node.attrs["id"] for node in page.all("h2") if "id" in node.attrs}
    assert {href.removeprefix("#") for href in _found(page)} <= headings
    assert len(headings) > 25


def test_every_reason_has_its_page(reader: Browser) -> None:
    for number, reason in BY_HELP_NUMBER.items():
        page = reader.get(f"/help/P-{number}")

        assert reason.message in page.text and reason.next in page.text, number
        assert "窗口怎么办" in page.text and "打给谁" in page.text, number


def test_the_whole_code_shows_the_same_explanation(reader: Browser) -> None:
    def words(page: Page) -> str:
        return re.sub(r"\s+", " ", page.one("main").text)

    assert words(reader.get("/help/P-06-482917")) == words(reader.get("/help/P-06")) == words(reader.get("/help/p-06"))


def test_what_there_is_not_is_404_with_a_way_on(subtests: pytest.Subtests, reader: Browser) -> None:
    for path in ("/help/P-17", "/help/P-00", "/help/P-99", "/help/P-6", "/help/P-06-12", "/help/guides/nowhere", "/help/x"):
        with subtests.test(path=path):
            reader.get(path, expect=404)


def test_a_reason_is_explained_even_before_texts_are_loaded(browser: Browser) -> None:
    page = browser.get("/help/P-06")

    assert BY_HELP_NUMBER["06"].message in page.text


def test_an_edit_by_staff_shows_at_once_and_without_html(reader: Browser) -> None:
    reader.get("/help/no-phone")

    with transaction():
        get_text(HelpKind.page, "no-phone").body = "请到 3 号窗口。<script>alert(1)</script>"

    page = reader.get("/help/no-phone")
    assert "请到 3 号窗口。" in page.text
    assert "<script>alert" not in page.html


def test_a_reader_of_english_finds_and_reads_in_english(reader: Browser) -> None:
    reader.http.set_cookie("language", "en")

    found = reader.get("help.show_index", q="I lost my phone")
    page = reader.get("/help/lost-phone")

    assert next(n.attrs["href"] for n in found.all("a", class_="row-link")).startswith("/help/lost-phone")
    assert page.one("html").attrs["lang"] == "en"
    assert page.one("h1").text == "I lost my phone"


def test_a_text_nobody_has_translated_says_so(reader: Browser) -> None:
    with transaction():
        db.session.execute(delete(HelpText).where(HelpText.slug == "lost-phone", HelpText.language == "en"))
    reader.http.set_cookie("language", "en")

    page = reader.get("/help/lost-phone")

    assert "not been translated" in page.text
    assert "先做这一件事" in page.one("div", lang="zh-CN").text
