"""The server's clock jumps two hours ahead for ten seconds: who was scanned meanwhile shows a code again within minutes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from sqlalchemy import func, select

from app.accounts.models import SmsCode
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.credentials import service
from app.credentials.code_format import make_code
from app.credentials.models import EndReason, Presentation
from app.institutions.models import Institution
from app.scanning.service import ensure_specimens
from app.setup import dependency_checks
from tests.credentials.holders import PIN, add_relative
from tests.credentials.phones import code_on, opened_phone, type_pin, unlock
from tests.kit.chromium import serve
from tests.kit.client import Browser
from tests.kit.sign_in import ask_for_code
from tests.scanning.desk import Desk, Telephone, assert_refused, make_desk

AHEAD = timedelta(hours=2)
HELPS = "重新打开医保码页面"


@pytest.fixture
def holder(app: Flask, telephone: Telephone) -> Browser:
    """The telephone's browser, its code open."""
    browser = Browser(app)
    telephone.holder.sign_in(browser.http)
    service.unlock_code(telephone.holder.session, telephone.holder.credential)
    return browser


def used_in_the_jump(desk: Desk, telephone: Telephone, code: Callable[[], str] | None = None) -> str:
    """The code that was used; the clock is right again ten seconds later."""
    clock.move(AHEAD)
    digits = (code or telephone.draw)()
    assert desk.scan(digits).json["code"] == 0
    clock.move(timedelta(seconds=10) - AHEAD)
    return digits


def the_presentation(telephone: Telephone) -> Presentation:
    db.session.rollback()
    return db.session.get_one(Presentation, telephone.handle)


def state_of(browser: Browser, telephone: Telephone) -> Any:
    return browser.http.get(f"/code/state?of={telephone.holder.credential.id}")


def assert_sent_to_the_page(answer: Any) -> None:
    """Nobody's phone is blamed, and what is said helps."""
    assert_refused(answer, 1007)
    assert HELPS in answer.json["next"] and "时间" not in answer.json["message"]


def test_the_page_asks_for_the_pin_and_shows_a_code_that_counts(desk: Desk, telephone: Telephone, holder: Browser) -> None:
    used_in_the_jump(desk, telephone)

    page = holder.get("/code")
    assert "展码密码" in page.text and not page.all("svg", **{"data-code": ""})
    page = holder.post("/code/unlocking", {"pin": PIN, "of": str(telephone.holder.credential.id)})

    root = next(node for node in page.nodes if "data-code" in node.attrs)
    assert root.attrs["data-code"][2:22] != telephone.handle
    assert desk.scan(root.attrs["data-code"]).json["code"] == 0


def test_a_script_is_sent_to_the_lock_and_given_a_new_key(app: Flask, desk: Desk, telephone: Telephone, holder: Browser) -> None:
    known = state_of(holder, telephone).headers["ETag"]
    used_in_the_jump(desk, telephone)

    polled = holder.http.get(f"/code/state?of={telephone.holder.credential.id}", headers={"If-None-Match": known})
    holder.get("/code")
    token = holder.page.hidden()["csrf_token"] if holder.page else ""
    headers = {"Accept": "application/json", "X-Pz-Holds": telephone.handle}
    form = {"pin": PIN, "of": str(telephone.holder.credential.id), "csrf_token": token}
    unlocked = holder.http.post("/code/unlocking", data=form, headers=headers).json

    assert (polled.status_code, polled.json) == (410, {"reason": "ended"})
    assert unlocked["handle"] != telephone.handle and len(unlocked["key"]) == 64
    drawn = make_code(bytes.fromhex(unlocked["key"]), unlocked["handle"], int(clock.timestamp()))
    assert desk.scan(drawn).json["code"] == 0


def test_a_phone_that_was_opened_without_a_network_hears_of_it(desk: Desk, telephone: Telephone, holder: Browser) -> None:
    """Its page was unlocked by itself: the server has seen no PIN and answers 423 as a rule."""
    used_in_the_jump(desk, telephone)
    service.lock_code(telephone.holder.session)
    service.hear_from_device(telephone.handle, 1, clock.now())

    assert state_of(holder, telephone).status_code == 410


def test_an_unlock_elsewhere_renews_the_familys_codes_as_well(
    app: Flask, desk: Desk, telephone: Telephone, holder: Browser
) -> None:
    with transaction():
        father = add_relative(telephone.holder)
    shown = service.open_presentation(father, telephone.holder.device, holds=None, wants_key=True, shown_by="family")
    handle, key = shown.presentation.handle, shown.key
    assert key is not None
    used_in_the_jump(desk, telephone, lambda: make_code(key, handle, int(clock.timestamp())))

    assert_sent_to_the_page(desk.scan(make_code(key, handle, int(clock.timestamp()))))
    service.unlock_without_pin(telephone.holder.session, "passkey")
    page = holder.get(f"/code/{father.id}")

    drawn = next(node.attrs["data-code"] for node in page.nodes if "data-code" in node.attrs)
    assert drawn[2:22] != handle
    assert desk.scan(drawn).json["code"] == 0


def test_a_page_open_on_another_persons_code_is_ended_too(desk: Desk, telephone: Telephone, holder: Browser) -> None:
    used_in_the_jump(desk, telephone)

    page = holder.get(f"/code/challenge?of={telephone.holder.credential.id}&digits=47")

    assert "展码密码" in page.text
    assert the_presentation(telephone).end_reason is EndReason.clock_jumped


def test_until_then_the_desk_says_what_helps(desk: Desk, telephone: Telephone, holder: Browser) -> None:
    used = used_in_the_jump(desk, telephone)

    drawn_by_rule = make_code(telephone.key, telephone.handle, the_presentation(telephone).last_used + 1)
    for digits in (drawn_by_rule, telephone.draw(), telephone.typed(), used):
        assert_sent_to_the_page(desk.scan(digits))


def test_a_phone_whose_own_clock_is_ahead_is_still_told_so(desk: Desk, telephone: Telephone) -> None:
    assert_refused(desk.scan(telephone.draw(-31)), 1005)


@pytest.mark.parametrize("was_heard_meanwhile", [True, False])
def test_what_was_used_in_the_jump_is_refused_when_its_moment_comes(
    desk: Desk, telephone: Telephone, holder: Browser, was_heard_meanwhile: bool
) -> None:
    used = used_in_the_jump(desk, telephone)
    last_used = the_presentation(telephone).last_used
    if was_heard_meanwhile:
        assert state_of(holder, telephone).status_code == 410

    clock.move(AHEAD - timedelta(seconds=10))

    assert_refused(desk.scan(used), 1006)
    assert the_presentation(telephone).last_used == last_used


def test_a_number_shown_in_the_jump_counts_no_longer_than_any_other(desk: Desk, telephone: Telephone, holder: Browser) -> None:
    clock.move(AHEAD)
    service.unlock_code(telephone.holder.session, telephone.holder.credential)
    number = state_of(holder, telephone).json["typed"]
    clock.move(timedelta(seconds=10) - AHEAD)

    assert_sent_to_the_page(desk.scan(number))
    service.unlock_code(telephone.holder.session, telephone.holder.credential)
    fresh = state_of(holder, telephone).json
    assert fresh["typed"] != number and fresh["typed_until"] <= clock.timestamp() + 120
    assert desk.scan(fresh["typed"]).json["code"] == 0


def test_an_unlock_of_the_jump_is_over_with_it(desk: Desk, telephone: Telephone, holder: Browser) -> None:
    clock.move(AHEAD)
    service.unlock_code(telephone.holder.session, telephone.holder.credential)
    clock.move(timedelta(seconds=10) - AHEAD)

    assert state_of(holder, telephone).status_code == 423


def test_a_slip_that_was_issued_and_used_in_the_jump_stays_used(app: Flask, desk: Desk, telephone: Telephone) -> None:
    holder = telephone.holder
    institution_id = desk_id(desk)
    clock.move(AHEAD)
    slip = service.issue_slip(holder.person, institution_id, "01301", by="staff:1")
    paper = service.show_slip(slip, by="staff:1")
    assert desk.scan(paper.digits).json["code"] == 0
    clock.move(timedelta(seconds=10) - AHEAD)

    assert_refused(desk.scan(paper.digits), 1006, is_of_paper=True)
    assert_refused(desk.scan(paper.number), 1006, is_of_paper=True)


def test_a_slip_that_was_issued_in_the_jump_can_be_used(desk: Desk, telephone: Telephone) -> None:
    clock.move(AHEAD)
    slip = service.issue_slip(telephone.holder.person, desk_id(desk), "01301", by="staff:1")
    paper = service.show_slip(slip, by="staff:1")
    clock.move(timedelta(seconds=10) - AHEAD)

    assert desk.scan(paper.number).json["code"] == 0
    assert_refused(desk.scan(paper.digits), 1006, is_of_paper=True)


def desk_id(desk: Desk) -> int:
    return int(db.session.scalars(select(Institution.id).where(Institution.fixmedins_code == desk.org)).one())


def test_a_specimen_used_in_the_jump_is_drawn_anew(app: Flask) -> None:
    ensure_specimens()
    sandbox = make_desk(app, "H51060000009", is_sandbox=True)
    for kind in ("80", "12"):
        clock.move(AHEAD)
        assert sandbox.scan(sandbox.sandbox_code(kind=kind).json["ecQrCode"]).json["code"] == 0
        clock.move(timedelta(seconds=10) - AHEAD)

        assert sandbox.scan(sandbox.sandbox_code(kind=kind).json["ecQrCode"]).json["code"] == 0


def test_who_asked_for_an_sms_in_the_jump_may_ask_again(browser: Browser) -> None:
    clock.move(AHEAD)
    ask_for_code(browser, "13800000001")
    clock.move(timedelta(seconds=10) - AHEAD)

    ask_for_code(browser, "13800000001")

    assert db.session.scalar(select(func.count()).select_from(SmsCode)) == 2


def test_the_end_of_a_presentation_is_written_down(desk: Desk, telephone: Telephone, holder: Browser) -> None:
    used_in_the_jump(desk, telephone)

    for _ in range(3):
        state_of(holder, telephone)

    ended = select(AuditRow.outcome).where(AuditRow.tag == "presentation:ended")
    assert list(db.session.scalars(ended)) == [EndReason.clock_jumped.value]


def test_the_doctor_names_what_lies_ahead(app: Flask, desk: Desk, telephone: Telephone, holder: Browser) -> None:
    before = dependency_checks.notes()
    used_in_the_jump(desk, telephone)

    after = dependency_checks.notes()

    assert before == []
    assert "119 minutes from now" in after[0] and "NTP" in after[0]
    assert after[1].startswith("1 codes were last used at a moment to come")


def test_the_doctor_compares_with_the_databases_clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    right = dependency_checks.problems()
    monkeypatch.setattr(clock, "machine_now", lambda: datetime.now(UTC) + AHEAD)
    wrong = dependency_checks.problems()

    assert right == []
    if db.engine.dialect.name == "postgresql":
        assert len(wrong) == 1 and "120 minutes ahead of the database's" in wrong[0]
    else:
        assert wrong == []


def test_a_phone_in_hand_goes_to_the_lock_and_on(app: Flask, chromium: Chromium, telephone: Telephone) -> None:
    desk, holder = make_desk(app), telephone.holder
    with serve(app) as url, opened_phone(chromium, app, url, holder) as page:
        unlock(page)
        clock.move(AHEAD)
        page.reload()
        type_pin(page)
        digits = code_on(page)
        assert desk.scan(digits).json["code"] == 0
        clock.move(timedelta(seconds=10) - AHEAD)

        type_pin(page)
        again = code_on(page)

        assert again[2:22] != digits[2:22]
        assert desk.scan(again).json["code"] == 0
