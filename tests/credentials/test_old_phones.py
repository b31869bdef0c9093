"""The code on phones of years ago, and on any when a script of ours fails: it is renewed, and nothing untrue is said."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from app.core.db import db
from app.script_errors.queries import list_script_errors
from tests.credentials.holders import Holder, make_holder
from tests.credentials.phones import code_on, is_accepted, lock_error, next_code, prepare_offline, sign_in_phone, type_pin, unlock
from tests.kit.chromium import phone, wait_for_script
from tests.kit.databases import Databases

# What Chromium 64 to 91 and iOS 13 lack, as far as it can be taken away.
OF_YEARS_AGO = """() => {
  delete AbortSignal.timeout;
  delete Array.prototype.at;
  delete Element.prototype.replaceChildren;
  delete Element.prototype.toggleAttribute;
  delete String.prototype.replaceAll;
  for (const name of ["structuredClone", "BigInt", "AbortController", "BroadcastChannel"]) delete window[name];
  delete Navigator.prototype.locks;
}"""
NOTHING_IS_RENEWED = "**/static/*/js/enhance/code-page.js"
CONNECTION_LOST_ONCE = """() => {
  const real = IDBDatabase.prototype.transaction;
  let isLost = false;
  IDBDatabase.prototype.transaction = function (...how) {
    if (isLost) return real.apply(this, how);
    isLost = true;
    throw new DOMException("Connection to Indexed Database server lost. Refresh the page to try again", "UnknownError");
  };
}"""
STORE_UNREADABLE = """() => {
  IDBDatabase.prototype.transaction = () => { throw new DOMException("lost", "UnknownError"); };
}"""
DRAWING_FAILS = """() => {
  const real = SubtleCrypto.prototype.sign;
  SubtleCrypto.prototype.sign = function (...how) {
    return window.failsToDraw ? Promise.reject(new TypeError("no such thing here")) : real.apply(this, how);
  };
}"""


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The phone does not know which database answers."""
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def holder(app: Flask) -> Holder:
    return make_holder()


@pytest.fixture
def open_phone(app: Flask, chromium: Browser, live_server: str, holder: Holder) -> Callable[..., object]:
    @contextmanager
    def opened(script: str = "", **changes: object) -> Iterator[Page]:
        with phone(chromium, base_url=live_server, **changes) as context:
            sign_in_phone(context, app, live_server, holder)
            if script:
                context.add_init_script(f"({script})()")
            yield context.new_page()

    return opened


def _period(app: Flask, seconds: int) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], code_period_seconds=seconds)


def test_a_page_whose_scripts_never_come_renews_its_code_by_itself(app: Flask, open_phone: Callable[..., object]) -> None:
    _period(app, 3)
    with open_phone(service_workers="block") as page:
        unlock(page)
        page.route(NOTHING_IS_RENEWED, lambda route: route.abort())
        page.reload()
        first = code_on(page)

        second = next_code(page, first)

        assert is_accepted(second)
        assert page.locator("[data-is-ready].code-screen").count() == 0


def test_a_page_whose_script_cannot_be_read_renews_its_code_and_is_counted(app: Flask, open_phone: Callable[..., object]) -> None:
    _period(app, 3)

    def answer_with_what_this_engine_cannot_read(route: Route) -> None:
        route.fulfill(body="// one\nlet a ??!= 1;\n", content_type="text/javascript")

    with open_phone(service_workers="block") as page:
        unlock(page)
        page.route(NOTHING_IS_RENEWED, answer_with_what_this_engine_cannot_read)
        page.reload()
        first = code_on(page)

        second = next_code(page, first)

        assert is_accepted(second)
        db.session.rollback()
        found = [(each.module, each.line, each.engine) for each in list_script_errors()]
        assert found == [("enhance/code-page.js", 2, "chromium")]


def test_the_watchdog_leaves_a_page_alone_that_script_has_taken_over(app: Flask, open_phone: Callable[..., object]) -> None:
    _period(app, 2)
    with open_phone(service_workers="block") as page:
        unlock(page)
        page.reload()
        wait_for_script(page)
        page.evaluate("() => { window.isTheSame = true }")
        first = code_on(page)

        third = next_code(page, next_code(page, first))

        assert is_accepted(third)
        assert page.evaluate("() => window.isTheSame") is True


def test_a_phone_of_years_ago_draws_hears_and_is_not_called_offline(open_phone: Callable[..., object]) -> None:
    with open_phone(OF_YEARS_AGO, service_workers="block") as page:
        with page.expect_response(re.compile("/code/state")) as heard:
            digits = unlock(page)
        assert heard.value.status == 200
        with page.expect_response(re.compile("/code/state")):
            pass

        assert is_accepted(digits)
        assert page.locator("[data-status]").inner_text() == ""
        assert page.locator("[data-typed]").inner_text() != ""
        db.session.rollback()
        assert list_script_errors() == []


def test_a_fault_while_drawing_lets_the_server_draw_instead(app: Flask, open_phone: Callable[..., object]) -> None:
    _period(app, 3)
    with open_phone(DRAWING_FAILS, service_workers="block") as page:
        first = unlock(page)

        page.evaluate("() => { window.failsToDraw = true }")
        second = next_code(page, first)

        assert is_accepted(second)
        assert page.evaluate("() => window.failsToDraw") is None  # a page of its own
        assert page.locator("[data-status]").inner_text() == ""


def test_a_lost_connection_to_the_store_is_opened_anew(open_phone: Callable[..., object]) -> None:
    with open_phone() as page:
        prepare_offline(page)
        page.context.add_init_script(f"({CONNECTION_LOST_ONCE})()")
        page.goto("/offline/code")
        type_pin(page)

        assert is_accepted(code_on(page))


def test_a_store_that_cannot_be_read_is_not_called_empty(open_phone: Callable[..., object]) -> None:
    with open_phone(STORE_UNREADABLE) as page:
        page.goto("/offline/code")

        expect(lock_error(page)).to_contain_text("浏览器现在读不出这台手机存下的医保码")


def test_without_its_script_the_page_for_no_network_says_what_to_do(open_phone: Callable[..., object]) -> None:
    with open_phone(service_workers="block") as page:
        page.route("**/js/enhance/code-offline.js", lambda route: route.abort())
        page.goto("/offline/code")

        expect(page.get_by_text("离线出示要用到网页脚本，这里没有运行。")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_code_page_cannot_be_dragged_sideways(open_phone: Callable[..., object], width: int) -> None:
    with open_phone(service_workers="block", viewport={"width": width, "height": 844}) as page:
        unlock(page)

        heading = page.locator("h1").evaluate("(h1) => [h1.offsetWidth, document.documentElement.scrollWidth]")

        assert heading == [1, width]  # what only a voice reads is nowhere as wide as the page: WebKit would let it stick out
