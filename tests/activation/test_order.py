"""Steps come in order, once, in the session that proved it; two at once are one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Account
from app.core import clock
from app.core.db import db
from app.core.settings import settings
from app.credentials.models import Credential
from app.proofs.service import issue_counter_code
from tests.activation.story import (
    HOTLINE,
    PIN,
    activate,
    agree,
    arrive,
    at_pin,
    choose,
    enrol,
    finish,
    path,
    person_of,
    prove_by_counter,
    return_address,
    say_who,
    start_face,
)
from tests.kit.sign_in import sign_in

OTHER = "510600199003070025"


def test_the_address_of_a_later_step_leads_to_where_one_stands(subtests: pytest.Subtests, app: Flask) -> None:
    enrol()
    browser = arrive(app)

    for page in ("consent", "proof", "pin", "counter-code", "face-check?state=x"):
        with subtests.test(page=page):
            assert path(browser.get(f"/activation/{page}")) == "/activation"


def test_from_the_second_step_too(subtests: pytest.Subtests, app: Flask) -> None:
    enrol()
    browser = arrive(app)
    say_who(browser)

    for page in ("pin", "proof"):
        with subtests.test(page=page):
            assert path(browser.get(f"/activation/{page}")) == "/activation/consent"


def test_a_form_sent_out_of_order_is_refused_kindly(subtests: pytest.Subtests, app: Flask) -> None:
    enrol()
    browser = arrive(app)

    for page, data in (
        ("consent", {}),
        ("face-check", {}),
        ("counter-code", {"code": "12345678"}),
        ("pin", {"pin": PIN, "again": PIN}),
    ):
        with subtests.test(page=page, data=data):
            refused = browser.post(f"/activation/{page}", data, expect=409)

            assert "这一步现在还不能做" in refused.text and "接着做" in refused.text and refused.all("a", href="/activation")


def test_the_proof_cannot_be_skipped(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    say_who(browser)
    agree(browser)

    finish(browser, expect=409)

    assert db.session.scalars(select(Credential)).all() == []


def test_the_last_form_sent_again_is_told_that_it_is_done(app: Flask) -> None:
    enrol()
    browser = activate(app)

    again = finish(browser, expect=409)

    assert "已经激活" in again.text
    assert db.session.scalar(select(func.count()).select_from(Credential)) == 1


def test_a_proof_that_went_stale_is_asked_for_again(app: Flask) -> None:
    enrol()
    browser = at_pin(app)

    clock.move(timedelta(seconds=settings.face_valid_seconds + 1))
    late = finish(browser, expect=409)
    here = browser.get("/activation")

    assert "接着做" in late.text
    assert path(here) == "/activation/proof" and "再核验一次" in here.text


def test_a_failed_face_check_leaves_both_ways_open(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    say_who(browser)
    agree(browser)
    start_face(browser)

    page = choose(browser, "failed")

    assert path(page) == "/activation/proof"
    assert "没有通过" in page.text and "开始人脸核验" in page.text and "改用其他方式" in page.text and HOTLINE in page.text


def test_after_five_failures_only_the_other_way_is_offered(app: Flask) -> None:
    enrol()
    browser = arrive(app)
    say_who(browser)
    agree(browser)
    for _ in range(5):
        start_face(browser)
        page = choose(browser, "failed")

    refused = browser.post("/activation/face-check", expect=429)
    browser.get("/activation/proof")
    prove_by_counter(browser)

    assert "开始人脸核验" not in page.text and "改用其他方式" in page.text
    assert page.text.count("没有通过") == 1
    assert HOTLINE in refused.text
    assert path(finish(browser)) == "/code"


def test_a_return_from_the_provider_opened_elsewhere_proves_nothing_there(app: Flask) -> None:
    """Another person's nonce: the address the provider sends the browser to, opened in a second browser."""
    enrol()
    enrol(OTHER, "王芳")
    victim, thief = arrive(app), arrive(app, "13800000002")
    for browser, who in ((victim, {}), (thief, {"name": "王芳", "cert_no": OTHER})):
        say_who(browser, **who)
        agree(browser)
    start_face(victim)
    choose(victim, "passed")
    assert victim.page
    back = return_address(victim.page)

    page = thief.get(back)

    assert back.startswith("/activation/face-check?state=")
    assert path(page) == "/activation/proof" and "已经失效" in page.text
    finish(thief, expect=409)


def test_a_proof_of_another_session_of_the_same_browser_does_not_count(app: Flask) -> None:
    enrol()
    browser = at_pin(app)
    clock.move(timedelta(minutes=2))
    browser.post("/sign-out")
    sign_in(browser, "13800000001", next_path="/activation")

    assert path(browser.get("/activation/pin")) == "/activation/proof"


def test_a_return_opened_again_after_completion_makes_no_second_credential(app: Flask) -> None:
    enrol()
    browser = at_pin(app)
    assert browser.page
    back = return_address(browser.page)
    finish(browser)

    page = browser.get(back)

    assert "已经激活" in page.text
    assert db.session.scalar(select(func.count()).select_from(Credential)) == 1


def test_a_wrong_counter_code_says_how_often_one_may_try(app: Flask) -> None:
    enrol()
    code = issue_counter_code(person_of(), "cli:test")
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    browser = arrive(app)
    say_who(browser)
    agree(browser)

    texts = [browser.post("/activation/counter-code", {"code": wrong}, expect=422).text for _ in range(5)]
    late = browser.post("/activation/counter-code", {"code": code}, expect=422)

    assert "还可以试 4 次" in texts[0] and "还可以试 1 次" in texts[3]
    assert "领一个新的" in texts[4] and "领一个新的" in late.text
    assert all(HOTLINE in text for text in [*texts, late.text])


def test_a_counter_code_that_is_none_costs_no_guess(app: Flask) -> None:
    enrol()
    code = issue_counter_code(person_of(), "cli:test")
    browser = arrive(app)
    say_who(browser)
    agree(browser)
    for typed in ("", "1234567", "abcdefgh") * 2:
        browser.post("/activation/counter-code", {"code": typed}, expect=422)

    assert path(browser.post("/activation/counter-code", {"code": code})) == "/activation/pin"


def test_an_easy_pin_is_refused_and_nothing_is_lost(subtests: pytest.Subtests, app: Flask) -> None:
    enrol()
    browser = at_pin(app)

    for pin in ("000000", "123456", "900307", "070017", "12345", "abcdef", ""):
        with subtests.test(pin=pin):
            finish(browser, pin, expect=422)

    assert path(finish(browser)) == "/code"


def test_two_different_pins_are_refused(app: Flask) -> None:
    enrol()
    browser = at_pin(app)

    page = finish(browser, again="739155", expect=422)

    assert "两次输入的不一样" in page.text and "739154" not in page.html


def test_two_browsers_that_complete_for_one_person_make_one_credential(app: Flask) -> None:
    enrol()
    browsers = [at_pin(app, "13800000001"), at_pin(app, "13800000002")]
    db.session.rollback()

    def send(browser):
        assert browser.page
        data = {**browser.page.hidden(), "pin": PIN, "again": PIN}
        return browser.http.post("/activation/pin", data=data)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, browsers))

    db.session.rollback()
    assert sorted(a.status_code for a in answers) == [303, 409]
    loser = next(a for a in answers if a.status_code == 409).get_data(as_text=True)
    assert "激活" in loser and "0838-" in loser
    assert db.session.scalar(select(func.count()).select_from(Credential)) == 1
    assert db.session.scalar(select(func.count()).select_from(Account).where(Account.person_id.is_not(None))) == 1


def test_one_form_sent_eight_times_at_once_completes_once(app: Flask) -> None:
    enrol()
    browser = at_pin(app)
    assert browser.page
    data = {**browser.page.hidden(), "pin": PIN, "again": PIN}
    cookies = [(c.key, c.value) for c in browser.http._cookies.values()]
    db.session.rollback()

    def send(_: int) -> int:
        client = app.test_client()
        for key, value in cookies:
            client.set_cookie(key, value)
        return client.post("/activation/pin", data=data).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(send, range(8)))

    db.session.rollback()
    assert codes.count(303) == 1 and set(codes) <= {303, 409}
    assert db.session.scalar(select(func.count()).select_from(Credential)) == 1
