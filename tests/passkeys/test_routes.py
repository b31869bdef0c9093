"""指纹或面容打开, with an authenticator in software."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import find_account_by_phone, get_account
from app.accounts.service import IdentityEventKind
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.core.webauthn.site import Site, find_site
from app.credentials.models import Presentation
from app.passkeys.models import Passkey
from app.passkeys.queries import list_passkeys
from app.passkeys.service import remove_passkey
from tests.activation.story import PIN, activate, enrol, path
from tests.activation.test_rebinding import PHONE, second_phone
from tests.kit.at_once import at_once
from tests.kit.authenticator import PRESENT, Authenticator
from tests.kit.client import Browser, Page
from tests.kit.relatives import family
from tests.kit.settings import make_settings

from app import create_app  # isort: skip


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Activated, with the code locked again."""
    enrol()
    browser = activate(app)
    browser.post("/code/locking")
    return browser


def ask(browser: Browser, address: str, *, expect: int = 200, **values: str) -> dict[str, Any]:
    """What the script fetches."""
    assert browser.page
    token = {k: v for k, v in browser.page.hidden().items() if k == "csrf_token"}
    answer = browser.http.post(address, data={**token, **values}, headers={"Accept": "application/json"})
    assert answer.status_code == expect, answer.get_data(as_text=True)[:300]
    content: dict[str, Any] = answer.get_json()
    return content


def add(browser: Browser, phone: Authenticator) -> Page:
    browser.get("/me/passkeys/new")
    options = ask(browser, "/me/passkeys/challenges", pin=PIN)
    return browser.post("/me/passkeys", {"answer": phone.make(options)})


def unlock(browser: Browser, phone: Authenticator, **values: str) -> Page:
    browser.get("/code")
    options = ask(browser, "/code/passkey-challenges")
    return browser.post("/code/passkey-unlocking", {"answer": phone.sign(options), **values})


def is_open(page: Page) -> bool:
    return any("data-code" in node.attrs for node in page.nodes)


def tags() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow.tag)))


def test_a_passkey_opens_the_code_in_place_of_the_pin(browser: Browser) -> None:
    phone = Authenticator(count=1)
    before = is_open(browser.get("/code"))
    with family() as (_related, events):
        listed = add(browser, phone)

    page = unlock(browser, phone)

    assert not before and path(page) == "/code" and is_open(page)
    assert path(listed) == "/me/devices" and "指纹或面容" in listed.text and "关闭" in listed.text
    assert [e.kind for e in events] == [IdentityEventKind.passkey_added]
    assert "开启了指纹或面容打开" in browser.get("/inbox").text
    assert "passkey:added" in tags() and db.session.scalars(select(Passkey)).one().last_used_at is not None


def test_the_keys_that_the_phone_keeps_stay_good(browser: Browser) -> None:
    """They are wrapped with the PIN, so an unlock without it hands none out and ends none."""
    handles = db.session.scalars(select(Presentation.handle)).all()
    phone = Authenticator()
    add(browser, phone)

    unlock(browser, phone)

    db.session.rollback()
    assert db.session.scalars(select(Presentation.handle).where(Presentation.ends_at.is_(None))).all() == handles


def test_the_lock_offers_it_only_to_who_has_one(browser: Browser) -> None:
    without = browser.get("/code").text
    add(browser, Authenticator())

    assert "用指纹或面容打开" not in without and "用指纹或面容打开" in browser.get("/code").text


def test_adding_asks_for_the_pin_and_counts_wrong_ones(browser: Browser) -> None:
    browser.get("/me/passkeys/new")

    wrong = ask(browser, "/me/passkeys/challenges", pin="000001", expect=422)
    for _ in range(3):
        ask(browser, "/me/passkeys/challenges", pin="000001", expect=422)
    locked = ask(browser, "/me/passkeys/challenges", pin="000001", expect=429)
    refused = browser.post("/me/passkeys", {"answer": Authenticator().make({"challenge": "AAAA"})})

    assert "还可以再试 4 次" in wrong["refusal"] and "以后再试" in locked["refusal"]
    assert path(refused) == "/me/passkeys/new" and "没有开启成功" in refused.text


@pytest.mark.parametrize(
    "phone",
    [
        Authenticator(origin="http://localhost:81"),
        Authenticator(origin="https://evil.example"),
        Authenticator(domain="evil.example"),
        Authenticator(flags=PRESENT),
    ],
    ids=["another port", "another site", "another domain", "no fingerprint given"],
)
def test_what_was_signed_elsewhere_or_without_the_person_adds_nothing(browser: Browser, phone: Authenticator) -> None:
    page = add(browser, phone)

    assert path(page) == "/me/passkeys/new" and not db.session.scalars(select(Passkey)).all()


def test_a_signature_counts_once_for_its_session_and_for_five_minutes(app: Flask, browser: Browser) -> None:
    phone = Authenticator()
    add(browser, phone)
    browser.get("/code")
    options = ask(browser, "/code/passkey-challenges")
    answer = phone.sign(options)
    assert is_open(browser.post("/code/passkey-unlocking", {"answer": answer}))
    browser.post("/code/locking")

    replayed = browser.post("/code/passkey-unlocking", {"answer": answer})
    stale = phone.sign(ask(browser, "/code/passkey-challenges"))
    clock.move(timedelta(minutes=5, seconds=1))
    late = browser.post("/code/passkey-unlocking", {"answer": stale})

    assert not is_open(replayed) and not is_open(late) and "没有认出来" in late.text
    assert tags().count("passkey:refused") == 2


def test_a_copied_passkey_is_found_by_its_count(browser: Browser) -> None:
    phone = Authenticator(count=7)
    add(browser, phone)
    assert is_open(unlock(browser, phone))
    browser.post("/code/locking")
    phone.count = 3

    assert not is_open(unlock(browser, phone))


def test_a_passkey_of_somebody_else_opens_nothing(app: Flask, browser: Browser) -> None:
    phone = Authenticator()
    add(browser, phone)
    clock.move(timedelta(minutes=2))
    enrol("510600198506120018", "王芳")
    other = activate(app, "13800000009", name="王芳", cert_no="510600198506120018")
    other.post("/code/locking")

    page = unlock(other, phone)
    other.get("/me/passkeys/1/removal", expect=404)

    assert not is_open(page)


def test_garbage_is_refused_in_a_sentence(browser: Browser) -> None:
    add(browser, Authenticator())
    browser.get("/code")
    for answer in ("{", "[]", json.dumps({"id": "x"}), "", "\x01"):
        page = browser.post("/code/passkey-unlocking", {"answer": answer})
        assert path(page) == "/code" and "展码密码" in page.text and not is_open(page)


def test_a_frozen_code_is_not_opened_by_a_passkey(browser: Browser) -> None:
    phone = Authenticator()
    add(browser, phone)
    browser.get("/code")
    options = ask(browser, "/code/passkey-challenges")
    browser.post("/lost/freezing")

    page = browser.post("/code/passkey-unlocking", {"answer": phone.sign(options)})

    assert not is_open(page) and "挂失" in page.text


def test_it_is_removed_by_hand_and_with_its_device(app: Flask, browser: Browser) -> None:
    phone = Authenticator()
    add(browser, phone)
    passkey = db.session.scalars(select(Passkey)).one()
    removed = browser.post(f"/me/passkeys/{passkey.id}/removal")
    gone = db.session.scalars(select(Passkey)).all()
    add(browser, Authenticator())

    clock.move(timedelta(minutes=2))
    second_phone(app).post("/lost/freezing")

    account = find_account_by_phone(PHONE)
    assert "已关闭" in removed.text and not gone
    assert account and list_passkeys(account.id) == []


def test_of_two_clicks_on_the_removal_at_once_one_is_heard(app: Flask, browser: Browser) -> None:
    add(browser, Authenticator())
    passkey = db.session.scalars(select(Passkey)).one()
    account_id, passkey_id = passkey.account_id, passkey.id
    db.session.rollback()

    answers = at_once(app, [lambda: remove_passkey(get_account(account_id), passkey_id)] * 2)

    assert {type(answer) for answer in answers} <= {type(None), NotFound} and None in answers
    assert list_passkeys(account_id) == [] and tags().count("passkey:removed") == 1


def test_it_is_offered_once_later_and_no_is_an_answer(browser: Browser) -> None:
    early = browser.get("/").text
    for _ in range(settings.passkey_offer_unlocks):
        browser.get("/code")
        browser.post("/code/unlocking", {"pin": PIN})
        browser.post("/code/locking")
    later = browser.get("/").text

    browser.post("/me/passkeys/offer-answers")

    assert "开启指纹或面容" not in early and "开启指纹或面容" in later
    assert "开启指纹或面容" not in browser.get("/").text and "在这台设备上开启" in browser.get("/me/devices").text


def test_an_authenticator_wants_a_name_not_an_address(subtests: pytest.Subtests, tmp_path: Path) -> None:
    app = create_app(make_settings(database_url="sqlite://", instance_path=tmp_path))

    for address, site in (
        ("http://localhost:8000/", Site("localhost", "http://localhost:8000")),
        ("https://yibao.example.cn/", Site("yibao.example.cn", "https://yibao.example.cn")),
        ("http://127.0.0.1:8000/", None),
        ("http://[::1]:8000/", None),
    ):
        with subtests.test(address=address, site=site), app.test_request_context(base_url=address):
            assert find_site() == site


def test_a_domain_of_the_settings_holds_for_its_hosts_only(subtests: pytest.Subtests, tmp_path: Path) -> None:
    app = create_app(make_settings(database_url="sqlite://", instance_path=tmp_path, passkey_rp_id="example.cn"))

    for address, domain in (("https://m.example.cn/", "example.cn"), ("https://example.cn/", "example.cn"), ("https://x.cn/", "")):
        with subtests.test(address=address, domain=domain), app.test_request_context(base_url=address):
            site = find_site()
            assert (site.domain if site else "") == domain
