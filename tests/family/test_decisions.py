"""Decisions of reviewers at the edges: too late, without named papers, with a voucher, about somebody's own family."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import Account
from app.core import clock
from app.core.errors import DomainError
from app.documents.models import Slot
from app.family.models import InvitationKind, LinkRequest, Relation, RequestState, Way
from app.family.queries import find_invitation, get_request
from app.family.service import (
    SLOTS,
    appeal,
    facts_for_reviewer,
    flag_custody,
    hand_in_again,
    invite,
    refuse_own_family,
    slots_to_mend,
    submit_papers,
    take_decision,
    vouch,
)
from app.reviews.models import CaseState, ReviewCase, ReviewReason
from app.reviews.queries import find_case
from tests.family.people import make_holder_account, make_link_between, make_request
from tests.family.story import (
    account_of,
    begin,
    boxes,
    enrol,
    holder,
    links,
    newest_request,
    say_whom,
    send_page,
    titles,
    years_ago,
)
from tests.family.test_reviewing import decide
from tests.kit.staff import make_staff
from tests.scanning.desk import change_settings

FATHER = "19401105"


@pytest.fixture
def asked(asking: Account) -> LinkRequest:
    """王芳's request for a child of eight, with a reviewer."""
    request = make_request(asking, enrol(years_ago(8, clock.today())), Relation.son, Way.documents)
    submit_papers(request, [], needs_guardian=True)
    return get_request(asking.id, request.id)


def case_of(request: LinkRequest) -> ReviewCase:
    case = find_case(request.subject)
    assert case is not None
    return case


def test_a_decision_about_a_request_that_is_decided_changes_nothing(asking: Account, asked: LinkRequest) -> None:
    decide(asked.subject, "approve")
    told = titles(asking)

    take_decision(case_of(asked), CaseState.rejected)

    assert (get_request(asking.id, asked.id).state, len(links())) == (RequestState.approved, 1)
    assert titles(asking) == told


@pytest.mark.parametrize(
    ("verb", "code"),
    [(hand_in_again, "nothing_returned"), (lambda request: appeal(request, "请再看看。"), "nothing_to_appeal")],
    ids=["handed in again", "appealed"],
)
def test_what_is_still_with_a_reviewer_is_neither_mended_nor_appealed(
    asking: Account, asked: LinkRequest, verb: Callable[[LinkRequest], None], code: str
) -> None:
    with pytest.raises(DomainError, match=code) as caught:
        verb(asked)

    assert caught.value.status == 409
    assert get_request(asking.id, asked.id).state is RequestState.waiting_review
    assert (case_of(asked).state, case_of(asked).round) == (CaseState.waiting, 1)


def test_an_approval_that_the_limits_forbid_is_not_appealed(app: Flask, asking: Account, asked: LinkRequest) -> None:
    change_settings(app, family_holders_per_member=1)
    assert asked.person is not None
    make_link_between(make_holder_account("13800000022", "19850101", "李强", 1), asked.person, Relation.son, Way.documents)
    decide(asked.subject, "approve")

    with pytest.raises(DomainError, match="nothing_to_appeal"):
        appeal(asked, "请再看看。")

    assert get_request(asking.id, asked.id).state is RequestState.rejected


def test_a_case_returned_without_naming_papers_takes_any_of_them_again(asking: Account, asked: LinkRequest) -> None:
    before = slots_to_mend(asked, case_of(asked))

    decide(asked.subject, "return", ("", None, ReviewReason.other))

    assert before == {}
    assert slots_to_mend(get_request(asking.id, asked.id), case_of(asked)) == {slot: [] for slot in SLOTS}


def test_the_reviewer_reads_who_vouched_and_that_custody_is_disputed(asking: Account) -> None:
    father = enrol(FATHER, "李大山")
    request = make_request(asking, father, Relation.father, Way.vouching)
    submit_papers(request, [], needs_guardian=False)
    invitation = find_invitation(invite(request, InvitationKind.voucher))
    assert invitation is not None
    before = dict(facts_for_reviewer(request.subject))
    vouch(invitation, make_holder_account("13800000022", "19700101", "李芳", 2), Relation.grandfather)
    flag_custody(father.id, by="staff:1")

    facts = dict(facts_for_reviewer(request.subject))

    assert ("作证人" in before, "注意" in before) == (False, False)
    assert facts["作证人"] == "家人是作证人的爷爷"
    assert facts["注意"] == "监护有争议，要两位审核员"


def test_of_a_request_that_is_gone_there_is_nothing_to_read(asking: Account) -> None:
    assert facts_for_reviewer("family_request:999") == []


def test_only_kin_are_kept_from_deciding(asking: Account, asked: LinkRequest) -> None:
    neighbour = enrol("19770707", "王邻居")
    may = [make_staff("unknown"), make_staff("neighbour", person_id=neighbour.id)]
    may_not = [make_staff("holder", person_id=asking.person_id), make_staff("member", person_id=asked.person_id)]

    assert [refuse_own_family(each, asked.subject) for each in may] == [None, None]
    assert all("您家人的申请" in (refuse_own_family(each, asked.subject) or "") for each in may_not)


def test_a_letter_signed_by_hand_counts_with_its_photo(app: Flask) -> None:
    born = years_ago(8, clock.today())
    enrol(born)
    browser = holder(app)
    begin(browser)
    say_whom(browser, born, "son")
    browser.post("/family/new/papers", boxes(browser.get("/family/new/papers")))
    subject = newest_request().subject
    send_page(browser, subject, Slot.birth_certificate.value)
    letter = browser.get("/family/new/letter")
    browser.post(letter.response.request.path + "/signature", {"kind": "paper"})

    page = browser.post("/family/new/submission", expect=422)

    assert "还没有手写签名的承诺书照片" in page.text
    assert newest_request().state is RequestState.draft
    send_page(browser, subject, Slot.signed_letter.value, back="/family/new/submission")
    browser.post("/family/new/submission")
    assert get_request(account_of().id, newest_request().id).state is RequestState.waiting_review
