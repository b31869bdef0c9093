"""What a reviewer's decision does, and what the holder sees and may do about it."""

import pytest
from flask import Flask

from app.core import clock
from app.credentials.queries import find_credential_of
from app.documents.models import Slot
from app.documents.queries import list_pages
from app.family.models import LinkRequest, LinkState, Relation, RequestState, Way
from app.family.queries import get_request, is_disputed
from app.family.service import facts_for_reviewer, flag_custody, lift_custody_flag
from app.reviews import service as reviews
from app.reviews.models import CaseState, ReviewReason
from app.reviews.queries import find_case
from app.staff.models import StaffMember
from tests.family.people import browser_of, make_holder_account, make_link_between
from tests.family.story import account_of, boxes, enrol, hand_in_child, holder, links, newest_request, photo, titles
from tests.kit.client import Browser
from tests.kit.reviews import let_settle
from tests.kit.staff import make_staff
from tests.scanning.desk import change_settings


def child_of_eight() -> str:
    return f"{clock.today().year - 8}0105"


def handed_in(app: Flask, *slots: str) -> tuple[Browser, LinkRequest]:
    enrol(child_of_eight())
    browser = holder(app)
    return browser, hand_in_child(browser, child_of_eight(), slots=slots or ("birth_certificate",))


def decide(subject: str, verb: str, *reasons: tuple[str, int | None, ReviewReason], staff: StaffMember | None = None) -> None:
    member = staff or make_staff()
    case = find_case(subject)
    assert case is not None
    reviews.claim_case(member, case)
    if verb == "approve":
        reviews.approve_case(member, case)
    elif verb == "return":
        reviews.return_case(member, case, list(reasons), note="请重拍")
    else:
        reviews.reject_case(member, case, list(reasons))
    let_settle()


def test_approval_makes_the_link_and_the_held_credential(app: Flask) -> None:
    browser, asked = handed_in(app)
    assert "下一份就是您的" in browser.get(f"/family/requests/{asked.id}").text

    decide(asked.subject, "approve")

    assert [(link.way, link.state, link.relation) for link in links()] == [(Way.documents, LinkState.active, Relation.son)]
    assert links()[0].of_age_on is not None
    assert find_credential_of(links()[0].member_person_id) is not None
    assert "您现在可以出示 李小宝 的医保码" in browser.get(f"/family/requests/{asked.id}").text


def test_only_the_bad_page_is_asked_for_again(app: Flask) -> None:
    browser, asked = handed_in(app, "register_holder", "register_member")
    bad = list_pages(asked.subject, Slot.register_member)[0]
    decide(asked.subject, "return", ("register_member", bad.id, ReviewReason.glare))

    page = browser.get(f"/family/requests/{asked.id}")

    assert "有反光" in page.text and "请重拍" in page.text
    assert [n.attrs["value"] for n in page.all("input", name="slot")] == ["register_member"]
    browser.post(f"/documents/{bad.id}/removal", {"next": f"/family/requests/{asked.id}"})
    browser.post(
        "/documents",
        {"subject": asked.subject, "slot": "register_member", "next": f"/family/requests/{asked.id}", "files": (photo(), "b.jpg")},
    )
    browser.post(f"/family/requests/{asked.id}/resubmission")
    case = find_case(asked.subject)
    assert case is not None and case.state is CaseState.waiting
    decide(asked.subject, "approve", staff=make_staff("other"))
    assert len(links()) == 1


def test_a_rejection_says_why_and_may_be_appealed_once(app: Flask) -> None:
    browser, asked = handed_in(app)
    decide(asked.subject, "reject", ("birth_certificate", None, ReviewReason.relation_unproven))

    page = browser.get(f"/family/requests/{asked.id}")
    assert "看不出两人的关系" in page.text
    browser.post(f"/family/requests/{asked.id}/appeal", {"text": " "}, expect=422)
    browser.post(f"/family/requests/{asked.id}/appeal", {"text": "孩子随母姓，出生证明上有我的名字。"})

    assert newest_request().state is RequestState.waiting_review
    decide(asked.subject, "reject", ("", None, ReviewReason.relation_unproven), staff=make_staff("other"))
    assert newest_request().state is RequestState.rejected
    browser.get(f"/family/requests/{asked.id}/appeal")
    browser.post(f"/family/requests/{asked.id}/appeal", {"text": "再来一次"}, expect=409)


def test_the_holder_may_take_it_back(app: Flask) -> None:
    browser, asked = handed_in(app)

    browser.get(f"/family/requests/{asked.id}")
    browser.post(f"/family/requests/{asked.id}/withdrawal")

    case = find_case(asked.subject)
    assert case is not None and case.state is CaseState.withdrawn
    assert newest_request().state is RequestState.withdrawn
    browser.post(f"/family/requests/{asked.id}/withdrawal", expect=409)


def test_what_cannot_be_any_more_when_it_is_approved_is_told(app: Flask) -> None:
    browser, asked = handed_in(app)
    change_settings(app, family_holders_per_member=1)
    first = make_holder_account("13800000021", "19880101", "王芳", 2)
    make_link_between(first, asked.person, Relation.son, Way.documents)

    decide(asked.subject, "approve")

    asked = get_request(account_of().id, asked.id)
    assert (asked.state, asked.refusal) == (RequestState.rejected, "holders_full")
    assert "材料通过了，但是不能添加 李**" in titles(account_of())
    assert "没有通过" in browser.get(f"/family/requests/{asked.id}").text


def test_disputed_custody_takes_two_reviewers(app: Flask) -> None:
    child = enrol(child_of_eight())
    first = make_holder_account("13800000021", "19880101", "王芳", 2)
    make_link_between(first, child, Relation.son, Way.documents)
    second = make_holder_account("13800000022", "19850101", "李强", 1)
    make_link_between(second, child, Relation.son, Way.documents)
    mother = browser_of(app, first)
    link = links()[0]

    mother.get(f"/family/{link.id}")
    mother.post(f"/family/{link.id}/objection")
    assert is_disputed(child.id)
    asked = hand_in_child(holder(app), child_of_eight())

    case = find_case(asked.subject)
    assert case is not None and case.needs_second
    assert not flag_custody(child.id, by="staff:1")
    assert lift_custody_flag(child.id, by="staff:1")
    assert not is_disputed(child.id)


def test_nobody_decides_about_their_own_family(app: Flask) -> None:
    _browser, asked = handed_in(app)
    kin = make_staff("kin", person_id=account_of().person_id)

    with pytest.raises(Exception, match="not_allowed"):
        reviews.claim_case(kin, find_case(asked.subject))


def test_the_reviewer_reads_both_parties_beside_the_papers(app: Flask) -> None:
    _browser, asked = handed_in(app)

    facts = dict(facts_for_reviewer(asked.subject))

    assert facts["关系"] == "家人是申请人的儿子"
    assert facts["家人姓名"] == "李小宝"
    assert "****" in facts["申请人证件号码"]


def test_papers_of_another_holder_are_not_for_me(app: Flask) -> None:
    _browser, asked = handed_in(app)
    page = list_pages(asked.subject)[0]
    other = browser_of(app, make_holder_account("13800000021", "19880101", "王芳", 2))

    other.get(f"/documents/{page.id}", expect=404)
    other.get(f"/family/requests/{asked.id}", expect=404)
    other.get("/family")
    other.post("/documents", {"subject": asked.subject, "slot": "other", "next": "/", "files": (photo(), "a.jpg")}, expect=404)
    assert boxes(other.get("/family/new"))


def test_no_appeal_while_the_same_member_is_asked_for_anew(app: Flask) -> None:
    browser, asked = handed_in(app)
    decide(asked.subject, "reject", ("birth_certificate", None, ReviewReason.relation_unproven))
    hand_in_child(browser, child_of_eight())

    browser.get(f"/family/requests/{asked.id}/appeal")
    page = browser.post(f"/family/requests/{asked.id}/appeal", {"text": "请再看看。"}, expect=409)

    assert "正在办理" in page.text
    assert get_request(account_of().id, asked.id).state is RequestState.rejected
