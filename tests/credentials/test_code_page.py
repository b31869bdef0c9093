"""The code page as a phone has it, in a real Chromium: the script draws, the server verifies, the picture decodes."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update

from app.core import clock
from app.core.db import db, transaction
from app.credentials import service
from app.credentials.code_format import Code, parse_code
from app.credentials.keyring import keyring
from app.credentials.models import Presentation
from tests.credentials.holders import PIN, Holder, make_holder
from tests.kit.chromium import phone, wait_for_script, wait_until
from tests.kit.databases import Databases

HIDE = """(hidden) => {
  Object.defineProperty(document, "visibilityState", {value: hidden ? "hidden" : "visible", configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


# What the status said, and whether 不是我 was offered with it; each time something changed on the page.
LISTEN = """() => {
  window.heard = [];
  const note = () => heard.push([
    document.querySelector("[data-status]").textContent,
    [...document.querySelectorAll("a")].some((link) => link.textContent.includes("不是我") && link.checkVisibility()),
  ]);
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The script does not know which database answers; the pages' own tests run on both."""
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def holder(app: Flask) -> Holder:
    return make_holder()


@pytest.fixture
def open_phone(app: Flask, chromium: Browser, live_server: str, holder: Holder) -> Callable[..., object]:
    @contextmanager
    def opened(**changes: object) -> Iterator[Page]:
        with phone(chromium, base_url=live_server, **changes) as context:
            _sign_in(context, app, live_server, holder)
            page = context.new_page()
            errors: list[object] = []
            page.on("pageerror", lambda error: errors.append(error))
            page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
            yield page
            assert not errors

    return opened


def _sign_in(context: BrowserContext, app: Flask, url: str, holder: Holder) -> None:
    context.add_cookies([{"name": "pz", "value": holder.cookie_value(app), "domain": urlsplit(url).hostname, "path": "/"}])


def _period(app: Flask, seconds: int) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], code_period_seconds=seconds)


def _unlock(page: Page, pin: str = PIN) -> None:
    page.goto("/code")
    wait_for_script(page)
    page.get_by_label("展码密码").fill(pin)
    page.get_by_role("button", name="出示医保码").click()


def _picture(page: Page):
    return page.get_by_role("img", name=re.compile("^医保码"))


def _code(page: Page) -> str:
    expect(_picture(page)).to_be_visible()
    return _picture(page).get_attribute("data-code") or ""


def _next_code(page: Page, after: str) -> str:
    expect(_picture(page)).not_to_have_attribute("data-code", after)
    return _code(page)


def _is_accepted(digits: str) -> bool:
    code = parse_code(digits)
    assert isinstance(code, Code)
    return keyring.is_genuine(code, clock.timestamp()) and -30 <= clock.timestamp() - code.issued_at <= 60


def _stand_still(app: Flask) -> None:
    """The code changes only when something happens to it, however long the test takes to look."""
    _period(app, 3600)


def _read(page: Page) -> str:
    """What a scanner reads from a code that stands still."""
    image = Image.open(io.BytesIO(_picture(page).screenshot()))
    found = zxingcpp.read_barcodes(image)
    assert len(found) == 1
    return str(found[0].text)


def _use(handle: str, issued_at: int) -> None:
    with transaction():
        db.session.execute(update(Presentation).where(Presentation.handle == handle).values(last_used=issued_at))


def test_the_phone_draws_its_own_codes_and_the_server_accepts_them(app: Flask, open_phone, holder: Holder) -> None:
    _period(app, 2)
    with open_phone() as page:
        asked: list[str] = []
        _unlock(page)
        first = _code(page)
        page.on("request", lambda request: asked.append(request.url))

        drawn = [first]
        for _ in range(3):
            assert _is_accepted(drawn[-1])
            drawn.append(_next_code(page, drawn[-1]))

        assert page.url.endswith("/code")
        assert len({code[2:22] for code in drawn}) == 1
        assert _is_accepted(drawn[-1])
        assert len(set(drawn)) == 4
        assert all("/code/state?of=" in url for url in asked), asked
        expect(page.locator("[data-seconds]")).to_have_text(re.compile(r"^[012]$"))


def test_the_code_goes_on_without_a_network_and_says_so(app: Flask, open_phone, holder: Holder) -> None:
    _period(app, 2)
    with open_phone() as page:
        _unlock(page)
        first = _code(page)
        page.context.set_offline(True)

        expect(page.get_by_role("status")).to_have_text("无网络，可正常出示")
        second = _next_code(page, first)
        assert _is_accepted(second)
        page.get_by_role("link", name="暂停").click()
        assert _read(page) == _code(page)

        page.context.set_offline(False)
        expect(page.get_by_role("status")).to_have_text("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_read_from_a_screenshot(app: Flask, open_phone, scheme: str) -> None:
    _stand_still(app)
    with open_phone(color_scheme=scheme) as page:
        _unlock(page)

        assert _read(page) == _code(page)
        box = _picture(page).bounding_box()
        assert box["width"] >= 226 or box["width"] >= 390 - 32  # 60 mm, or the full width
        assert box["y"] + box["height"] < 844


def test_without_script_the_page_renews_itself(app: Flask, open_phone) -> None:
    _period(app, 1)
    with open_phone(java_script_enabled=False) as page:
        _unlock(page)
        first = _code(page)

        expect(_picture(page)).not_to_have_attribute("data-code", first)
        assert _is_accepted(_code(page))

        page.get_by_role("link", name="暂停").click()
        expect(page.get_by_role("link", name="继续更新")).to_be_visible()
        paused = _code(page)
        assert _read(page) == paused
        assert "http-equiv" not in page.content(), "a paused page does not renew itself"
        page.get_by_role("link", name="刷新").click()
        expect(page.get_by_role("link", name="暂停")).to_be_visible()
        assert "http-equiv" in page.content()


def test_a_second_tab_shares_the_key_and_both_go_on(app: Flask, open_phone) -> None:
    _period(app, 2)
    with open_phone() as first:
        _unlock(first)
        handle = _code(first)[2:22]
        second = first.context.new_page()
        second.goto("/code")
        assert _code(second)[2:22] == handle

        service_answers: list[str] = []
        second.on("request", lambda request: service_answers.append(request.url))
        code = _code(second)
        _next_code(second, code)
        _next_code(first, _code(first))

        assert not any(url.endswith("/code") for url in service_answers)
        assert _code(first)[2:22] == _code(second)[2:22] == handle


def test_after_a_reload_the_server_draws(app: Flask, open_phone) -> None:
    _period(app, 2)
    with open_phone() as page:
        _unlock(page)
        handle = _code(page)[2:22]
        page.reload()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))

        code = _code(page)
        assert _is_accepted(_next_code(page, code))

        assert code[2:22] == handle
        assert any(url.endswith("/code") for url in asked)


def test_a_used_code_makes_room_for_the_next(app: Flask, open_phone) -> None:
    """The news stands for eight seconds, so the page itself writes down what it said. The code that was scanned was drawn just now:
    one drawn before the typed number was issued would leave that number alone."""
    _stand_still(app)
    with open_phone() as page:
        _unlock(page)
        code = _code(page)
        typed = page.locator("[data-typed]").text_content()
        page.evaluate(LISTEN)
        used = int(clock.timestamp())

        _use(code[2:22], used)

        after = _next_code(page, code)
        assert int(after[22:32]) > used >= int(code[22:32])
        wait_until(page, "() => heard.some(([words, mayDeny]) => words.includes('刚才已被扫描') && mayDeny)")
        expect(page.locator("[data-typed]")).not_to_have_text(typed or "")


def test_paper_says_that_it_is_not_the_code(open_phone) -> None:
    with open_phone() as page:
        _unlock(page)
        _code(page)

        page.emulate_media(media="print")

        expect(page.locator("[data-code]")).to_be_hidden()
        expect(page.get_by_text("打印出来不能用")).to_be_visible()


@pytest.mark.parametrize("how", ["frozen", "ended", "session"])
def test_what_ends_on_the_server_ends_on_the_phone(open_phone, holder: Holder, how: str) -> None:
    with open_phone() as page:
        _unlock(page)
        handle = _code(page)[2:22]

        if how == "frozen":
            service.freeze_credential(holder.credential, by="staff:1")
            expect(page.get_by_role("heading", level=1)).to_have_text("医保码已挂失")
        elif how == "ended":
            service.open_presentation(holder.credential, holder.device, holds=None, wants_key=True)
            expect(_picture(page)).to_have_attribute("data-code", re.compile(rf"^8[01](?!{handle})\d{{59}}$"))
        else:
            with transaction():
                holder.session.ended_at = clock.now()
            page.wait_for_url("**/sign-in**")


def test_five_minutes_in_the_background_lock(open_phone) -> None:
    with open_phone() as page:
        page.clock.install()
        _unlock(page)
        _code(page)
        page.evaluate(HIDE, True)
        clock.move(timedelta(minutes=5, seconds=1))
        page.clock.fast_forward(301_000)

        expect(page.get_by_label("展码密码")).to_be_visible()
        expect(_picture(page)).to_have_count(0)


def test_a_short_look_elsewhere_does_not_lock(app: Flask, open_phone) -> None:
    _stand_still(app)
    with open_phone() as page:
        _unlock(page)
        code = _code(page)
        page.evaluate(HIDE, True)
        page.evaluate(HIDE, False)

        assert _code(page) == code
        expect(page.get_by_label("展码密码")).to_have_count(0)


def test_it_is_locked_by_hand_in_all_tabs(open_phone) -> None:
    with open_phone() as page:
        _unlock(page)
        _code(page)
        other = page.context.new_page()
        other.goto("/code")
        _code(other)

        page.get_by_role("button", name="锁上").click()

        expect(page.get_by_label("展码密码")).to_be_visible()
        expect(other.get_by_label("展码密码")).to_be_visible()


def test_a_phone_whose_clock_is_an_hour_wrong_draws_right_codes(app: Flask, open_phone) -> None:
    _period(app, 2)
    with open_phone() as page:
        page.add_init_script("const real = Date.now; Date.now = () => real() + 3600000;")
        _unlock(page)

        assert _is_accepted(_next_code(page, _code(page)))


def test_a_wrong_pin_five_times(open_phone) -> None:
    with open_phone() as page:
        _unlock(page, "999990")
        for left in (4, 3, 2, 1):
            expect(page.get_by_role("alert").first).to_contain_text(f"还可以试 {left} 次")
            page.get_by_label("展码密码").fill("999990")
            page.get_by_role("button", name="出示医保码").click()

        expect(page.get_by_role("alert").first).to_contain_text("输错太多次")
        expect(_picture(page)).to_have_count(0)


def test_no_network_at_the_unlock_is_said_in_a_sentence(open_phone) -> None:
    with open_phone() as page:
        page.goto("/code")
        wait_for_script(page)
        page.get_by_label("展码密码").fill(PIN)
        page.context.set_offline(True)
        page.get_by_role("button", name="出示医保码").click()
        expect(page.locator("[data-lock-error]")).to_contain_text("请到有信号的地方")

        page.context.set_offline(False)
        page.get_by_role("button", name="出示医保码").click()
        assert _is_accepted(_code(page))


def test_it_can_be_paused_and_refreshed(app: Flask, open_phone) -> None:
    _period(app, 1)
    with open_phone() as page:
        page.clock.install()
        _unlock(page)
        page.get_by_role("link", name="暂停").click()
        code = _code(page)
        clock.move(timedelta(seconds=3))  # the server's too: the page may hear from it meanwhile, and set its own by it
        page.clock.run_for(2500)
        assert _code(page) == code

        page.get_by_role("link", name="刷新").click()
        _next_code(page, code)
        page.get_by_role("link", name="继续更新").click()
        _next_code(page, _code(page))
