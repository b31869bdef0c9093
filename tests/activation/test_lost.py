"""手机丢失, the way back, and a forgotten PIN."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account, Device
from app.accounts.queries import find_account_by_phone, list_devices
from app.accounts.service import IdentityEventKind
from app.activation.models import Rebinding
from app.activation.service import report_lost
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import bare_transaction, db
from app.credentials.code_faults import Fault, find_fault
from app.credentials.code_format import make_code, parse_code
from app.credentials.code_reading import read_code
from app.credentials.keyring import key_of, keyring
from app.credentials.models import CredentialStatus, EndReason, Presentation
from app.credentials.queries import find_credential_of, find_presentation
from app.credentials.service import freeze_credential
from tests.activation.story import (
    HOTLINE,
    NUMBER,
    PIN,
    activate,
    choose,
    enrol,
    numbers,
    path,
    person_of,
    prove_by_counter,
    prove_by_face,
    start_face,
)
from tests.activation.test_rebinding import PHONE, second_phone, unlocks
from tests.kit.client import Browser
from tests.kit.relatives import family
from tests.kit.sign_in import sign_in


def status() -> CredentialStatus:
    db.session.rollback()
    credential = find_credential_of(person_of().id)
    assert credential
    return credential.status


def loser(app: Flask) -> Browser:
    """Any other browser, with nothing but the short message."""
    clock.move(timedelta(minutes=2))
    browser = Browser(app)
    sign_in(browser, PHONE, next_path="/lost")
    return browser


def test_a_stranger_reads_what_to_do_and_whom_to_call(app: Flask) -> None:
    page = Browser(app).get("/lost")

    assert "SIM" in page.text and HOTLINE in page.text and "0838-7250031" in page.text
    assert page.all("a", href="/sign-in?next=/lost")


def test_a_short_message_is_enough_to_freeze_at_once(app: Flask) -> None:
    enrol()
    first = activate(app)
    browser = loser(app)
    assert browser.page and path(browser.page) == "/lost" and "立即挂失" in browser.page.text

    page = browser.post("/lost/freezing")

    assert status() is CredentialStatus.frozen
    assert "医保码已挂失" in page.text and "恢复使用" in page.text and HOTLINE in page.text
    assert path(first.get("/code")) == "/sign-in"
    assert "lost:reported" in db.session.scalars(select(AuditRow.tag)).all()


def test_pressing_twice_freezes_once(app: Flask) -> None:
    enrol()
    activate(app)
    browser = loser(app)

    browser.post("/lost/freezing")
    browser.post("/lost/freezing")

    assert status() is CredentialStatus.frozen
    assert db.session.scalars(select(AuditRow.tag)).all().count("credential:frozen") == 1


def test_every_other_device_is_signed_out_and_unbound_and_told_why(app: Flask) -> None:
    enrol()
    first = activate(app)

    loser(app).post("/lost/freezing")

    page = first.get("/me")
    assert path(page) == "/sign-in" and "您的医保码挂失了，所有设备都已退出" in page.text
    account = find_account_by_phone(PHONE)
    assert account and [d.is_bound for d in list_devices(account.id)] == [False]


def test_the_device_that_asks_stays_and_shows_nothing(app: Flask) -> None:
    enrol()
    first = activate(app)
    account = find_account_by_phone(PHONE)
    assert account and account.person_id
    handle = handles_of(account)[0]

    page = first.post("/lost/freezing")

    assert "医保码已挂失" in page.text and path(first.get("/me")) == "/me"
    ended = db.session.get(Presentation, handle)
    assert ended and ended.end_reason is EndReason.reported_lost
    assert "医保码已挂失" in first.get("/inbox").text


def test_the_hotline_reports_for_who_calls(app: Flask) -> None:
    enrol()
    first = activate(app)
    account = find_account_by_phone(PHONE)
    assert account

    with family() as (_related, heard):
        was_active = report_lost(account, by="staff:3")
        again = report_lost(account, by="staff:3")

    assert (was_active, again) == (True, False)
    assert status() is CredentialStatus.frozen and path(first.get("/me")) == "/sign-in"
    assert [(e.kind, e.by) for e in heard] == [(IdentityEventKind.lost_reported, "staff:3")]
    assert db.session.scalars(select(AuditRow.actor).where(AuditRow.tag == "lost:reported")).all() == ["staff:3"] * 2


def test_a_frozen_code_says_so_and_after_restoring_the_old_phone_is_told_its_code_ended(app: Flask) -> None:
    enrol()
    activate(app)
    account = find_account_by_phone(PHONE)
    assert account and account.person_id
    handle = handles_of(account)[0]
    browser = loser(app)

    browser.post("/lost/freezing")
    frozen = fault_of(handle)
    prove_by_face(browser, "recovery")
    given_back = fault_of(handle)

    assert (frozen, given_back) == (Fault.frozen, Fault.link_ended)


def test_a_code_frozen_for_another_reason_still_has_a_switch_for_its_devices(app: Flask) -> None:
    enrol()
    first = activate(app)
    credential = find_credential_of(person_of().id)
    assert credential
    freeze_credential(credential, "account:1")
    browser = loser(app)
    assert browser.page and "立即挂失" in browser.page.text

    page = browser.post("/lost/freezing")

    assert path(first.get("/me")) == "/sign-in" and "立即挂失" not in page.text


def handles_of(account: Account) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Presentation.handle).join(Presentation.device).where(Device.account_id == account.id)))


def fault_of(handle: str) -> Fault | None:
    """What a scan of this handle's code of now is told."""
    presentation = db.session.get_one(Presentation, handle)
    master = keyring.find(presentation.master_id)
    assert master
    digits = make_code(key_of(master, handle), handle, int(clock.timestamp()))
    with bare_transaction() as connection:
        return find_fault(read_code(connection, parse_code(digits), clock.now(), specimens_only=False))


def test_restoring_takes_the_checks_of_activation(app: Flask) -> None:
    enrol()
    activate(app)
    browser = loser(app)
    browser.post("/lost/freezing")

    page = browser.get("/recovery")
    prove_by_face(browser, "recovery")

    assert HOTLINE in page.text and "改用其他方式" in page.text
    assert status() is CredentialStatus.active
    assert unlocks(browser)


def test_a_counter_code_restores_too(app: Flask) -> None:
    enrol()
    activate(app)
    browser = loser(app)
    browser.post("/lost/freezing")

    page = prove_by_counter(browser, "recovery")

    assert status() is CredentialStatus.active
    assert path(page) == "/code" and "医保码已恢复使用" in page.text and "展码密码" in page.text


def test_a_failed_check_restores_nothing(app: Flask) -> None:
    enrol()
    activate(app)
    browser = loser(app)
    browser.post("/lost/freezing")
    start_face(browser, "recovery")

    page = choose(browser, "failed")

    assert path(page) == "/recovery" and "没有通过" in page.text
    assert status() is CredentialStatus.frozen


def test_a_proof_for_re_binding_restores_nothing(app: Flask) -> None:
    enrol()
    activate(app)
    browser = loser(app)
    browser.post("/lost/freezing")

    prove_by_face(browser, "re-binding")
    page = browser.get("/recovery")

    assert path(page) == "/recovery" and status() is CredentialStatus.frozen


def test_what_is_not_frozen_needs_no_restoring(app: Flask) -> None:
    enrol()
    browser = activate(app)

    assert path(browser.get("/recovery")) == "/lost"


def test_a_number_without_a_credential_has_nothing_to_report(app: Flask) -> None:
    browser = loser(app)
    assert browser.page

    page = browser.post("/lost/freezing")

    assert "没有激活过医保码" in browser.page.text and path(page) == "/lost"


def test_a_forgotten_pin_is_replaced_after_a_proof(app: Flask) -> None:
    enrol()
    browser = activate(app)
    account = find_account_by_phone(PHONE)
    assert account and account.person_id
    credential = find_credential_of(account.person_id)
    assert credential
    device_id = list_devices(account.id)[0].id
    assert find_presentation(device_id, credential.id)

    offered = browser.get("/pin-reset")
    page = prove_by_face(browser, "pin-reset")
    browser.post("/pin-reset/new-pin", {"pin": "123456", "again": "123456"}, expect=422)
    done = browser.post("/pin-reset/new-pin", {"pin": "846201", "again": "846201"})

    assert HOTLINE in offered.text and path(page) == "/pin-reset/new-pin"
    assert path(done) == "/code"
    db.session.rollback()
    assert find_presentation(device_id, credential.id) is None, "the old handle was wrapped with the old PIN"
    browser.post("/code/unlocking", {"pin": PIN}, expect=422)
    opened = browser.post("/code/unlocking", {"pin": "846201"})
    assert any("data-code" in node.attrs for node in opened.nodes)
    assert "展码密码已重设" in browser.get("/inbox").text


def test_a_new_pin_needs_a_proof_of_this_session_and_uses_it_up(app: Flask) -> None:
    enrol()
    browser = activate(app)

    unproved = browser.get("/pin-reset/new-pin")
    refused = browser.post("/pin-reset/new-pin", {"pin": "846201", "again": "846201"})
    prove_by_counter(browser, "pin-reset")
    browser.post("/pin-reset/new-pin", {"pin": "846201", "again": "846201"})
    replayed = browser.post("/pin-reset/new-pin", {"pin": "246813", "again": "246813"})

    assert path(unproved) == path(refused) == path(replayed) == "/pin-reset"


def test_who_forgot_the_pin_on_a_new_phone_is_trusted_after_the_proof(app: Flask) -> None:
    enrol()
    activate(app)
    browser = second_phone(app)

    prove_by_counter(browser, "pin-reset")
    browser.post("/pin-reset/new-pin", {"pin": "846201", "again": "846201"})

    browser.get("/code")
    opened = browser.post("/code/unlocking", {"pin": "846201"})
    assert any("data-code" in node.attrs for node in opened.nodes)


def test_a_freeze_ends_what_other_devices_have_asked_for(app: Flask) -> None:
    enrol()
    first = activate(app)
    browser = second_phone(app)
    browser.post("/re-binding/document", {"cert_no": NUMBER})
    first.get("/lost")

    first.post("/lost/freezing")

    assert db.session.scalars(select(Rebinding)).one().cancelled_at is not None


def test_dropping_the_face_check_again_and_again_is_slowed_down(app: Flask) -> None:
    enrol()
    browser = activate(app)
    for _ in range(19):  # the activation took one
        start_face(browser, "pin-reset")
        browser.get("/pin-reset")

    page = browser.post("/pin-reset/face-check", expect=429)

    assert "改用其他方式" in page.text


def test_the_footer_names_the_office_of_the_page(app: Flask) -> None:
    enrol()
    activate(app)

    page = loser(app).get("/lost")

    assert numbers(page) == {HOTLINE}


def test_who_reports_a_loss_on_a_strangers_phone_is_offered_to_sign_out(subtests: pytest.Subtests, app: Flask) -> None:
    enrol()
    activate(app)
    browser = loser(app)

    for path_ in ("/", "/lost", "/services", "/re-binding", "/family"):
        with subtests.test(path=path_):
            assert browser.get(path_).all("form", action="/sign-out"), "also before anything is reported"
    page = browser.post("/lost/freezing")

    assert "这是别人的手机？用完请退出" in page.text
    home = browser.get("/")
    assert "已挂失" in home.text and "本机未认证" not in home.text and "这是别人的手机" in home.text
    assert "李" not in home.text.replace("办理", ""), "who they are is not said on a phone that may be anybody's"
    for path_ in ("/", "/lost", "/services", "/recovery", "/re-binding"):
        with subtests.test(path=path_):
            assert len(browser.get(path_).all("form", action="/sign-out")) == 1
    browser.post("/sign-out")
    assert path(browser.get("/recovery")) == "/sign-in"
    assert status() is CredentialStatus.frozen


def test_ones_own_phone_is_not_taken_for_a_strangers(app: Flask) -> None:
    enrol()
    first = activate(app)

    page = first.post("/lost/freezing")

    assert "这是别人的手机" not in page.text and "这是别人的手机" not in first.get("/").text


def test_the_sign_in_on_the_way_to_reporting_a_loss_speaks_of_the_loss(app: Flask) -> None:
    lost, ordinary = Browser(app).get("/sign-in?next=/lost"), Browser(app).get("/sign-in")

    assert "先收一条短信，再挂失" in lost.one("h1").text and "立即挂失" in lost.text and "自动建好" not in lost.text
    assert ordinary.one("h1").text == "登录" and "自动建好" in ordinary.text
