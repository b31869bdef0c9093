"""What time does: coming of age, deaths, moves, requests nobody answers; and the booked call."""

from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask

from app.accounts.models import Account
from app.accounts.service import IdentityEventKind, announce
from app.core import clock
from app.core.errors import DomainError
from app.credentials.queries import find_credential_of
from app.documents.queries import list_pages
from app.family.models import CallBackState, FamilyLink, LinkEnd, LinkState, Relation, RequestState, Way
from app.family.policy import birthday_at
from app.family.queries import find_call_back, list_call_backs, phone_to_call
from app.family.service import (
    CHECKLIST,
    book_call_back,
    complete_call_back,
    end_unrenewed,
    expire_requests,
    list_free_hours,
    miss_call_back,
    remind_of_age,
    tend,
)
from app.roster.models import InsuredPerson, InsuredStatus, StatusReason
from app.roster.queries import get_person
from app.roster.service import change_status
from tests.family.people import browser_of, make_holder_account, make_link_between, make_request
from tests.family.story import boxes, choose_way, enrol, hand_in_child, holder, links, newest_request, press, titles
from tests.kit.people import PIN
from tests.kit.sign_in import sign_in
from tests.scanning.desk import change_settings


def soon_sixteen(days: int) -> date:
    """A birthday so many days before somebody becomes sixteen."""
    turning = clock.today() + timedelta(days=days)
    return birthday_at(turning, 0).replace(year=turning.year - 16)


def with_child(days_before: int) -> tuple[Account, InsuredPerson, FamilyLink]:
    born = soon_sixteen(days_before)
    mother = make_holder_account("13800000021", "19880101", "王芳", 2)
    child = enrol(f"{born:%Y%m%d}")
    return mother, child, make_link_between(mother, child, Relation.son, Way.documents)


def move_to(day: date) -> None:
    """Noon of that day in China."""
    clock.move(datetime.combine(day, time(12), clock.CHINA) - clock.now())


def test_reminders_come_60_30_and_7_days_before_and_on_the_day_each_once(app: Flask) -> None:
    mother, _child, link = with_child(100)
    assert link.of_age_on is not None
    told = []
    for days in (61, 60, 59, 30, 29, 7, 6, 0):
        move_to(link.of_age_on - timedelta(days=days))
        told.append((days, remind_of_age(), remind_of_age()))

    assert [days for days, first, again in told if first and not again] == [60, 30, 7, 0]
    assert "李** 还有 60 天满 16 周岁" in titles(mother)
    assert "李** 已满 16 周岁，请续期" in titles(mother)


def test_a_link_not_renewed_ends_after_the_grace(app: Flask) -> None:
    mother, child, link = with_child(10)
    assert link.of_age_on is not None

    move_to(link.of_age_on + timedelta(days=30))
    assert end_unrenewed() == 0
    move_to(link.of_age_on + timedelta(days=31))
    assert end_unrenewed() == 1

    assert (links()[0].state, links()[0].end_reason) == (LinkState.ended, LinkEnd.not_renewed)
    assert find_credential_of(child.id) is None
    assert "家人绑定已结束：李**" in titles(mother)


def test_the_member_renews_by_their_own_consent(app: Flask) -> None:
    mother, _child, link = with_child(10)
    assert link.of_age_on is not None
    move_to(link.of_age_on + timedelta(days=3))
    browser = browser_of(app, mother)

    browser.get(f"/family/{link.id}")
    browser.post(f"/family/{link.id}/renewal")
    browser.post("/family/new", {"pin": PIN})
    page = choose_way(browser, "face")
    browser.post("/family/new/face", boxes(page))
    press(browser, "passed")

    assert [(each.id, each.way, each.of_age_on) for each in links()] == [(link.id, Way.face, None)]
    move_to(clock.today() + timedelta(days=60))
    assert end_unrenewed() == 0


def test_renewing_is_no_way_around_the_members_word(app: Flask) -> None:
    mother, _child, link = with_child(10)
    browser = browser_of(app, mother)
    browser.get(f"/family/{link.id}")
    browser.post(f"/family/{link.id}/renewal")
    browser.post("/family/new", {"pin": PIN})

    browser.post("/family/new/way", {"way": "documents"}, expect=422)

    assert links()[0].of_age_on is not None


def test_a_death_entered_at_the_desk_ends_the_link_without_waiting_for_the_hour(app: Flask) -> None:
    mother = make_holder_account("13800000021", "19880101", "王芳", 2)
    father = enrol("19501105")
    make_link_between(mother, father, Relation.father)

    change_status(father.id, InsuredStatus.died, StatusReason.papers, seen=InsuredStatus.normal, by="staff:1")

    assert [(link.state, link.end_reason) for link in links()] == [(LinkState.ended, LinkEnd.member_died)]


@pytest.mark.parametrize(
    ("status", "reason"), [(InsuredStatus.died, LinkEnd.member_died), (InsuredStatus.moved, LinkEnd.member_moved)]
)
def test_a_death_or_a_move_ends_the_link_and_says_why(app: Flask, status: InsuredStatus, reason: LinkEnd) -> None:
    mother = make_holder_account("13800000021", "19880101", "王芳", 2)
    father = enrol("19501105")
    make_link_between(mother, father, Relation.father)
    enrol("19501105", status=status)

    tend()

    assert [(link.state, link.end_reason) for link in links()] == [(LinkState.ended, reason)]
    assert "最近结束的" in browser_of(app, mother).get("/family").text


def test_what_nobody_answers_for_thirty_days_is_over_and_its_papers_go(app: Flask) -> None:
    born = f"{clock.today().year - 8}0105"
    enrol(born)
    browser = holder(app)
    hand_in_child(browser, born)
    mother = make_holder_account("13800000021", "19880101", "王芳", 2)
    asked = make_request(mother, enrol("19501105"), Relation.father, Way.call_back)
    book_call_back(asked, list_free_hours()[0], "13900000001")

    clock.move(timedelta(days=31))
    assert expire_requests() == 1

    assert newest_request().state is RequestState.expired
    assert find_call_back(asked.id) is None
    assert list_pages("family_request:1") != [], "what is under review stays"


def booked(app: Flask) -> tuple[Account, int]:
    mother = make_holder_account("13800000021", "19880101", "王芳", 2)
    asked = make_request(mother, enrol("19501105"), Relation.father, Way.call_back)
    book_call_back(asked, list_free_hours()[0], "13900000001")
    return mother, asked.id


def test_a_call_with_every_answer_yes_adds_the_member(app: Flask) -> None:
    mother, request_id = booked(app)
    call = find_call_back(request_id)
    assert call is not None
    assert phone_to_call(call) == "13900000001"
    assert [each.id for each in list_call_backs(clock.now(), clock.now() + timedelta(days=30), "5106")] == [call.id]

    complete_call_back(call, CHECKLIST, by="staff:1")

    assert [link.way for link in links()] == [Way.call_back]
    with pytest.raises(DomainError, match="call_done"):
        complete_call_back(call, CHECKLIST, by="staff:2")
    assert "已添加：父亲 李**" in titles(mother)


def test_one_answer_missing_adds_nobody(app: Flask) -> None:
    mother, request_id = booked(app)
    call = find_call_back(request_id)
    assert call is not None

    complete_call_back(call, [key for key in CHECKLIST if key != "free"], by="staff:1")

    assert links() == []
    assert newest_request().state is RequestState.rejected
    assert "回电后没有添加 李**" in titles(mother)


def test_nobody_picked_up_and_another_hour_is_booked(app: Flask) -> None:
    mother, request_id = booked(app)
    call = find_call_back(request_id)
    assert call is not None
    miss_call_back(call, by="staff:1")
    browser = browser_of(app, mother)

    page = browser.get(f"/family/requests/{request_id}")
    assert "现在没有约好的时间" in page.text
    hours = [n.attrs["value"] for n in browser.get(f"/family/requests/{request_id}/call-back").all("input", type="radio")]
    browser.post(f"/family/requests/{request_id}/call-back", {"phone": "139 0000 0001", "hour": hours[1]})

    again = find_call_back(request_id)
    assert again is not None and again.state is CallBackState.booked


def test_an_hour_is_booked_only_as_often_as_somebody_can_call(app: Flask) -> None:
    change_settings(app, family_calls_at_once=1)
    booked(app)
    other = make_holder_account("13800000022", "19850101", "李强", 1)
    asked = make_request(other, enrol("19511105"), Relation.father, Way.call_back)
    call = list_call_backs(clock.now(), clock.now() + timedelta(days=30))[0]

    with pytest.raises(DomainError, match="hour_taken"):
        book_call_back(asked, call.starts_at, "13900000002")
    assert call.starts_at not in list_free_hours()


def test_calls_are_booked_in_office_hours(app: Flask) -> None:
    for hour in list_free_hours():
        here = clock.local(hour)
        assert here.date() > clock.today()
        assert here.weekday() < 5 or here.month in (1, 2, 5, 10)
        assert time(9) <= here.time() < time(17)


def test_signing_in_again_needs_the_pin_again(app: Flask) -> None:
    mother = make_holder_account("13800000021", "19880101", "王芳", 2)
    browser = browser_of(app, mother)
    browser.post("/family/new", {**boxes(browser.get("/family/new")), "pin": PIN})
    assert browser.page is not None and browser.page.response.request.path == "/family/new/member"

    clock.move(timedelta(minutes=2))
    sign_in(browser, "13800000021")

    assert browser.get("/family/new/member").response.request.path == "/family/new"


def test_who_shows_a_code_hears_what_happens_to_its_persons_account(app: Flask) -> None:
    mother = make_holder_account("13800000021", "19880101", "王芳", 2)
    member = make_holder_account("13800000022", "19501105", "王大山", 1)
    make_link_between(mother, get_person(member.person_id or 0), Relation.father)

    announce(IdentityEventKind.pin_reset_requested, member, effective_at=clock.now() + timedelta(days=1))
    announce(IdentityEventKind.passkey_added, member)

    assert titles(mother)[1:] == ["有人要重设 王** 的展码密码"]
