"""A link to the member's own phone, and a second relative who vouches."""

from datetime import timedelta

from flask import Flask

from app.accounts.models import Account
from app.accounts.service import bind_device, give_account_to_person
from app.core import clock
from app.core.db import transaction
from app.credentials.queries import find_credential_of
from app.family.models import InvitationKind, LinkEnd, LinkState, Relation, RequestState, Way
from app.family.queries import get_request
from app.family.service import invite
from app.proofs.service import issue_counter_code
from app.reviews.queries import find_case
from app.roster.models import InsuredPerson
from app.roster.queries import get_person
from tests.family.people import browser_of, make_holder_account, make_request
from tests.family.story import (
    account_of,
    boxes,
    choose_way,
    enrol,
    holder,
    links,
    newest_request,
    press,
    say_whom,
    send_page,
    titles,
)
from tests.family.story import begin as begin_adding
from tests.kit.client import Browser
from tests.kit.people import PIN
from tests.kit.sign_in import sign_in
from tests.kit.visitors import account_and_device

MEMBER_PHONE = "13800000055"


def seventeen() -> str:
    return f"{clock.today().year - 17}0105"


def invited(app: Flask) -> tuple[InsuredPerson, Browser, str]:
    """李明 has asked a 17-year-old; the path of the link."""
    member = enrol(seventeen())
    browser = holder(app)
    begin_adding(browser)
    say_whom(browser, seventeen(), "son")
    choose_way(browser, "own_phone")
    page = browser.post("/family/new/own-phone")
    path = next(n.attrs["href"] for n in page.all("a") if "/family/invitations/" in n.attrs["href"])
    return member, browser, path.split("localhost", 1)[-1]


def phone_of_member(app: Flask) -> Browser:
    browser = Browser(app)
    sign_in(browser, MEMBER_PHONE)
    return browser


def agree_by_face(browser: Browser, path: str) -> None:
    page = browser.get(path)
    browser.post(path + "/agreement", boxes(page))
    press(browser, "passed")


def test_a_seventeen_year_old_authorises_on_their_own_phone(app: Flask) -> None:
    member, browser, path = invited(app)
    assert newest_request().state is RequestState.waiting_authorisation

    phone = phone_of_member(app)
    page = phone.get(path)
    assert "李* 想出示您的医保码" in page.text
    assert "李小宝" not in page.text
    agree_by_face(phone, path)

    assert phone.page is not None and "已同意" in phone.page.text
    assert [(link.way, link.state) for link in links()] == [(Way.own_phone, LinkState.active)]
    assert find_credential_of(member.id) is not None
    assert "您现在可以出示" in browser.get(f"/family/requests/{newest_request().id}").text


def test_the_counter_code_does_on_the_members_phone_too(app: Flask) -> None:
    member, _browser, path = invited(app)
    code = issue_counter_code(member, "staff:1")
    phone = phone_of_member(app)
    page = phone.get(path + "?by=counter")

    phone.post(path + "/agreement", {**boxes(page), "by": "counter", "code": code})

    assert len(links()) == 1


def test_a_link_opens_once_and_not_after_thirty_days(app: Flask) -> None:
    _member, _browser, path = invited(app)
    phone = phone_of_member(app)
    agree_by_face(phone, path)

    assert "已经用过了" in phone.get(path, expect=410).text
    phone.post(path + "/agreement", expect=410)
    assert len(links()) == 1
    assert "没有复制完整" in phone.get("/family/invitations/nonsense", expect=404).text


def test_after_thirty_days_it_is_too_old(app: Flask) -> None:
    holder_account = make_holder_account("13800000021", "19880101", "王芳", 2)
    asked = make_request(holder_account, enrol(seventeen()), Relation.son, Way.own_phone)
    token = invite(asked, InvitationKind.member)
    phone = phone_of_member(app)

    clock.move(timedelta(days=29))
    phone.get(f"/family/invitations/{token}")
    clock.move(timedelta(days=1, seconds=1))
    sign_in(phone, MEMBER_PHONE)

    assert "过了 30 天" in phone.get(f"/family/invitations/{token}", expect=410).text


def test_the_wrong_person_cannot_say_yes(app: Flask) -> None:
    _member, browser, path = invited(app)
    other = browser_of(app, make_holder_account("13800000021", "19880101", "王芳", 2))

    assert "另一位家人" in other.get(path, expect=403).text
    assert "家人的手机上打开" in browser.get(path, expect=403).text
    other.post(path + "/agreement", expect=403)
    other.post(path + "/refusal", expect=403)

    assert links() == []


def test_whose_face_is_another_is_not_the_member(app: Flask) -> None:
    _member, _browser, path = invited(app)
    phone = phone_of_member(app)
    page = phone.get(path)
    phone.post(path + "/agreement", boxes(page))

    press(phone, "failed")

    assert phone.page is not None and "没有通过" in phone.page.text
    assert links() == []


def test_a_new_link_ends_the_older_one(app: Flask) -> None:
    _member, browser, old = invited(app)
    page = browser.post(f"/family/requests/{newest_request().id}/invitation")
    new = next(n.attrs["href"] for n in page.all("a") if "/family/invitations/" in n.attrs["href"]).split("localhost", 1)[-1]
    phone = phone_of_member(app)

    assert "已经失效" in phone.get(old, expect=410).text
    agree_by_face(phone, new)

    assert len(links()) == 1


def test_an_activated_member_agrees_with_the_own_pin(app: Flask) -> None:
    member = make_holder_account(MEMBER_PHONE, seventeen(), "李小宝", 1)
    asking = make_holder_account("13800000021", "19880101", "王芳", 2)
    asked = make_request(asking, person_of(member), Relation.son, Way.own_phone)
    path = f"/family/invitations/{invite(asked, InvitationKind.member)}"
    phone = browser_of(app, member)
    page = phone.get(path)

    phone.post(path + "/agreement", {**boxes(page), "pin": "000001"}, expect=422)
    phone.post(path + "/agreement", {**boxes(page), "pin": PIN})

    assert [link.holder_account_id for link in links()] == [asking.id]
    assert any("现在可以出示您的医保码" in title for title in titles(member))


def person_of(account: Account) -> InsuredPerson:
    return get_person(account.person_id or 0)


def test_a_second_relative_vouches_and_a_reviewer_looks(app: Flask) -> None:
    father = enrol("19401105", "李大山")
    browser = holder(app)
    begin_adding(browser)
    say_whom(browser, "19401105", "father", name="李大山")
    page = choose_way(browser, "vouching")
    page = browser.post("/family/new/papers", boxes(page))
    subject = page.all("input", name="subject")[0].attrs["value"]
    send_page(browser, subject, "kinship_notarisation")
    browser.get("/family/new/submission")
    page = browser.post("/family/new/submission")
    path = next(n.attrs["href"] for n in page.all("a") if "/family/invitations/" in n.attrs["href"]).split("localhost", 1)[-1]
    sister = browser_of(app, make_holder_account("13800000021", "19880101", "李芳", 2))
    own = phone_of_member(app)
    with transaction():
        account, device = account_and_device(MEMBER_PHONE)
        give_account_to_person(account, father)
        bind_device(device)

    assert "发给作证的家人" in page.text
    assert "不能为自己作证" in own.get(path, expect=403).text
    assert find_case(subject) is None
    sister.get(path)
    wrong = sister.post(path + "/vouching", {"relation": "son"}, expect=422)
    assert "年龄对不上" in wrong.text
    sister.post(path + "/vouching", {"relation": "father"})

    assert find_case(subject) is not None
    assert get_request(account_of().id, newest_request().id).state is RequestState.waiting_review


def test_who_agreed_before_activating_can_take_it_back(app: Flask) -> None:
    _member, _browser, path = invited(app)
    phone = phone_of_member(app)
    agree_by_face(phone, path)
    assert "没有人能出示" not in phone.get("/me/shown-by").text

    consents = [n.attrs["href"] for n in phone.get("/me/consents").all("a") if n.text.startswith("家人出示授权书")]
    phone.get(consents[0])
    phone.post(consents[0] + "/withdrawal")

    assert [(link.state, link.end_reason) for link in links()] == [(LinkState.ended, LinkEnd.consent_withdrawn)]


def test_a_draft_is_not_handed_in_by_asking_for_another_link(app: Flask) -> None:
    enrol(seventeen())
    browser = holder(app)
    begin_adding(browser)
    say_whom(browser, seventeen(), "son")
    choose_way(browser, "own_phone")

    browser.post(f"/family/requests/{newest_request().id}/invitation", expect=409)

    assert newest_request().state is RequestState.draft
