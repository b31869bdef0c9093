"""The code page as a browser without script has it."""

import gzip
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, update
from werkzeug.test import TestResponse

from app.accounts.service import sign_out_everywhere
from app.core import clock
from app.core.db import db, transaction
from app.credentials import service
from app.credentials.code_format import Code, TypedNumber, parse_code
from app.credentials.keyring import keyring
from app.credentials.models import Presentation
from tests.credentials.holders import PIN, Holder, make_holder
from tests.kit.client import Browser, Page

pytestmark = pytest.mark.one_database

FIRST_WINDOW = 14_600  # bytes that arrive in the first congestion window
FETCH = {"Accept": "application/json"}


@pytest.fixture
def holder(app: Flask, browser: Browser) -> Holder:
    made = make_holder()
    made.sign_in(browser.http)
    return made


def _unlock(browser: Browser, pin: str = PIN, *, expect: int = 200) -> Page:
    browser.get("/code")
    return browser.post("/code/unlocking", {"pin": pin}, expect=expect)


def _code(page: Page) -> str:
    return page.one("svg", role="img").attrs["data-code"]


def _state(browser: Browser, **headers: str) -> TestResponse:
    return browser.http.get("/code/state", headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_the_locked_page_asks_for_the_pin_and_shows_no_code(browser: Browser, holder: Holder) -> None:
    page = browser.get("/code")

    label = next(n for n in page.all("label") if n.text == "展码密码")
    field = page.one("input", id=label.attrs["for"])
    assert field.attrs["inputmode"] == "numeric"
    assert field.attrs["autocomplete"] == "off"
    assert [b.text for b in page.all("button") if b.text == "出示医保码"] == ["出示医保码"]
    assert not page.all("svg", role="img")


def test_the_right_pin_leads_to_the_code_by_a_303(browser: Browser, holder: Holder) -> None:
    page = _unlock(browser)

    assert [r.status_code for r in page.response.history] == [303]
    assert page.response.request.path == "/code"
    image = page.one("svg", role="img")
    assert image.attrs["aria-label"].startswith("医保码")
    code = parse_code(image.attrs["data-code"])
    assert isinstance(code, Code)
    assert keyring.is_genuine(code, clock.timestamp())
    assert 0 <= clock.timestamp() - code.issued_at < 5
    assert "本人 李*" in page.text
    assert "李明" not in page.html
    for words in ("刷新", "暂停", "每 30 秒自动更新，截图无效", "30 秒后更新"):
        assert words in page.text


def test_the_twelve_digits_stand_in_three_groups(browser: Browser, holder: Holder) -> None:
    shown = next(n for n in _unlock(browser).nodes if "data-typed" in n.attrs).text

    assert re.fullmatch(r"\d{4} \d{4} \d{4}", shown)
    assert isinstance(parse_code(shown), TypedNumber)


@pytest.mark.parametrize("typed", ["２７４９５１", " 27 49 51 "])
def test_full_width_digits_and_spaces_open_too(browser: Browser, holder: Holder, typed: str) -> None:
    assert _code(_unlock(browser, typed))


def test_what_is_no_pin_gets_a_plain_sentence_and_costs_no_guess(
    subtests: pytest.Subtests, browser: Browser, holder: Holder
) -> None:
    for typed, sentence in (("", "请输入六位数字"), ("27a951", "只有数字"), ("2749", "您输入了 4 位")):
        with subtests.test(typed=typed, sentence=sentence):
            page = _unlock(browser, typed, expect=422)

            assert sentence in page.text
            assert page.all("title")[0].text.startswith("有误")

    assert "还可以试 4 次" in _unlock(browser, "999990", expect=422).text


def test_five_wrong_pins_lock_and_say_until_when(browser: Browser, holder: Holder) -> None:
    for left in (4, 3, 2, 1):
        assert f"还可以试 {left} 次" in _unlock(browser, "999990", expect=422).text

    page = _unlock(browser, "999990", expect=429)

    assert "输错太多次" in page.text
    assert 0 < int(page.response.headers["Retry-After"]) <= 901
    _unlock(browser, PIN, expect=429)
    clock.move(timedelta(minutes=15, seconds=2))
    assert _code(_unlock(browser))


def test_the_page_renews_itself_without_script_until_it_is_paused(browser: Browser, holder: Holder) -> None:
    page = _unlock(browser)
    assert re.search(r'<noscript><meta http-equiv="refresh" content="30; url=/code"></noscript>', page.html)

    paused = browser.get("/code?paused=1")

    assert "http-equiv" not in paused.html
    assert "继续更新" in paused.text


def test_each_look_draws_a_new_code_under_the_same_handle(browser: Browser, holder: Holder) -> None:
    first = _code(_unlock(browser))
    clock.move(timedelta(seconds=30))

    second = _code(browser.get("/code"))

    assert first != second
    assert first[2:22] == second[2:22]
    assert int(second[22:32]) - int(first[22:32]) in (30, 31)


def test_a_page_that_renews_itself_stays_unlocked_and_five_silent_minutes_lock_it(browser: Browser, holder: Holder) -> None:
    _unlock(browser)
    for _ in range(14):
        clock.move(timedelta(seconds=30))
        assert _code(browser.get("/code"))

    clock.move(timedelta(minutes=5, seconds=1))

    assert not browser.get("/code").all("svg", role="img")


def test_it_is_locked_by_hand(browser: Browser, holder: Holder) -> None:
    _unlock(browser)

    page = browser.post("/code/locking")

    assert not page.all("svg", role="img")
    assert "出示医保码" in page.text


def test_a_session_unlocks_for_itself_alone(app: Flask, browser: Browser, holder: Holder) -> None:
    _unlock(browser)
    other = Browser(app)
    make_holder(stem="51060019910307001", name="王芳").sign_in(other.http)

    assert not other.get("/code").all("svg", role="img")


def test_a_person_without_a_credential_is_sent_to_activation(app: Flask, browser: Browser, holder: Holder) -> None:
    service.end_credential(holder.credential, by="staff:1")

    answer = browser.http.get("/code")

    assert (answer.status_code, answer.location) == (303, "/activation")


def test_a_frozen_credential_is_explained_and_not_shown(browser: Browser, holder: Holder) -> None:
    _unlock(browser)
    service.freeze_credential(holder.credential, by="staff:1")

    page = browser.get("/code")

    assert "医保码已挂失" in page.text
    assert "恢复使用" in page.text
    assert not page.all("svg", role="img")
    assert browser.post("/code/unlocking", {"pin": PIN}).all("svg", role="img") == []


def test_nobody_gets_in_without_a_session(subtests: pytest.Subtests, app: Flask) -> None:
    for path in ("/code", "/code/state"):
        with subtests.test(path=path):
            answer = Browser(app).http.get(path)

            assert answer.status_code == 303
            assert answer.location.startswith("/sign-in")


def test_an_ended_session_shows_nothing(browser: Browser, holder: Holder) -> None:
    _unlock(browser)
    sign_out_everywhere(holder.account)

    assert browser.http.get("/code").location.startswith("/sign-in")
    assert _state(browser).status_code == 303


def test_a_device_that_is_not_bound_is_sent_to_re_binding(browser: Browser, holder: Holder) -> None:
    with transaction():
        holder.device.bound_at = None

    assert browser.http.get("/code").location == "/re-binding"


def test_a_specimen_is_marked_plainly(app: Flask, browser: Browser) -> None:
    make_holder(is_specimen=True).sign_in(browser.http)

    page = _unlock(browser)

    assert "样本，不能用来就医购药" in page.text
    assert page.one("svg", role="img").attrs["aria-label"].endswith("样本")


def test_the_first_code_comes_in_one_small_answer(browser: Browser, holder: Holder) -> None:
    page = _unlock(browser)

    assert not page.all("link", rel="stylesheet")
    assert page.all("style")
    assert len(gzip.compress(page.html.encode(), 6)) <= FIRST_WINDOW
    assert page.response.headers["Cache-Control"] == "no-store"


def test_a_fetch_gets_the_page_and_the_key_once(browser: Browser, holder: Holder) -> None:
    token = browser.get("/code").hidden()["csrf_token"]

    def unlock(holds: str) -> dict[str, str]:
        answer = browser.http.post(
            "/code/unlocking", data={"pin": PIN, "csrf_token": token}, headers={**FETCH, "X-Pz-Holds": holds}
        )
        assert answer.status_code == 200
        return answer.get_json()

    first = unlock("")
    again = unlock(first["handle"])
    lost = unlock("")

    assert re.fullmatch(r"[0-9a-f]{64}", first["key"])
    assert "data-code" in first["page"]
    assert (again["handle"], again["key"]) == (first["handle"], None)
    assert lost["handle"] != first["handle"]
    assert lost["key"] not in (None, first["key"])


def test_a_fetch_with_a_wrong_pin_gets_the_form_again(browser: Browser, holder: Holder) -> None:
    token = browser.get("/code").hidden()["csrf_token"]

    answer = browser.http.post("/code/unlocking", data={"pin": "999990", "csrf_token": token}, headers=FETCH)

    assert answer.status_code == 422
    assert "还可以试 4 次" in answer.get_json()["page"]


def test_the_state_is_small_and_says_when_nothing_changed(browser: Browser, holder: Holder) -> None:
    _unlock(browser)
    first = _state(browser)

    again = _state(browser, If_None_Match=first.headers["ETag"])

    assert set(first.get_json()) == {"handle", "last_used", "typed", "typed_until"}
    assert len(first.data) < 200
    assert abs(int(first.headers["X-Pz-Time"]) / 1000 - clock.timestamp()) < 5
    assert (again.status_code, again.data) == (304, b"")


def test_the_state_is_one_read_on_the_driver(browser: Browser, holder: Holder) -> None:
    _unlock(browser)
    statements: list[str] = []
    connections: list[object] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    event.listen(db.engine, "checkout", lambda *args: connections.append(args[0]))

    _state(browser)

    assert statements == [], "the session and its objects were loaded"
    assert len(connections) == 1


def test_the_state_tells_the_use_of_a_code_and_a_new_number(browser: Browser, holder: Holder) -> None:
    code = _code(_unlock(browser))
    before = _state(browser)
    with transaction():
        used = update(Presentation).where(Presentation.handle == code[2:22])
        db.session.execute(used.values(last_used=int(code[22:32]), uses_since_seen=1))

    after = _state(browser, If_None_Match=before.headers["ETag"])

    assert after.status_code == 200
    assert after.get_json()["last_used"] == int(code[22:32])
    assert after.get_json()["typed"] != before.get_json()["typed"]
    assert db.session.get_one(Presentation, code[2:22]).uses_since_seen == 0


def test_the_state_brings_a_new_number_every_ninety_seconds(browser: Browser, holder: Holder) -> None:
    _unlock(browser)
    first = _state(browser).get_json()["typed"]
    clock.move(timedelta(seconds=80))
    assert _state(browser).get_json()["typed"] == first

    clock.move(timedelta(seconds=15))

    assert _state(browser).get_json()["typed"] != first


def test_the_state_keeps_a_watched_page_unlocked(browser: Browser, holder: Holder) -> None:
    _unlock(browser)
    for _ in range(40):
        clock.move(timedelta(seconds=10))
        assert _state(browser).status_code == 200

    clock.move(timedelta(minutes=5, seconds=1))

    assert _state(browser).status_code == 423


def test_the_state_says_frozen_and_ended(browser: Browser, holder: Holder) -> None:
    _unlock(browser)
    service.freeze_credential(holder.credential, by="staff:1")
    assert _state(browser).status_code == 409

    service.end_credential(holder.credential, by="staff:1")
    assert _state(browser).status_code == 410
