"""The way to the home screen: fit for this browser, said once, gone when waved away, and readable without script."""

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from app.help.service import load_help_texts
from app.home.install_hint import Hint, hint_for
from app.regions.service import load_regions
from tests.kit.chromium import phone, serve
from tests.kit.client import Browser
from tests.kit.visitors import activated_browser, cookies_of

pytestmark = pytest.mark.one_database

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1"
WECHAT = IPHONE.replace("Version/18.0", "MicroMessenger/8.0.50(0x1800323d)")
ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
COMPUTER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


@pytest.fixture(autouse=True)
def bureau(app: Flask) -> None:
    load_regions()
    load_help_texts()


def test_each_browser_is_told_its_own_way(subtests: pytest.Subtests) -> None:
    for user_agent, hint in ((IPHONE, Hint.iphone), (WECHAT, Hint.wechat), (ANDROID, Hint.android), (COMPUTER, Hint.computer)):
        with subtests.test(user_agent=user_agent, hint=hint):
            assert hint_for(user_agent) is hint


def test_the_hint_stands_on_the_first_page_and_leads_to_the_help(subtests: pytest.Subtests, app: Flask) -> None:
    browser = activated_browser(app)

    for user_agent, words in ((IPHONE, "添加到主屏幕"), (WECHAT, "在浏览器打开"), (ANDROID, "不用下载软件")):
        with subtests.test(user_agent=user_agent, words=words):
            browser.http.environ_base["HTTP_USER_AGENT"] = user_agent

            page = browser.get("/")

            assert words in page.text
            help_page = next(n.attrs["href"] for n in page.all("a") if n.attrs.get("href", "").startswith("/help/home-screen#"))
            anchor = help_page.split("#")[1]
            assert browser.get(help_page).all("h2", id=anchor)


def test_nobody_is_asked_before_there_is_a_code_to_show(app: Flask) -> None:
    assert "install-hint" not in Browser(app).get("/").html


def test_waved_away_it_never_comes_back(app: Flask) -> None:
    browser = activated_browser(app)
    browser.get("/")

    assert "不用了" not in browser.post("/install-hint/dismissal").text
    assert "不用了" not in browser.get("/").text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_where_the_browser_can_ask_the_link_lets_it(app: Flask, chromium: Chromium) -> None:
    """Chromium's own event, as a headless one does not send it; the browser's dialog is the edge."""
    with serve(app) as address, phone(chromium, service_workers="block") as context:
        context.add_cookies(cookies_of(activated_browser(app), address))
        page = context.new_page()
        page.goto(address + "/")
        hint = page.locator("[data-enhance=install-hint][data-is-ready]")
        hint.wait_for()
        page.evaluate(
            """() => {
                const event = new Event("beforeinstallprompt", { cancelable: true });
                event.prompt = () => { window.asked = true; return Promise.resolve(); };
                event.userChoice = Promise.resolve({ outcome: "accepted" });
                window.dispatchEvent(event);
                window.wasKeptQuiet = event.defaultPrevented;
            }"""
        )
        with page.expect_response("**/install-hint/dismissal"):
            page.get_by_role("link", name="添加到桌面").click()

        assert page.evaluate("[asked, wasKeptQuiet]") == [True, True]
        expect(hint).to_have_count(0)
        page.reload()
        expect(page.locator(".install-hint")).to_have_count(0)
