from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.activation.models import ActivationDraft, DraftStep, Rebinding
from app.core import clock
from app.core.db import db, transaction
from app.regions.service import load_regions
from tests.kit.client import Browser, Page
from tests.kit.visitors import account_and_device, activated_browser, frozen_browser, signed_in_browser, unbound_browser

pytestmark = [pytest.mark.usefixtures("bureau"), pytest.mark.one_database]


@pytest.fixture
def bureau(app: Flask) -> None:
    load_regions()


def main_button(page: Page) -> tuple[str, str]:
    """Words and address of the one main action."""
    found = [n for n in page.nodes if "button-primary" in n.attrs.get("class", "")]
    assert len(found) == 1, [n.text for n in found]
    return " ".join(found[0].text.split()), found[0].attrs["href"]


def test_a_stranger_may_activate_sign_in_or_report_a_lost_phone(browser: Browser) -> None:
    page = browser.get("/")

    assert main_button(page) == ("激活医保码 约 2 分钟", "/activation")
    assert page.one("a", class_="button button-secondary").attrs["href"] == "/sign-in"
    assert any(n.attrs.get("href") == "/lost" and n.text.strip().startswith("手机丢失") for n in page.all("a"))


def test_whoever_has_no_code_yet_is_led_to_activation(app: Flask) -> None:
    page = signed_in_browser(app).get("/")

    assert main_button(page) == ("激活医保码 约 2 分钟", "/activation")
    assert "未激活" in page.text


def test_an_activation_under_way_goes_on(app: Flask) -> None:
    browser = signed_in_browser(app)
    account, device = account_and_device()
    with transaction():
        db.session.add(
            ActivationDraft(
                device_id=device.id,
                account_id=account.id,
                step=DraftStep.person,
                created_at=clock.now(),
                expires_at=clock.now() + timedelta(days=30),
            )
        )

    page = browser.get("/")

    assert main_button(page) == ("继续激活", "/activation")


def test_an_active_code_is_one_tap_away(app: Flask) -> None:
    page = activated_browser(app).get("/")

    assert main_button(page) == ("出示医保码", "/code")
    assert "李*" in page.text
    assert "李明" not in page.html
    assert "旌阳区" in page.text


def test_a_frozen_code_says_how_to_use_it_again_and_whom_to_call(app: Flask) -> None:
    page = frozen_browser(app).get("/")

    assert main_button(page) == ("恢复使用", "/recovery")
    assert "0838-2551709" in page.one("div", class_="notice notice-danger").text


def test_the_own_region_answers_the_telephone(app: Flask) -> None:
    page = activated_browser(app).get("/")

    assert page.one("a", class_="header-call").attrs["href"] == "tel:+868382551709"


def test_a_device_that_is_not_trusted_names_nobody(app: Flask) -> None:
    page = unbound_browser(app).get("/")

    assert "李" not in page.text
    assert "旌阳" not in page.text
    assert main_button(page) == ("核验本人，在本机使用", "/re-binding")


def test_a_device_that_waits_says_until_when(app: Flask) -> None:
    browser = unbound_browser(app)
    account, device = account_and_device()
    with transaction():
        db.session.add(
            Rebinding(
                account_id=account.id,
                device_id=device.id,
                requested_at=clock.now(),
                effective_at=clock.now() + timedelta(hours=24),
            )
        )

    page = browser.get("/")

    assert "等待生效" in page.text
    assert main_button(page) == ("现在核验本人", "/re-binding")


def test_larger_type_stays_until_it_is_given_back(browser: Browser) -> None:
    browser.get("/")

    page = browser.post("/elder-mode", {"elder": "1", "next": "/help/hotlines"})
    assert page.response.request.path == "/help/hotlines"
    assert "data-elder" in page.one("html").attrs

    page = browser.post("/elder-mode", {"elder": "0", "next": "/"})
    assert "data-elder" not in page.one("html").attrs


def test_larger_type_leads_to_no_other_site(subtests: pytest.Subtests, browser: Browser) -> None:
    browser.get("/")

    for target in ("https://example.org/", "//example.org", "/\\example.org", "", "javascript:alert(1)"):
        with subtests.test(target=target):
            page = browser.post("/elder-mode", {"elder": "1", "next": target})

            assert page.response.request.path == "/"


def test_a_form_without_its_token_is_refused_with_a_way_on(browser: Browser) -> None:
    response = browser.http.post("/elder-mode", data={"elder": "1"})

    assert response.status_code == 400
    assert "0838-" in response.get_data(as_text=True)


def test_a_missing_page_says_whom_to_call(browser: Browser) -> None:
    page = browser.get("/no-such-page", expect=404)

    assert page.one("h1").text == "没有找到这个页面。"
    assert "0838-2208900" in page.text


@pytest.mark.both_databases
def test_an_error_shows_nothing_of_the_machine(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context(), transaction():
        db.session.execute(text("ALTER TABLE region RENAME TO region_away"))
        db.session.execute(text("ALTER TABLE agency RENAME TO agency_away"))
    browser = Browser(app)

    page = browser.get("/help/hotlines", expect=500 if "sqlite" not in app.config["SQLALCHEMY_DATABASE_URI"] else 503)

    assert "region" not in page.text
    assert "Traceback" not in page.html
    assert {n.attrs["href"] for n in page.all("a", class_="hotline-number")} == {"/help/hotlines"}


def test_the_numbers_of_the_registration_are_shown_when_there_are_any(app: Flask) -> None:
    object.__setattr__(app.config["SETTINGS"], "icp_number", "蜀ICP备00000000号-1")

    page = Browser(app).get("/")

    assert any(n.attrs.get("href") == "https://beian.miit.gov.cn/" and "蜀ICP备" in n.text for n in page.all("a"))


def test_another_device_that_asks_to_be_trusted_is_seen_at_once(app: Flask) -> None:
    owner = activated_browser(app)
    account, device = account_and_device()
    now = clock.now()
    with transaction():
        later = now + timedelta(hours=24)
        db.session.add(Rebinding(account_id=account.id, device_id=device.id, requested_at=now, effective_at=later))

    page = owner.get("/")

    assert "有新的申请" in page.text and page.all("a", href="/re-binding")
    assert "1 个" in owner.get("/me").text


def test_ones_own_page_says_how_the_code_stands(app: Flask) -> None:
    assert "医保码已挂失" in frozen_browser(app).get("/me").text
    assert "医保码未激活" in signed_in_browser(app, "13800000009").get("/me").text
