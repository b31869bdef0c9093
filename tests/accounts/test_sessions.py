"""What a session may do, and how it ends."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import queries, service
from app.accounts.models import Account, Device, LoginSession
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.credentials.models import Presentation
from app.credentials.service import activate_credential, open_presentation
from tests.kit.client import Browser
from tests.kit.people import make_activated_account, make_person
from tests.kit.sign_in import ask_for_code, sign_in

PHONE = "13800000001"


def where(browser: Browser, path: str) -> tuple[int, str]:
    """Status and Location, redirects not followed."""
    response = browser.http.get(path)
    return response.status_code, response.headers.get("Location", "")


def bind(account: Account) -> Device:
    """As re-binding does once the person has proved to be themselves."""
    device = queries.list_devices(account.id)[0]
    service.bind_device(device)
    return device


def send(browser: Browser, path: str) -> None:
    """Presses a button whose answer need not be a page of this feature."""
    assert browser.page is not None
    token = browser.page.hidden()["csrf_token"]
    response = browser.http.post(path, data={"csrf_token": token})
    assert response.status_code == 303, response.status_code


def test_without_a_session_a_page_leads_to_the_sign_in(browser: Browser) -> None:
    assert where(browser, "/me") == (303, "/sign-in?next=/me")


def test_an_account_that_is_not_activated_is_trusted(browser: Browser) -> None:
    sign_in(browser, PHONE)

    assert where(browser, "/me") == (200, "")


def test_on_a_strange_device_an_sms_opens_nothing_of_an_activated_account(subtests: pytest.Subtests, browser: Browser) -> None:
    make_activated_account(PHONE)
    arrived = sign_in_anyhow(browser)

    assert arrived == "/re-binding"

    for path in ("/me", "/me/devices", "/me/phone", "/me/consents", "/inbox"):
        with subtests.test(path=path):
            assert where(browser, path) == (303, "/re-binding")


def sign_in_anyhow(browser: Browser, next_path: str = "") -> str:
    """Signs in and says where the browser is sent, without opening it."""
    from_page = f"/sign-in?next={next_path}" if next_path else "/sign-in"
    code = ask_for_code(browser, PHONE, next_path=next_path)
    assert browser.page is not None
    token = browser.page.hidden()["csrf_token"]
    response = browser.http.post(from_page, data={"phone": PHONE, "code": code, "csrf_token": token})
    assert response.status_code == 303
    return response.headers["Location"]


def test_on_a_strange_device_an_sms_leads_to_the_lost_phone_when_that_was_asked_for(browser: Browser) -> None:
    make_activated_account(PHONE)

    assert sign_in_anyhow(browser, "/lost") == "/lost"


def test_a_bound_device_opens_an_activated_account_again_after_signing_out(browser: Browser) -> None:
    account = make_activated_account(PHONE)
    sign_in_anyhow(browser)
    bind(account)
    page = browser.get("/me")
    assert "138****0001" in page.text
    send(browser, "/sign-out")
    clock.move(timedelta(seconds=61))

    assert sign_in_anyhow(browser, "/me") == "/me"


def test_activation_on_one_device_restricts_the_sessions_on_all_others_at_once(app: Flask, browser: Browser) -> None:
    here, there = browser, Browser(app)
    sign_in(here, PHONE)
    clock.move(timedelta(seconds=61))
    sign_in(there, PHONE)
    account = queries.find_account_by_phone(PHONE)
    assert account is not None

    with transaction():
        service.give_account_to_person(account, make_person())
        bound = db.session.scalars(select(Device).order_by(Device.id)).first()
        assert bound is not None
        service.bind_device(bound)

    assert where(here, "/me") == (200, "")
    assert where(there, "/me") == (303, "/re-binding")


def test_signing_out_ends_the_session_on_the_server_and_clears_the_browser(app: Flask, browser: Browser) -> None:
    sign_in(browser, PHONE, next_path="/me")
    stolen = browser.http.get_cookie("pz")
    assert stolen is not None
    token = browser.page.hidden()["csrf_token"] if browser.page else ""

    response = browser.http.post("/sign-out", data={"csrf_token": token})

    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = Browser(app)
    thief.http.set_cookie("pz", stolen.value)
    assert where(thief, "/me")[1].startswith("/sign-in")


def test_signing_out_needs_a_post_with_a_token(browser: Browser) -> None:
    sign_in(browser, PHONE)

    assert browser.http.get("/sign-out").status_code == 405
    assert browser.http.post("/sign-out").status_code == 400
    assert where(browser, "/me") == (200, "")


def test_signing_out_everywhere_ends_every_session_but_no_device(app: Flask, browser: Browser) -> None:
    here, there = browser, Browser(app)
    sign_in(there, PHONE)
    clock.move(timedelta(seconds=61))
    sign_in(here, PHONE)
    here.get("/me/devices")

    send(here, "/me/sign-outs")

    assert where(here, "/me")[1].startswith("/sign-in")
    assert where(there, "/me")[1].startswith("/sign-in")
    assert db.session.scalars(select(Device.revoked_at)).all() == [None, None]


def test_all_sessions_but_one_may_be_ended(app: Flask, browser: Browser) -> None:
    here, there = browser, Browser(app)
    sign_in(there, PHONE)
    clock.move(timedelta(seconds=61))
    sign_in(here, PHONE)
    newest = db.session.scalars(select(LoginSession).order_by(LoginSession.id.desc())).first()
    assert newest is not None

    assert service.sign_out_everywhere(newest.account, except_session=newest) == 1

    assert where(here, "/me") == (200, "")
    assert where(there, "/me")[1].startswith("/sign-in")


def test_the_device_list_says_which_is_which(app: Flask, browser: Browser) -> None:
    phone = Browser(app)
    phone.http.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36"
    sign_in(phone, PHONE)
    clock.move(timedelta(days=2))
    sign_in(browser, PHONE)

    page = browser.get("/me/devices")

    names = [a.text for a in page.all("a", class_="row-link")]
    assert any("就是这台" in name for name in names)
    assert any("安卓手机 Chrome" in name for name in names)
    assert page.text.count("最近使用") == 2


def test_a_removed_device_stops_at_its_next_request(app: Flask, browser: Browser) -> None:
    old = Browser(app)
    sign_in(old, PHONE)
    clock.move(timedelta(seconds=61))
    sign_in(browser, PHONE)
    device = db.session.scalars(select(Device).order_by(Device.id)).first()
    assert device is not None

    browser.get(f"/me/devices/{device.id}/removal")
    page = browser.post(f"/me/devices/{device.id}/removal")

    assert "已移除" in page.text
    assert where(old, "/me")[1].startswith("/sign-in")
    assert where(browser, "/me") == (200, "")
    assert db.session.scalars(select(AuditRow.subject).where(AuditRow.tag == "account:device_revoked")).all() == [
        f"device:{device.id}"
    ]


def test_removing_this_very_device_signs_it_out(browser: Browser) -> None:
    sign_in(browser, PHONE)
    device = db.session.scalars(select(Device)).one()
    browser.get(f"/me/devices/{device.id}/removal")

    send(browser, f"/me/devices/{device.id}/removal")

    assert where(browser, "/me")[1].startswith("/sign-in")


def test_a_removed_device_comes_back_unbound(browser: Browser) -> None:
    account = make_activated_account(PHONE)
    sign_in_anyhow(browser)
    device = bind(account)
    service.revoke_device(device)
    clock.move(timedelta(seconds=61))

    assert sign_in_anyhow(browser) == "/re-binding"
    assert db.session.scalars(select(Device.bound_at)).one() is None


def test_what_a_removed_device_showed_ends_with_it(browser: Browser) -> None:
    account = make_activated_account(PHONE)
    sign_in_anyhow(browser)
    device = bind(account)
    with transaction():
        credential = activate_credential(account.person_id or 0)
        open_presentation(credential, device, holds=None, wants_key=True)

    service.revoke_device(device)

    shown = db.session.scalars(select(Presentation)).one()
    assert shown.ends_at is not None and shown.ends_at <= clock.now()


def test_nobody_removes_the_device_of_another_account(app: Flask, browser: Browser) -> None:
    other = Browser(app)
    sign_in(other, "13800000002")
    device = db.session.scalars(select(Device)).one()
    sign_in(browser, PHONE)

    browser.get(f"/me/devices/{device.id}/removal", expect=404)
    browser.get("/me")
    browser.post(f"/me/devices/{device.id}/removal", expect=404)

    assert where(other, "/me") == (200, "")


def test_a_session_that_is_not_used_ends_after_its_idle_limit(browser: Browser) -> None:
    sign_in(browser, PHONE)

    clock.move(timedelta(days=29, hours=23))
    assert where(browser, "/me") == (200, "")
    clock.move(timedelta(days=30))

    assert where(browser, "/me")[1].startswith("/sign-in")


def test_a_session_ends_after_its_absolute_limit_however_much_it_is_used(browser: Browser) -> None:
    sign_in(browser, PHONE)

    for _ in range(9):
        clock.move(timedelta(days=20) - timedelta(seconds=1))
        assert where(browser, "/me") == (200, "")
    clock.move(timedelta(seconds=30))

    assert where(browser, "/me")[1].startswith("/sign-in")


def test_seeing_a_session_writes_at_most_every_five_minutes(browser: Browser) -> None:
    sign_in(browser, PHONE)
    first = db.session.scalars(select(LoginSession.last_seen_at)).one()

    clock.move(timedelta(minutes=4))
    browser.get("/me")
    unchanged = db.session.scalars(select(LoginSession.last_seen_at)).one()
    clock.move(timedelta(minutes=2))
    browser.get("/me")

    assert unchanged == first
    assert db.session.scalars(select(LoginSession.last_seen_at)).one() > first
    assert db.session.scalars(select(Device.last_seen_at)).one() > first


def test_a_made_up_session_cookie_opens_nothing(app: Flask, browser: Browser) -> None:
    sign_in(browser, PHONE)
    with browser.http.session_transaction() as cookie:
        cookie["_user_id"] = "A" * 43

    assert where(browser, "/me")[1].startswith("/sign-in")


def test_the_database_holds_no_token_a_thief_could_use(browser: Browser) -> None:
    sign_in(browser, PHONE)
    with browser.http.session_transaction() as cookie:
        token = cookie["_user_id"]

    stored = db.session.scalars(select(LoginSession.token_hash)).one()

    assert len(token) >= 22  # 128 bits in base64url
    assert token.encode() not in stored and len(stored) == 32
    assert db.session.scalar(select(func.count()).select_from(Device)) == 1
