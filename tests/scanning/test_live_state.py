"""What the phone hears after a scan, and 不是我."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select, update

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.credentials import service
from app.credentials.models import Credential, CredentialStatus, DenialOutcome, UseDenial
from app.credentials.queries.denials import get_use, list_open_denials_in, list_uses
from app.credentials.service import Showable
from app.institutions.models import Institution
from app.messages.queries import list_messages
from app.messages.service import post_message
from tests.credentials.holders import Holder, make_holder
from tests.kit.client import Browser
from tests.scanning.desk import Desk, Telephone, change_settings, make_desk, make_telephone


def _browser(app: Flask, holder: Holder, *, unlocked: bool = True) -> Browser:
    browser = Browser(app)
    holder.sign_in(browser.http)
    if unlocked:
        service.unlock_code(holder.session, holder.credential)
    return browser


def _state(browser: Browser, of: int) -> Any:
    return browser.http.get(f"/code/state?of={of}")


@pytest.fixture
def at_home(app: Flask, telephone: Telephone) -> Browser:
    return _browser(app, telephone.holder)


@pytest.fixture
def daughter(app: Flask, telephone: Telephone) -> Any:
    """Somebody whose phone shows the holder's code too."""
    her = make_holder(stem="51060019850307002", name="李芳")
    showable = Showable(
        telephone.holder.credential.id, telephone.holder.person.id, "李明", "父亲", CredentialStatus.active, "family", 1, 1
    )
    service.provide_showables.listen(app, lambda account: [showable] if account.id == her.account.id else [])
    opened = service.open_presentation(telephone.holder.credential, her.device, holds=None, wants_key=True, shown_by="family")
    assert opened.key is not None
    return Telephone(her, opened.presentation.handle, opened.key)


def test_the_phone_hears_where_and_when_it_was_scanned(desk: Desk, telephone: Telephone, at_home: Browser) -> None:
    credential_id = telephone.holder.credential.id
    before = _state(at_home, credential_id)
    clock.move(timedelta(seconds=5))
    assert desk.scan(telephone.draw()).json["code"] == 0

    after = _state(at_home, credential_id)

    assert "place" not in before.json
    assert after.json["place"] == "示范市人民医院"
    assert after.json["at"] == f"{clock.local(clock.now()):%H:%M}"
    assert "challenge" not in after.json
    assert len(after.data) < 200


def test_the_longest_name_still_fits_two_hundred_bytes(app: Flask, telephone: Telephone, at_home: Browser) -> None:
    change_settings(app, risk_first_use=True, risk_new_device_hours=24)
    desk = make_desk(app, supports_challenge=True)
    with transaction():
        db.session.execute(update(Institution).values(name='德阳"市' * 40))
    assert desk.scan(telephone.draw()).json["code"] == 1014

    answer = _state(at_home, telephone.holder.credential.id)

    assert len(answer.data) < 200
    assert answer.json["place"].startswith('德阳"市')
    assert answer.json["place"].endswith("…")
    assert answer.json["challenge"] == 0


def test_an_open_question_is_told_until_it_is_answered(app: Flask, telephone: Telephone, at_home: Browser) -> None:
    change_settings(app, risk_first_use=True, risk_new_device_hours=24)
    desk, of = make_desk(app, supports_challenge=True), telephone.holder.credential.id
    digits = desk.scan(telephone.draw(2)).json["challenge"]
    other = f"{(int(digits) + 1) % 100:02d}"
    told = [_state(at_home, of).json.get("challenge")]

    assert desk.scan(telephone.draw(1, other)).json["code"] == 1015
    told.append(_state(at_home, of).json.get("challenge"))
    assert desk.scan(telephone.draw(0, digits)).json["code"] == 0
    told.append(_state(at_home, of).json.get("challenge"))

    assert told == [0, 1, None]


def test_after_three_wrong_answers_and_after_two_minutes_the_question_is_over(
    app: Flask, telephone: Telephone, at_home: Browser
) -> None:
    change_settings(app, risk_first_use=True, risk_new_device_hours=24)
    desk, of = make_desk(app, supports_challenge=True), telephone.holder.credential.id
    digits = desk.scan(telephone.draw(2)).json["challenge"]
    other = f"{(int(digits) + 1) % 100:02d}"
    for _ in range(3):
        desk.scan(telephone.draw(1, other))
    assert _state(at_home, of).json["challenge"] == 3

    clock.move(timedelta(seconds=91))
    assert "challenge" not in _state(at_home, of).json
    assert desk.scan(telephone.draw()).json["code"] == 1014
    assert _state(at_home, of).json["challenge"] == 0
    clock.move(timedelta(seconds=121))

    assert "challenge" not in _state(at_home, of).json


def test_a_page_without_script_tells_the_same(app: Flask, telephone: Telephone, at_home: Browser) -> None:
    change_settings(app, risk_first_use=True, risk_new_device_hours=24)
    desk = make_desk(app, supports_challenge=True)
    assert "扫描" not in at_home.get("/code").one("div", class_="code-news").text
    digits = desk.scan(at_home.get("/code").one("svg", role="img").attrs["data-code"]).json["challenge"]
    clock.move(timedelta(seconds=1))

    page = at_home.get("/code")
    news = page.one("div", class_="code-news")

    assert "已被 示范市人民医院 扫描" in news.text
    assert "对方要核对两位数字" in news.text
    refused = at_home.get("/code/challenge", expect=200)
    assert refused.one("input", name="digits").attrs["inputmode"] == "numeric"
    assert "请输入两位数字" in at_home.get("/code/challenge?digits=4", expect=422).text
    answer = at_home.get(f"/code/challenge?digits={digits}").one("svg", role="img")
    assert (len(answer.attrs["data-code"]), answer.attrs["data-code"][:2]) == (63, "81")
    assert answer.attrs["aria-label"].startswith("医保码")
    assert desk.scan(answer.attrs["data-code"]).json["code"] == 0


def test_nothing_is_answered_before_the_pin(app: Flask, telephone: Telephone) -> None:
    locked = _browser(app, telephone.holder, unlocked=False)

    assert locked.http.get("/code/challenge?digits=47").location == "/code"
    assert Browser(app).http.get("/code/challenge?digits=47").location.startswith("/sign-in")


def test_not_me_freezes_at_once_and_opens_a_case(desk: Desk, telephone: Telephone, at_home: Browser) -> None:
    assert desk.scan(telephone.draw(1)).json["code"] == 0
    page = at_home.get("/me/uses")
    link = next(n.attrs["href"] for n in page.all("a", class_="row-link") if "不是我" in n.text)

    asked = at_home.get(link)
    assert "马上挂失" in asked.text
    assert desk.scan(telephone.draw()).json["code"] == 0, "asking is not denying"
    clock.move(timedelta(seconds=2))
    done = at_home.post(link.partition("?")[0], asked.hidden())

    assert "医保码已挂失" in done.text
    assert desk.scan(telephone.draw()).json["code"] == 1008
    case = list_open_denials_in(["510603"])[0]
    assert (case.place, case.credential_id, case.shown_by) == ("示范市人民医院", telephone.holder.credential.id, "self")
    assert case.denied_by == f"account:{telephone.holder.account.id}"
    letter = list_messages(telephone.holder.account.id)[0]
    assert "示范市人民医院" in letter.body
    assert "李*" in letter.body
    assert {"credential:frozen", "credential:use_denied"} <= set(db.session.scalars(select(AuditRow.tag)))
    assert "已说明不是本人" in at_home.get("/me/uses").text


def test_the_use_just_shown_is_denied_from_the_code_page(desk: Desk, telephone: Telephone, at_home: Browser) -> None:
    of = telephone.holder.credential.id
    token = at_home.get("/code").hidden()["csrf_token"]
    code = at_home.get("/code").one("svg", role="img").attrs["data-code"]
    desk.scan(code)
    used = _state(at_home, of).json["last_used"]

    stale = at_home.http.post("/me/uses/latest/denial", data={"csrf_token": token, "of": of, "used": used - 1})
    assert stale.location == f"/me/uses?of={of}", "another scan came meanwhile: the list tells them apart"
    assert at_home.http.get(f"/me/uses/latest/denial?of={of}&used={used}").location.endswith(f"/denial?of={of}")
    at_home.http.post("/me/uses/latest/denial", data={"csrf_token": token, "of": of, "used": used})

    assert _state(at_home, of).status_code == 409
    assert len(list_open_denials_in(["510603"])) == 1


def test_a_relative_sees_and_denies_what_their_own_phone_showed(
    app: Flask, desk: Desk, telephone: Telephone, daughter: Telephone
) -> None:
    of = telephone.holder.credential.id
    desk.scan(telephone.draw(1))
    desk.scan(daughter.draw(1))
    her_browser = _browser(app, daughter.holder, unlocked=False)

    hers = list_uses(of, shown_on_account=daughter.holder.account.id)
    page = her_browser.get(f"/me/uses?of={of}")
    his = list_uses(of)

    assert [a.use.shown_by for a in hers] == ["family"]
    assert [a.use.shown_by for a in his] == ["family", "self"]
    assert "父亲" in page.text
    assert her_browser.http.get(f"/me/uses/{his[1].use.scan_id}/denial?of={of}").status_code == 404
    asked = her_browser.get(f"/me/uses/{hers[0].use.scan_id}/denial?of={of}")
    her_browser.post(f"/me/uses/{hers[0].use.scan_id}/denial", asked.hidden())
    assert db.session.get_one(Credential, of).status is CredentialStatus.frozen
    assert len(list_messages(telephone.holder.account.id)) == len(list_messages(daughter.holder.account.id)) == 1


def test_a_strangers_uses_are_not_found(app: Flask, desk: Desk, telephone: Telephone) -> None:
    desk.scan(telephone.draw(1))
    scan_id = list_uses(telephone.holder.credential.id)[0].use.scan_id
    stranger = make_telephone(stem="51060019850307003").holder
    other = _browser(app, stranger)
    token = other.get("/me/uses").html

    assert "示范市人民医院" not in token
    assert other.http.get(f"/me/uses?of={telephone.holder.credential.id}").status_code == 404
    for of in (telephone.holder.credential.id, stranger.credential.id):
        assert other.http.get(f"/me/uses/{scan_id}/denial?of={of}").status_code == 404


def test_two_denials_of_one_use_are_one_case_and_one_settlement(desk: Desk, telephone: Telephone) -> None:
    desk.scan(telephone.draw(1))
    holder = telephone.holder
    use = get_use(holder.credential.id, list_uses(holder.credential.id)[0].use.scan_id).use

    first = service.deny_use(holder.credential, use, account_id=holder.account.id)
    again = service.deny_use(holder.credential, use, account_id=holder.account.id)
    service.settle_denial(first, DenialOutcome.mistaken, by="staff:1")

    assert again.id == first.id
    assert db.session.scalars(select(UseDenial)).all() == [first]
    assert [letter.title for letter in list_messages(holder.account.id)] == ["“不是我”查过了", "医保码已挂失：有一次使用不是本人"]
    assert list_open_denials_in(["510603"]) == []
    with pytest.raises(DomainError, match="already_settled"):
        service.settle_denial(first, DenialOutcome.fraud, by="staff:2")


def test_open_cases_are_listed_by_region(desk: Desk, telephone: Telephone) -> None:
    desk.scan(telephone.draw(1))
    use = list_uses(telephone.holder.credential.id)[0].use
    service.deny_use(telephone.holder.credential, use, account_id=telephone.holder.account.id)

    assert len(list_open_denials_in(["510603"])) == 1
    assert list_open_denials_in(["610102"]) == []


def test_a_use_of_a_family_code_is_told_in_the_scans_own_transaction(desk: Desk, telephone: Telephone, daughter: Telephone) -> None:
    def tell(credential_id: int, handle: str, shown_by: str, place: str, moment: Any) -> None:
        heard.append((credential_id, handle, shown_by, place))
        post_message(account_id, "您的医保码用过了", place)

    heard: list[Any] = []
    account_id, own_id = telephone.holder.account.id, telephone.holder.credential.id
    service.on_used.listen(current_app, tell)

    assert desk.scan(telephone.draw(1)).json["code"] == 0
    assert desk.scan(daughter.draw(1)).json["data"]["extData"]["shownBy"] == "family"

    assert heard == [(own_id, daughter.handle, "family", "示范市人民医院")]
    assert [m.body for m in list_messages(account_id)] == ["示范市人民医院"]


def test_a_listener_that_fails_uses_nothing_up(desk: Desk, telephone: Telephone, daughter: Telephone) -> None:
    def fail(*_: Any) -> None:
        if fails:
            raise RuntimeError(fails.pop())

    fails = ["the listener is broken"]
    service.on_used.listen(current_app, fail)
    code = daughter.draw(1)
    assert desk.scan(code, outBizNo="again").status_code == 500

    assert desk.scan(code, outBizNo="again").json["code"] == 0
